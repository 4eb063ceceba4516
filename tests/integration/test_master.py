"""The way from a cluster file to a report, over a real master, on each Salt version."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.integration.conftest import CLUSTER, ID


@pytest.fixture
def file(clusters):
    path = clusters / "small.yaml"
    yield path
    path.write_text(CLUSTER)


def check(minion, *arguments):
    return minion.salt_call_cli().run(
        "--retcode-passthrough", "muster.check", *arguments, _timeout=60
    )


def test_a_minion_gets_its_plan_and_judges_itself(minion):
    done = check(minion)
    assert done.returncode == 2
    assert done.data["cluster"] == "small"
    verdicts = {verdict["id"]: verdict for verdict in done.data["verdicts"]}
    assert verdicts["GNT-013"]["wanted"] == f"192.0.2.11 {ID} n1"
    assert verdicts["GNT-058"]["status"] == "pass"


def test_a_changed_file_is_seen_at_the_next_check(minion, file):
    before = check(minion).data["plan"]
    file.write_text(CLUSTER.replace("192.0.2.11", "192.0.2.12"))
    done = check(minion)
    wanted = {verdict["id"]: verdict.get("wanted") for verdict in done.data["verdicts"]}
    assert wanted["GNT-013"] == f"192.0.2.12 {ID} n1"
    assert done.data["plan"] != before


def test_a_broken_file_is_never_served_from_the_cache(minion, file):
    file.write_text(CLUSTER.replace("address:", "adress:"))
    done = check(minion)
    assert done.returncode == 2
    assert done.data["verdicts"] == []
    assert all("small.yaml:9:" in problem for problem in done.data["problems"])
    assert not any("192.0.2.11" in problem for problem in done.data["problems"])


@pytest.mark.parametrize("arguments", [(), ("force=True",)])
def test_a_broken_file_stops_state_apply(minion, file, arguments):
    file.write_text("version: 1\nnodes: [")
    done = minion.salt_call_cli().run("state.apply", "muster", *arguments, _timeout=60)
    assert done.returncode != 0
    assert "small.yaml" in done.stdout


def test_without_a_plan_an_empty_run_is_no_success(minion, file):
    file.write_text(CLUSTER.replace(ID, "other.example.com"))
    done = minion.salt_call_cli().run("state.apply", "muster", _timeout=60)
    assert done.returncode != 0
    assert "there is no plan for this minion id" in done.stdout


def test_the_runner_exits_with_what_it_found(minion, master):
    done = master.salt_run_cli().run("muster.check", "timeout=30", _timeout=60)
    assert done.returncode == done.data["retcode"] == 2
    reports = done.data["reports"]
    assert reports[ID]["cluster"] == "small"
    assert "problems" not in reports[ID]
    found = {verdict["id"]: verdict for verdict in reports["cluster small"]["verdicts"]}
    assert found["GNT-010"]["reason"] == "the cluster has one node"


def test_the_runner_speaks_junit_and_prometheus(minion, master):
    done = master.salt_run_cli().run("muster.check", "form=junit", "timeout=30", _timeout=60)
    assert done.returncode == 2
    suites = ElementTree.fromstring(done.data["text"].encode())
    assert ID in {suite.get("name") for suite in suites.iter("testsuite")}
    done = master.salt_run_cli().run("muster.check", "form=prometheus", "timeout=30", _timeout=60)
    assert done.returncode == 2
    assert "# TYPE muster_requirement gauge" in done.data["text"]
    done = master.salt_run_cli().run("muster.check", "form=xml", _timeout=60)
    assert done.returncode == 2
    assert "there is no form 'xml'" in done.data["text"]


def test_a_node_that_does_not_answer_is_unknown_and_named(minion, master, file):
    file.write_text(CLUSTER + "  n2.example.com: {address: 192.0.2.12}\n")
    done = master.salt_run_cli().run("muster.check", "timeout=30", _timeout=60)
    assert done.returncode == 2
    assert "n2.example.com" in done.stdout
    assert "its key is not accepted" in done.stdout
    found = {v["id"]: v for v in done.data["reports"]["cluster small"]["verdicts"]}
    assert found["GNT-010"]["status"] == "unknown"
    assert "n2.example.com (it is not connected)" in found["GNT-010"]["reason"]
    assert ID not in found["MST-001"]["reason"]


def test_validate_tells_every_problem_and_exits_1(minion, master, file):
    file.write_text(CLUSTER.replace("address:", "adress:").replace("tier: test", "tier: tset"))
    done = master.salt_run_cli().run("muster.validate", _timeout=60)
    assert done.returncode == 1
    assert "address" in done.stdout
    assert "tset" in done.stdout
