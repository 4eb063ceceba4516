"""The command muster, on a captured host: no command is run for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saltext.muster.__main__ import main

ALMA = str(Path(__file__).parents[1] / "data" / "almalinux-8.8")


def test_a_captured_host_is_judged_like_a_live_one(capsys):
    assert main(["check", "--platform", "ganeti", "--root", ALMA]) == 2
    text = capsys.readouterr().out
    assert "ganeti kvm" in text
    assert "no names are known for almalinux-8.8" in text
    assert "pass     GNT-012" not in text or "no such line" in text
    assert "\x1b" not in text


def test_json_is_the_same_report(capsys):
    status = main(["check", "--platform", "vmmanager", "--root", ALMA, "--json"])
    report = json.loads(capsys.readouterr().out)
    assert status == report["retcode"]
    verdicts = {verdict["id"]: verdict["status"] for verdict in report["verdicts"]}
    assert set(verdicts) >= {"VMM-031", "VMM-032", "VMM-033", "VMM-034", "VMM-036"}
    assert verdicts["VMM-036"] in ("fail", "unknown")


def test_a_row_is_explained(capsys):
    assert main(["explain", "RAV-017"]) == 0
    assert "kvm-spice" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check", "--platform", "nonsense"], "there are: ganeti, pvc, ravada, vmmanager"),
        (["check", "--platform", "ganeti", "--root", "/none/there"], "no folder"),
        (["explain", "GNT-999"], "near it"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments, text, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert text in told.err


def test_without_a_command_it_says_how(capsys):
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "usage: muster" in capsys.readouterr().err
