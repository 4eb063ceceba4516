"""The schemas describe what muster really writes."""

from __future__ import annotations

import copy

import jsonschema
import pytest

from saltext.muster import assess, replay, schema
from saltext.muster.verdict import Verdict
from tests.support import bundles, hosts

VALIDATOR = jsonschema.Draft202012Validator
REPORTS, BUNDLES = VALIDATOR(schema.REPORT), VALIDATOR(schema.BUNDLE)


def report_of(profile, old=None, **changes):
    plan = {**hosts.sound_plan(profile), "now": hosts.NOW, **changes}
    return replay.judged(plan, bundles.sound(profile), old)


@pytest.mark.parametrize("data", [schema.REPORT, schema.BUNDLE])
def test_a_schema_is_one(data):
    VALIDATOR.check_schema(data)


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_real_reports_and_bundles_are_valid(profile):
    BUNDLES.validate(bundles.sound(profile))
    found = report_of(profile)
    REPORTS.validate(found)
    several = {"format": "muster-reports", "version": 1, "reports": {"a": found}, "retcode": 0}
    REPORTS.validate(several)


def test_a_report_of_what_changed_is_valid():
    facts = {"os/version_id": "13", "hosts/entries": [], "kernel": None, "kernel/more": {"a": 1}}
    waiver = {"requirement": "GNT-012", "reason": "r", "owner": "o", "expires": "2099-01-01"}
    old = bundles.sound("ganeti", facts)
    REPORTS.validate(report_of("ganeti", old, waivers=[waiver]))


def test_a_report_without_a_plan_is_valid():
    REPORTS.validate(assess.report(None, [], ["there is no plan"]))
    REPORTS.validate(assess.report({}, [Verdict("A", "n", "waived", was="fail", waiver="w")]))


@pytest.mark.parametrize(
    "path",
    [("format",), ("version",), ("judged",), ("retcode",), ("verdicts", 0, "status"),
     ("bundle", "collected"), ("counts",)],
)  # fmt: skip
def test_the_schema_sees_a_report_that_is_not_right(path):
    for change in ("left out", "wrong"):
        found = copy.deepcopy(report_of("ganeti"))
        inner = found
        for key in path[:-1]:
            inner = inner[key]
        if change == "wrong":
            inner[path[-1]] = "nonsense"
        else:
            del inner[path[-1]]
        with pytest.raises(jsonschema.ValidationError):
            REPORTS.validate(found)


def test_an_unknown_key_is_seen():
    with pytest.raises(jsonschema.ValidationError):
        REPORTS.validate({**report_of("ganeti"), "more": 1})
