"""Every row, judged on captured hosts: sound ones, and each with one thing changed."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster import assess, facts, platforms
from saltext.muster.facts import Facts
from saltext.muster.requirement import judge
from saltext.muster.verdict import PASS, SKIP, UNKNOWN, Verdict
from tests.support import hosts
from tests.unit.catalogue import cases

TODAY = date(2026, 11, 21)

CASES = [
    case
    for module in pkgutil.iter_modules(cases.__path__)
    for case in importlib.import_module(f"{cases.__name__}.{module.name}").CASES
]


@lru_cache
def sound(profile):
    """Return plan, rows and facts of a profile's sound host."""
    plan = {**hosts.sound_plan(profile), "now": hosts.NOW}
    rows = assess.requirements(plan)
    source = hosts.host(profile).source(assess.targets(plan))
    wanted = sorted({name for row in rows for name in row.probes} - {"skew"})
    return plan, rows, {**facts.collect(wanted, source=source), "skew": hosts.SKEW}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}-{case.status}")
def test_case(case, tmp_path):
    found = hosts.judged(case, tmp_path / "host")
    assert found.status == case.status, found
    assert case.seen in f"{found.seen} {found.reason}", found
    assert found.wanted or found.status == SKIP
    assert bool(found.remedy) is (found.status not in (PASS, SKIP))


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_a_sound_host_passes(profile):
    plan, rows, known = sound(profile)
    found = assess.verdicts(rows, plan, lambda probes: known)
    assert [verdict for verdict in found if verdict.status not in (PASS, SKIP)] == []


ROWS = [row for name in platforms.names() for row in platforms.load(name).REQUIREMENTS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_has_a_passing_and_another_case(row):
    statuses = {case.status for case in CASES if case.row == row.id}
    assert PASS in statuses
    assert statuses & {"fail", "warn", "pending"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_without_facts_no_row_passes(row):
    judged = [
        judge(row, Facts({}), hosts.changed_plan(profile, {}), TODAY)
        for profile in hosts.SYSTEMS
        if row in assess.requirements(hosts.sound_plan(profile))
    ]
    assert {found.status for found in judged} <= {UNKNOWN, SKIP}
    assert all(found.reason for found in judged)
    if {case.status for case in CASES if case.row == row.id} - {SKIP}:
        changed = [case.plan for case in CASES if case.row == row.id]
        assert UNKNOWN in {found.status for found in judged} or any(changed)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_verdicts_do_not_depend_on_the_order_of_rows_or_facts(shuffle):
    plan, rows, known = sound("ganeti")
    first = assess.verdicts(rows, plan, lambda probes: known)
    rows, items = list(rows), list(known.items())
    shuffle.shuffle(rows)
    shuffle.shuffle(items)
    assert assess.verdicts(rows, plan, lambda probes: dict(items)) == first


#: What a probe of another version, or a hostile one, could say in place of a fact.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_judging_is_total(profile, data):
    """Whatever the facts are, each row gets a verdict: what is odd is unknown, never a crash."""
    plan, rows, known = sound(profile)
    odd = dict(known)
    for name in data.draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=5)):
        fact = known[name]
        if isinstance(fact, dict) and fact and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(sorted(fact)))
            odd[name] = {**fact, key: data.draw(ANYTHING)}
        else:
            odd[name] = data.draw(ANYTHING)
    found = assess.verdicts(rows, plan, lambda probes: odd)
    assert sorted(verdict.id for verdict in found) == sorted(row.id for row in rows)
    assert [Verdict.from_data(verdict.to_data()) for verdict in found] == found
