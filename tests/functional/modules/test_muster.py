"""The execution module muster by Salt's real loader; reads this machine, changes nothing."""

from __future__ import annotations

import json

import pytest
from salt.exceptions import SaltInvocationError

from saltext.muster import assess, comparison, digest, platforms
from tests.support.minion import Minion


def plan(**changes):
    found = {
        "version": 1,
        "id": "node1.example.com",
        "cluster": "demo",
        "platform": "ravada",
        "library": digest.library(str(platforms.load("ravada").__file__)),
        "profile": {"platform": "ravada", "hypervisor": "kvm"},
        "components": {"kvm_spice": {}, "hosts": {}},
        "declared": {},
        "waivers": [],
        **changes,
    }
    return {**found, "digest": digest.of_plan(found), "now": 1795219200.0}


@pytest.fixture
def planned(tmp_path):
    return Minion(tmp_path, {"muster": plan()})


def test_check_judges_every_row_and_sets_the_exit_code(planned):
    report = planned.call("muster.check", refresh=False)
    ids = {verdict["id"] for verdict in report["verdicts"]}
    assert {"RAV-009", "RAV-014", "RAV-017"} <= ids
    assert report["plan"] == plan()["digest"]
    assert planned.modules.pack["__context__"]["retcode"] == report["retcode"]


def test_check_tells_what_is_compared_only_when_asked(planned):
    report = planned.call("muster.check", refresh=False)
    assert "values" not in report
    report = planned.call("muster.check", refresh=False, compare=True)
    assert set(report["values"]) == {row.id for row in comparison.rows("ravada")}
    assert set(report["values"]["RAV-016"]) == {"os"}
    assert "refresh=True" in report["values"]["MST-002"]["low"]["unknown"]
    assert len(json.dumps(report["values"])) <= comparison.BYTES


def test_check_without_a_plan_tells_nothing_to_compare(minion):
    assert "values" not in minion.call("muster.check", refresh=False, compare=True)


def test_waivers_are_in_the_report_with_their_state(tmp_path):
    waiver = {"reason": "r", "owner": "o", "expires": "2027-01-01"}
    waivers = [
        {**waiver, "requirement": "RAV-017"},
        {**waiver, "requirement": "RAV-015", "expires": "2026-11-20"},
        {**waiver, "requirement": "RAV-016"},  # the whole cluster's: in its report alone
    ]
    planned = Minion(tmp_path, {"muster": plan(waivers=waivers)})
    report = planned.call("muster.check", refresh=False)
    states = {each["requirement"]: each["state"] for each in report["waivers"]}
    assert states.keys() == {"RAV-017", "RAV-015"}
    assert states["RAV-017"] in ("used", "unused")
    assert states["RAV-015"] == "expired"


def test_without_a_plan_check_is_never_green(minion):
    report = minion.call("muster.check", refresh=False)
    assert (report["retcode"], report["verdicts"]) == (2, [])
    assert report["node"] == "node1.example.com"
    assert "there is no plan" in report["problems"][0]


def test_components_are_the_plans_and_none_without_a_sound_plan(tmp_path, planned):
    assert planned.call("muster.components") == ["hosts", "kvm_spice"]
    stale = Minion(tmp_path, {"muster": plan(library="0" * 64)})
    assert stale.call("muster.components") == []
    assert "runs library" in stale.call("muster.problems")[0]


def test_facts_are_those_of_the_plan_or_those_asked_for(planned):
    rows = platforms.load("ravada").REQUIREMENTS
    found = set(planned.call("muster.facts"))
    assert found == set(assess.probes(rows, planned.opts["pillar"]["muster"]))
    assert {"packages", "sshd"} < found < {probe for row in rows for probe in row.probes}
    assert set(planned.call("muster.facts", "hosts")) == {"hosts"}
    with pytest.raises(SaltInvocationError, match=r"there are: .*hosts"):
        planned.call("muster.facts", "nonsense")


def test_an_unknown_requirement_is_refused_with_near_ones(minion):
    assert "GNT-012" in minion.call("muster.explain", "GNT-012")
    with pytest.raises(SaltInvocationError, match="near it"):
        minion.call("muster.explain", "GNT-999")


def test_consent_is_for_one_run_and_only_a_plain_true(tmp_path):
    for consent in ("true", 1, "yes", None):
        pillar = {"muster": plan(), "muster_consent": consent}
        assert "why" in Minion(tmp_path, pillar).call("muster.live")
    assert Minion(tmp_path, {"muster_consent": True}).call("muster.live") == {"why": ""}


def test_preflight_stops_on_what_no_component_remedies_and_verification_uses_its_facts(planned):
    first = planned.call("muster.preflight")
    judged = {verdict["id"] for verdict in first["verdicts"]}
    assert "RAV-017" not in judged
    assert "RAV-015" in judged
    assert first["retcode"] == 2
    kept = planned.modules.pack["__context__"]["muster.run"]["facts"]
    kept["os"] = {"unknown": "told by a test"}
    second = planned.call("muster.verification", changed=False)
    reasons = {verdict["id"]: verdict.get("reason", "") for verdict in second["verdicts"]}
    assert "told by a test" in reasons["RAV-017"]


def test_after_a_change_verification_reads_anew(planned):
    planned.call("muster.preflight")
    planned.modules.pack["__context__"]["muster.run"]["facts"]["os"] = {"unknown": "old"}
    report = planned.call("muster.verification", changed=True)
    assert all(verdict.get("reason") != "old" for verdict in report["verdicts"])
