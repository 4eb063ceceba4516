"""The commands beside ``muster check``."""

from __future__ import annotations

import json
import sys

import pytest

from saltext.muster import collector, explanation, fit, platforms
from saltext.muster.cli.main import main
from saltext.muster.requirement import Rule
from tests.support import bundles, hosts

VALID = str(hosts.DATA / "clusters" / "ganeti.yaml")


def test_fit_tells_each_profile_and_why_not(tmp_path, capsys):
    path = bundles.written(tmp_path, "b.json", bundles.sound("vmmanager-kvm"))
    status = main(["fit", "--bundle", path])
    out = capsys.readouterr().out
    assert out.startswith("node1.example.com: ")
    assert "test                    production              heavy" in out
    assert "VMM-" not in out.split("Speaks against it:")[0]
    assert main(["fit", "--bundle", path, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["version"], len(found["profiles"])) == ("muster-fit", 1, 36)
    by_text = {each["text"]: each for each in found["profiles"]}
    assert by_text["vmmanager kvm switching current test"]["answer"] in fit.ANSWERS[:2]
    assert by_text["ganeti xen current production"]["answer"] == "unknown"  # no package names
    assert by_text["pvc kvm 0.9.39 heavy"]["answer"] == "no"
    assert by_text["vmmanager lxd switching current test"]["answer"] == "no"
    assert found["retcode"] == status


def test_fit_of_one_platform_and_of_a_captured_host(capsys):
    root = str(hosts.host("ravada").root)
    main(["fit", "--root", root, "--platform", "ravada", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert {each["profile"]["platform"] for each in found["profiles"]} == {"ravada"}


def test_every_row_is_listed_with_what_it_is(capsys):
    assert main(["requirements", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert set(rows) == set(explanation.every())
    for row in rows.values():
        for key in ("platform", "kinds", "scope", "text", "source", "place", "covered_by"):
            assert row[key], (row["id"], key)
        assert {"minimum", "recommended"} <= set(row)
    assert rows["XC-01"]["platform"] == "conflicts"
    assert len(rows["XC-01"]["sides"]) > 1
    assert rows["GNT-012"]["component"] == "hosts"
    assert rows["GNT-012"]["type"] == "requirement"


@pytest.mark.parametrize("platform", platforms.names())
def test_every_row_is_listed_for_a_person(platform, capsys):
    assert main(["requirements", "--platform", platform]) == 0
    out = capsys.readouterr().out
    for row in explanation.rows(platform):
        assert f"  {row.id}  {row.text}\n" in out
    assert "conflicts: " in out


@pytest.mark.parametrize("row", explanation.every())
def test_every_row_is_explained(row, capsys):
    assert main(["explain", row.lower()]) == 0
    assert capsys.readouterr().out.startswith(f"{row}: ")


@pytest.mark.parametrize("platform", platforms.names())
def test_the_operators_steps_are_handed_over(platform, capsys):
    steps = [r for r in explanation.rows(platform) if isinstance(r, Rule) and r.step]
    assert main(["handover", "--platform", platform]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{platform}: {len(steps)} step")
    assert all(row.id in out and row.step in out for row in steps)
    assert main(["handover", "--platform", platform, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [step["id"] for step in found["steps"]] == [row.id for row in steps]
    assert all(f"[ ] {row['id']}  {row['text']}" in out for row in found["weigh"])


def test_every_row_is_judged_covered_the_operators_or_said_to_be_open():
    told = {row.id: explanation.covered_by(row) for row in explanation.every().values()}
    assert all(told.values())
    assert told["PVC-106"] == told["RAV-035"] == "the operator"
    assert told["PVC-036"] == "test data"
    assert told["PVC-015"] == "muster.planning.simulate.sheet"
    assert told["PVC-063"] == "salt-run muster.validate"
    assert not [id_ for id_, how in told.items() if how.startswith("not yet")]


@pytest.mark.parametrize(("kind", "what"), [("plan", "planning"), ("topology", "proofs of")])
def test_a_row_of_another_platform_that_nothing_covers_is_said_to_be_open(kind, what):
    row = Rule(id="X-1", source="s", place="p", text="t", kinds=(kind,))
    assert explanation.covered_by(row).startswith(f"not yet: {what}")


def test_cluster_files_are_validated(tmp_path, capsys):
    assert main(["validate", VALID]) == 0
    assert capsys.readouterr().out.startswith(f"{VALID}: valid: cluster ganeti")
    broken = tmp_path / "broken.yaml"
    broken.write_text('version: 1\nplatform: "nonsense\\e[31m"\n')
    assert main(["validate", VALID, str(broken)]) == 2
    out = capsys.readouterr().out
    assert f"{VALID}: valid" in out
    assert f"{broken}:2:" in out
    assert "\x1b" not in out
    assert main(["validate", str(tmp_path / "none.yaml")]) == 2
    assert main(["validate", str(tmp_path)]) == 2


def test_collect_prints_a_bundle_or_the_file_that_makes_one(tmp_path, capsys):
    root = str(hosts.host("ravada").root)
    assert main(["collect", "--root", root, "--probe", "os", "--probe", "hostname"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert set(held["facts"]) == {"os", "hostname"}
    assert held["library"] == collector.digest()
    path = tmp_path / "b.json"
    assert main(["collect", "--root", root, "--probe", "os", "--output", str(path)]) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().out == ""
    assert main(["collect", "--script"]) == 0
    assert capsys.readouterr().out == collector.script()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["explain", "GNT-999"], "near it"),
        (["fit", "--platform", "nonsense"], "there are: ganeti"),
        (["fit", "--root", "/none"], "no folder"),
        (["requirements", "--platform", "nonsense"], "there are: ganeti"),
        (["handover", "--platform", "nonsense"], "there are: ganeti"),
        (["collect", "--probe", "nonsense"], "there is no probe 'nonsense'"),
        (["collect", "--script", "--output", "/none/there"], "could not be written"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments, text, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert text in told.err


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["check", "--format", "yaml"], ["explain"], ["check", "--plat"]]
)
def test_what_is_no_command_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: muster" in capsys.readouterr().err


def test_a_closed_pipe_is_no_traceback(monkeypatch, capsys):
    class Closed:
        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(sys, "stderr", type("Silent", (), {"close": lambda self: None})())
    assert main(["explain", "GNT-012"]) == 2
