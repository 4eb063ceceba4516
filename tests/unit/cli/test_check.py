"""``muster check`` on bundles of captured hosts."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree

import jsonschema
import pytest

from saltext.muster import comparison, schema
from saltext.muster.cli import subjects
from saltext.muster.cli.main import main
from tests.support import bundles, hosts

CLUSTERS = hosts.DATA / "clusters"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(subjects.time, "time", lambda: hosts.NOW)


@pytest.fixture
def ganeti(tmp_path):
    return bundles.written(tmp_path, "ganeti.json", bundles.sound("ganeti"))


def run(capsys, *arguments):
    status = main(list(arguments))
    told = capsys.readouterr()
    assert told.err == ""
    return status, told.out


def refused(capsys, *arguments):
    assert main(list(arguments)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("muster: ")
    return told.err


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_a_bundle_is_judged_by_its_clusters_plan(profile, tmp_path, capsys):
    path = bundles.written(tmp_path, "b.json", bundles.sound(profile))
    cluster = str(CLUSTERS / f"{profile}.yaml")
    status, out = run(
        capsys, "check", "--cluster", cluster, "--node", next(iter(_nodes(cluster))),
        "--bundle", path, "--json",
    )  # fmt: skip
    found = json.loads(out)
    jsonschema.validate(found, schema.REPORT)
    assert found["plan"] == hosts.sound_plan(profile)["digest"]
    assert found["judged"] == hosts.NOW
    assert status == found["retcode"]
    assert found["bundle"]["node"] == "node1.example.com"


def _nodes(path):
    return subjects.load(path).nodes


def test_a_profile_is_enough_but_what_is_not_declared_is_unknown(ganeti, capsys):
    status, out = run(capsys, "check", "--platform", "ganeti", "--bundle", ganeti)
    assert status == 2
    assert out.startswith("node1.example.com  cluster none  ganeti kvm current production  plan")
    assert "facts of node1.example.com, read 2026-11-20T00:00:00Z" in out
    assert "put the node into a cluster file" in out


def test_a_profile_is_as_told(ganeti, capsys):
    _, out = run(
        capsys, "check", "--platform", "ganeti", "--bundle", ganeti, "--json", "--hypervisor",
        "xen", "--edition", "2009", "--tier", "test", "--role", "master",
    )  # fmt: skip
    assert json.loads(out)["profile"] == "ganeti xen 2009 test"


@pytest.mark.parametrize("name", ["node1.example.com", "node1"])
def test_a_bundle_finds_its_node_by_its_name(name, tmp_path, capsys):
    path = bundles.written(tmp_path, "b.json", {**bundles.sound("pvc"), "node": name})
    cluster = str(CLUSTERS / "pvc.yaml")
    _, out = run(capsys, "check", "--cluster", cluster, "--bundle", path, "--json")
    assert json.loads(out)["node"] == "node1.example.com"


def test_several_bundles_are_a_report_each(tmp_path, capsys):
    names = ("node1.example.com", "node2", "node3")
    paths = [
        bundles.written(tmp_path, f"{name}.json", {**bundles.sound("pvc"), "node": name})
        for name in names
    ]
    given = [part for path in paths for part in ("--bundle", path)]
    cluster = str(CLUSTERS / "pvc.yaml")
    status, out = run(capsys, "check", "--cluster", cluster, *given, "--json")
    found = json.loads(out)
    jsonschema.validate(found, schema.REPORT)
    ids = [f"node{number}.example.com" for number in (1, 2, 3)]
    assert list(found["reports"]) == [*ids, "cluster pvc"]
    assert status == found["retcode"] == 2  # the others are not what node1's facts say
    compared = bundles.statuses(found["reports"]["cluster pvc"]["verdicts"])
    assert {row.id for row in comparison.rows("pvc")} <= set(compared)
    clocks = {row.id for row in comparison.rows("pvc") if "skew" in row.probes}
    assert {id_ for id_, status in compared.items() if status == "unknown"} == clocks
    _, table = run(capsys, "check", "--cluster", cluster, *given)
    assert table.count("cluster pvc") >= 4
    _, out = run(capsys, "check", "--cluster", cluster, *given[:4], "--json")
    left = json.loads(out)["reports"]["cluster pvc"]["verdicts"]
    reasons = {verdict.get("reason") for verdict in left if verdict["id"] in compared}
    assert "not all of its nodes were given: without node3.example.com" in reasons
    assert "both of 'node1.example.com'" in refused(
        capsys, "check", "--cluster", cluster, *given, "--bundle", paths[0]
    )


def test_what_changed_since_an_older_bundle(tmp_path, ganeti, capsys):
    older = bundles.sound("ganeti", {"hosts/entries": [], "kernel/release": "5.10.0-1-amd64"})
    old = bundles.written(tmp_path, "old.json", {**older, "collected": "2026-01-01T00:00:00Z"})
    cluster = ["--cluster", str(CLUSTERS / "ganeti.yaml")]
    _, out = run(capsys, "check", *cluster, "--bundle", ganeti, "--since", old, "--json")
    found = json.loads(out)
    jsonschema.validate(found, schema.REPORT)
    since = found["since"]
    assert since["collected"] == "2026-01-01T00:00:00Z"
    assert {"id": "GNT-013", "was": "fail", "now": "pass"} in since["verdicts"]
    assert [change["path"] for change in since["changes"]] == [
        ["hosts", "entries"],
        ["kernel", "release"],
    ]
    _, out = run(capsys, "check", *cluster, "--bundle", ganeti, "--since", old)
    assert "since 2026-01-01T00:00:00Z:\n    GNT-013: was fail, now pass (better)" in out
    assert "kernel.release: was 5.10.0-1-amd64, now " in out
    _, out = run(capsys, "check", *cluster, "--bundle", ganeti, "--since", ganeti)
    assert "since 2026-11-20T00:00:00Z: nothing changed" in out


def test_every_format_has_the_same_exit_status_and_rows(ganeti, capsys):
    arguments = ["check", "--platform", "ganeti", "--bundle", ganeti, "--format"]
    status, out = run(capsys, *arguments, "json")
    rows = {verdict["id"] for verdict in json.loads(out)["verdicts"]}
    same, out = run(capsys, *arguments, "junit")
    cases = {case.get("name").split()[0] for case in ElementTree.fromstring(out).iter("testcase")}
    assert (same, cases) == (status, rows)
    same, out = run(capsys, *arguments, "prometheus")
    assert same == status
    assert {line.split('id="')[1].split('"')[0] for line in out.splitlines()
            if line.startswith("muster_requirement{")} == rows  # fmt: skip
    same, out = run(capsys, *arguments, "table")
    assert same == status
    assert all(row in out for row in rows)


def test_a_hostile_bundle_reaches_neither_the_terminal_nor_the_exit_status(tmp_path, capsys):
    evil = "\x1b]0;pwned\x07\u202e" * 100
    held = bundles.sound("ganeti")
    held["facts"] = {
        name: {evil: evil, **dict.fromkeys(each, evil)} for name, each in held["facts"].items()
    }
    path = bundles.written(tmp_path, "evil.json", held)
    arguments = ["check", "--platform", "ganeti", "--bundle", path, "--since", path]
    status, out = run(capsys, *arguments)
    assert status == 2
    assert all(char.isprintable() or char == "\n" for char in out)
    ElementTree.fromstring(run(capsys, *arguments, "--format", "junit")[1])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check"], "give --platform, or --cluster FILE"),
        (["check", "--platform", "nonsense"], "there are: ganeti, pvc, ravada, vmmanager"),
        (["check", "--platform", "ganeti", "--role", "boss"], "there is no role 'boss'"),
        (["check", "--platform", "ganeti", "--node", "x"], "give --cluster FILE too"),
        (["check", "--platform", "ganeti", "--bundle", "/none"], "/none: No such file"),
        (["check", "--platform", "ganeti", "--root", "/none"], "/none is no folder"),
        (["check", "--cluster", "/none"], "/none"),
        (["check", "--cluster", "CLUSTER", "--tier", "test"], "--tier is told by the cluster"),
        (["check", "--cluster", "CLUSTER", "--platform", "pvc"], "is of ganeti, not pvc"),
        (["check", "--cluster", "CLUSTER", "--node", "x"], "ganeti has no node 'x'; its nodes are"),
        (["check", "--platform", "pvc", "--bundle", "B", "--root", "/etc"], "leave it out beside"),
        (["check", "--platform", "pvc", "--bundle", "B", "--bundle", "B", "--since", "B"],
         "for one server"),
        (["check", "--platform", "ganeti", "--bundle", "B", "--since", "/none"], "/none: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line(arguments, text, ganeti, capsys):
    known = {"CLUSTER": str(CLUSTERS / "ganeti.yaml"), "B": ganeti}
    told = refused(capsys, *(known.get(each, each) for each in arguments))
    assert told.count("\n") == 1
    assert text in told


def test_a_bundle_of_no_node_of_the_cluster(tmp_path, capsys):
    path = bundles.written(tmp_path, "b.json", {**bundles.sound("pvc"), "node": "other"})
    told = refused(capsys, "check", "--cluster", str(CLUSTERS / "pvc.yaml"), "--bundle", path)
    assert "pvc has no node 'other'; give --node ID: its nodes are node1.example.com" in told


def test_without_pydantic_the_remedy_is_told(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pydantic", None)
    for name in [name for name in sys.modules if name.startswith("saltext.muster.master")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("saltext.muster.master.loading", raising=False)
    cluster = str(CLUSTERS / "ganeti.yaml")
    for arguments in (["check", "--cluster", cluster], ["validate", cluster]):
        monkeypatch.delattr("saltext.muster.master.validate", raising=False)
        told = refused(capsys, *arguments)
        assert "without pydantic" in told
        assert "pip install" in told
        assert told.count("\n") == 1


def test_a_bundle_from_a_pipe(ganeti, capsys, monkeypatch):
    with open(ganeti, "rb") as file:
        monkeypatch.setattr(sys, "stdin", type("Pipe", (), {"buffer": file}))
        _, out = run(capsys, "check", "--platform", "ganeti", "--bundle", "-", "--json")
    assert json.loads(out)["bundle"]["node"] == "node1.example.com"


def test_judging_starts_no_process(ganeti, capsys, monkeypatch):
    monkeypatch.setattr(subprocess, "run", subprocess.Popen)  # which unit tests refuse
    run(capsys, "check", "--platform", "ganeti", "--bundle", ganeti)
