"""Every row that is to be enforced has what enforces it."""

from __future__ import annotations

import json

import pytest

from lab.recipes import PROJECT
from saltext.muster import platforms
from saltext.muster.requirement import Requirement, Rule
from tests.support import plans

#: What the plans of the example clusters ask of nodes.
PLANNED = {
    component
    for example in plans.EXAMPLES
    for plan in json.loads(plans.kept(example).read_text()).values()
    for component in plan["components"]
}

DONE = ("ganeti", "ravada")


def enforced(kind: type) -> list[Requirement | Rule]:
    """Return the rows of a type that the platforms of DONE enforce."""
    found = [platforms.load(name) for name in DONE]
    rows = [row for each in found for row in (*each.REQUIREMENTS, *each.RULES)]
    return [row for row in rows if "enforce" in row.kinds and isinstance(row, kind)]


@pytest.mark.parametrize("row", enforced(Requirement), ids=lambda row: row.id)
def test_a_row_names_a_component_that_an_example_plans_and_a_state_file_applies(row):
    assert row.component, f"{row.id} is to be enforced: name its component"
    assert row.component in PLANNED
    assert (PROJECT / f"salt/muster/{row.component}.sls").is_file()


@pytest.mark.parametrize("row", enforced(Rule), ids=lambda row: row.id)
def test_a_row_that_no_fact_decides_names_the_code_that_keeps_it(row):
    assert row.part
