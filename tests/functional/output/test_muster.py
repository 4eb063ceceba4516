"""The outputter by Salt's own loader, synced: Salt puts no library on an outputter's path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHOW = """
import json, sys
import salt.config, salt.output
opts = salt.config.minion_config(None)
opts.update(json.loads(sys.argv[1]))
salt.output.display_output(json.loads(sys.argv[2]), "muster", opts)
"""
REPORT = {
    "node": "n1",
    "cluster": "demo",
    "plan": "0123456789abcdef",
    "verdicts": [{"id": "X-001", "subject": "n1", "status": "fail", "text": "t", "seen": "s"}],
}


@pytest.fixture
def options(tmp_path):
    shutil.copytree(ROOT / "_utils", tmp_path / "utils")
    shutil.copytree(ROOT / "_output", tmp_path / "output")
    return {"extension_modules": str(tmp_path)}


def show(options, data):
    done = subprocess.run(
        [sys.executable, "-B", "-c", SHOW, json.dumps(options), json.dumps(data)],
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: {"reports": r, "retcode": 2}])
def test_reports_are_a_table(options, wrap):
    text = show(options, wrap({"n1": REPORT}))
    assert "n1  cluster demo  plan 0123456789ab  1 fail" in text
    assert "fail     X-001" in text
    assert "\x1b" not in text


def test_a_text_of_the_runner_is_printed_as_it_is(options):
    text = '<?xml version="1.0"?>\n<testsuites/>\n'
    assert show(options, {"text": text, "retcode": 0}) == text


def test_colours_only_where_salt_wants_them(options):
    assert "\x1b[31;1mfail" in show({**options, "force_color": True}, {"n1": REPORT})


@pytest.mark.parametrize("data", [{"n1": "no such function"}, "text", None, []])
def test_what_is_no_report_is_unknown(options, data):
    if data:
        assert "unknown" in show(options, data)
    else:
        assert "Traceback" not in show(options, data)
