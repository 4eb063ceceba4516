"""``salt-run muster.validate`` as a person calls it, and its function in Salt's loader."""

from __future__ import annotations

from pathlib import Path

import pytest
import salt.config
import salt.loader

from saltext.muster import comparison, platforms, proving
from saltext.muster.master import loading
from saltext.muster.plan import plan

from ...unit.master.support import VALID
from .support import salt_run

ROOT = Path(__file__).parents[3]


def test_valid_files_exit_0(config, clusters):
    status, found = salt_run(config, "muster.validate")
    assert status == 0
    path = str(clusters / "demo.yaml")
    assert found["files"] == {path: "valid: cluster demo, ganeti, 2 nodes"}


def test_broken_files_exit_1_with_every_problem_and_value(config, clusters):
    path = clusters / "demo.yaml"
    path.write_text(VALID.replace("gnt-br", "gnt/br").replace("10.77.0.12", "10.77.0.11"))
    status, found = salt_run(config, "muster.validate")
    assert status == 1
    bridge, address = found["files"][str(path)]
    assert bridge.startswith(f"{path}:6:30: networks.main.bridge: 'gnt/br' is no name")
    assert "remedy: use a-z" in bridge
    assert "the address 10.77.0.11 is also that of the node node1.example.com" in address


@pytest.fixture
def runner(config):
    opts = salt.config.master_config(str(config))
    utils = salt.loader.utils(opts)
    return salt.loader.runner(opts, utils=utils)["muster.validate"]


def test_one_file_of_any_place(runner, tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text("version: 1\n")
    found = runner(str(path))
    assert found["data"]["retcode"] == 1
    assert [text.split(": ")[1] for text in found["data"]["files"][str(path)]] == [
        "name",
        "platform",
        "nodes",
    ]


def test_an_id_in_two_files(runner, clusters):
    (clusters / "other.yaml").write_text(VALID)
    data = runner()["data"]
    assert data["retcode"] == 1
    assert data["files"][str(clusters / "other.yaml")].startswith("valid")
    assert len(data["files"]["minion ids"]) == 2
    assert "'demo' is in several cluster files" in data["files"]["clusters"][0]
    assert "'node1.example.com' is in several cluster files" in data["files"]["minion ids"][0]


def test_a_path_that_is_not_there(runner):
    data = runner("/nonexistent/clusters")["data"]
    assert data["retcode"] == 1
    assert "cannot be read: No such file" in data["files"]["/nonexistent/clusters"][0]


def test_a_path_from_the_working_directory(runner, clusters, monkeypatch):
    monkeypatch.chdir(clusters)
    assert runner("demo.yaml")["data"]["files"].keys() == {str(clusters / "demo.yaml")}


@pytest.mark.parametrize("value", ["/nonexistent", {"clusters": "/nonexistent"}])
def test_a_configured_folder_that_is_not_there(config, value):
    opts = salt.config.master_config(str(config))
    opts["ext_pillar"] = [{"git": []}, {"muster": value}]
    data = salt.loader.runner(opts, utils=salt.loader.utils(opts))["muster.validate"]()["data"]
    assert data["retcode"] == 1
    assert "cannot be read" in data["files"]["master configuration"][0]


def test_nothing_to_check(runner, tmp_path):
    (tmp_path / "empty").mkdir()
    data = runner(str(tmp_path / "empty"))["data"]
    assert data["retcode"] == 1
    assert "there is no cluster file in" in data["files"]["master configuration"][0]


def test_pillar_cache_is_told(config):
    opts = salt.config.master_config(str(config))
    opts["pillar_cache"] = True
    data = salt.loader.runner(opts, utils=salt.loader.utils(opts))["muster.validate"]()["data"]
    assert data["retcode"] == 1
    assert "pillar_cache" in data["files"]["master configuration"][0]


def test_a_master_without_the_external_pillar(config):
    opts = salt.config.master_config(str(config))
    opts["ext_pillar"] = []
    validate = salt.loader.runner(opts, utils=salt.loader.utils(opts))["muster.validate"]
    data = validate()["data"]
    assert data["retcode"] == 1
    assert "has no ext_pillar muster; add" in data["files"]["master configuration"][0]


def test_conflicts_that_can_be_resolved_are_warnings(config, clusters):
    path = clusters / "demo.yaml"
    path.write_text(VALID + "also: [vmmanager]\nadmin: [198.51.100.0/24]\n")
    status, found = salt_run(config, "muster.validate")
    assert status == 0
    assert found["files"][str(path)].startswith("valid")
    (text,) = [text for text in found["files"]["conflicts"] if "XC-06" in text]
    assert "VMmanager's bridge is vmbr0 (NET-004) - but Ganeti's bridge is xen-br0" in text
    assert "Ganeti's bridge is gnt-br; remedy: " in text


def test_conflicts_that_cannot_are_problems_of_the_file(config, clusters):
    path = clusters / "demo.yaml"
    path.write_text(VALID + "also: [ravada, pvc]\n")
    status, found = salt_run(config, "muster.validate")
    assert status == 1
    (text,) = found["files"][str(path)]
    assert text.startswith(f"{path}:16:16: also[1]: XC-01: Ganeti runs under the full name")


def test_one_server_in_files_of_two_platforms(runner, clusters):
    (clusters / "other.yaml").write_text(
        "version: 1\nname: other\nplatform: pvc\ntier: test\n"
        "nodes: {p1: {address: 10.77.0.11, fqdn: node1.example.com, role: coordinator}}\n"
    )
    data = runner()["data"]
    assert data["retcode"] == 1
    told = data["files"]["contradictions between files"]
    assert [text.split(": ")[1] for text in told] == ["XC-01", "XC-01"]
    assert "p1 has the name node1.example.com of node1.example.com in cluster demo" in told[1]


def test_a_private_address_in_two_files_is_a_warning(runner, clusters):
    (clusters / "other.yaml").write_text(
        "version: 1\nname: other\nplatform: pvc\ntier: test\n"
        "nodes: {p1.example.com: {address: 10.77.0.11, role: coordinator}}\n"
    )
    data = runner()["data"]
    assert data["retcode"] == 0
    assert any("XC-01" in text for text in data["files"]["conflicts"])


class Client:
    """Stands for Salt's client: the real minions' own module answers in the integration tests."""

    def __init__(self, answers):
        self.answers, self.asked = answers, None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False

    def cmd(self, *args, **kwargs):
        self.asked = (args, kwargs)
        return self.answers


@pytest.fixture
def check(config, monkeypatch):
    """The runner's check, its minions' answers given."""

    def run(answers, *args):
        client = Client(answers)
        monkeypatch.setattr("salt.client.get_local_client", lambda mopts: client)
        opts = salt.config.master_config(str(config))
        found = salt.loader.runner(opts, utils=salt.loader.utils(opts))["muster.check"](*args)
        return found, client.asked

    return run


def answer(clusters, node):
    """What a node returns whose every row passes and that is like all others."""
    cluster = loading.load(str(clusters / "demo.yaml"))
    rows = platforms.load("ganeti").REQUIREMENTS
    told = {"low": "0", "high": "0.1"}
    return {
        "plan": plan(cluster, node)["digest"],
        "verdicts": [{"id": row.id, "status": "pass"} for row in rows],
        "values": {
            "GNT-010": {"memory": "64 GiB"},
            "GNT-059": {"version": "8.4.11"},
            "MST-001": {"machine": node, "name": node},
            "MST-002": told,
            "MST-003": {"mtu main": "1500"},
            "MST-004": {"vendor": "GenuineIntel", "model": "x", "flags": "aes"},
        },
    }


def test_check_compares_the_nodes_and_is_green_when_all_is_well(check, clusters):
    nodes = ("node1.example.com", "node2.example.com")
    found, (args, kwargs) = check({node: answer(clusters, node) for node in nodes})
    assert args == ("*", "muster.check")
    assert kwargs["kwarg"] == {"compare": True}
    reports = found["data"]["reports"]
    assert set(reports) == {*nodes, "cluster demo"}
    found_of = {each["id"]: each["status"] for each in reports["cluster demo"]["verdicts"]}
    assert {found_of[row.id] for row in comparison.rows("ganeti")} == {"pass"}
    assert {found_of[row.id] for row in proving.rules("ganeti")} == {"pass", "skip"}
    assert found["data"]["retcode"] == 0
    states = {each["requirement"]: each["state"] for each in reports[nodes[0]]["waivers"]}
    assert states == {"GNT-034": "unused"}


def test_check_tells_the_node_that_differs(check, clusters):
    nodes = ("node1.example.com", "node2.example.com")
    answers = {node: answer(clusters, node) for node in nodes}
    answers[nodes[1]]["values"]["GNT-059"] = {"version": "9.1"}
    found, _asked = check(answers)
    assert found["data"]["retcode"] == 2
    worst = found["data"]["reports"]["cluster demo"]["verdicts"][0]
    assert (worst["id"], worst["status"]) == ("GNT-059", "fail")


def test_check_of_some_nodes_compares_nothing(check, clusters):
    found, _asked = check({"node1.example.com": answer(clusters, "node1.example.com")}, "node1*")
    of_cluster = found["data"]["reports"]["cluster demo"]
    statuses = {each["id"]: each["status"] for each in of_cluster["verdicts"]}
    assert {statuses[row.id] for row in comparison.rows("ganeti")} == {"skip"}
    assert found["data"]["retcode"] == 0


def test_it_changes_nothing(runner, tmp_path, clusters):
    def everything():
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != "log"}

    before = everything()
    (clusters / "demo.yaml").chmod(0o644)
    runner()
    assert everything() == before
