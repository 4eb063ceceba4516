"""The command muster and the file muster-collect, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from saltext.muster import bundle, collector, facts, schema

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "_utils"), "LC_ALL": "C"}


def works(python):
    """Say whether an interpreter is there: a version manager's stand-in may not be one."""
    there = shutil.which(python)
    return there and subprocess.run([there, "--version"], capture_output=True).returncode == 0


#: The file must run wherever Python 3.6 or newer is: here, on what this machine has.
PYTHONS = [sys.executable, *filter(works, (f"python3.{minor}" for minor in range(6, 15)))]


def muster(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-B", "-m", "saltext.muster", *arguments],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def script():
    done = muster("collect", "--script")
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("python", PYTHONS)
def test_the_file_collects_from_standard_input_and_by_itself(python, script, tmp_path):
    version = subprocess.run([python, "--version"], capture_output=True, text=True)
    options = ["--probe", "os", "--probe", "kernel", "--probe", "hostname", "--probe", "packages"]
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    piped = subprocess.run(
        [python, "-", *options], input=script, env=clean, capture_output=True, text=True, timeout=90
    )
    assert (piped.returncode, piped.stderr) == (0, "")
    held = json.loads(piped.stdout)
    jsonschema.validate(held, schema.BUNDLE)
    assert bundle.parse(piped.stdout.encode()) == held
    assert held["library"] == collector.digest()
    assert held["python"] in version.stdout
    assert held["node"] == os.uname().nodename
    # The same probes by the library itself give the same facts.
    assert held["facts"] == facts.collect(["os", "kernel", "hostname", "packages"])
    file = tmp_path / "muster-collect"
    file.write_text(script)
    again = subprocess.run(
        [python, "-W", "error", str(file), *options, "--output", str(tmp_path / "b.json")],
        env=clean, capture_output=True, text=True, timeout=90, cwd="/",
    )  # fmt: skip
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert json.loads((tmp_path / "b.json").read_text())["facts"] == held["facts"]
    assert (tmp_path / "b.json").stat().st_mode & 0o777 == 0o600


def test_the_file_runs_every_probe_of_this_machine(script, tmp_path):
    done = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    held = bundle.parse(done.stdout.encode())
    assert sorted(held["facts"]) == facts.names()
    assert [name for name, each in held["facts"].items() if "failed after" in str(each)] == []
    path = tmp_path / "b.json"
    path.write_text(done.stdout)
    status = muster("check", "--platform", "ganeti", "--bundle", str(path), "--json")
    report = json.loads(status.stdout)
    jsonschema.validate(report, schema.REPORT)
    assert status.returncode == report["retcode"]


def test_the_exit_status_is_the_commands(tmp_path):
    assert muster("explain", "GNT-012").returncode == 0
    assert muster("explain", "GNT-999").returncode == 2
    assert muster("nonsense").returncode == 2
    fitted = muster("fit", "--platform", "ganeti", "--json")
    assert fitted.returncode == json.loads(fitted.stdout)["retcode"]


def test_a_reader_that_goes_away_is_no_traceback():
    with subprocess.Popen(
        [sys.executable, "-B", "-m", "saltext.muster", "requirements", "--json"],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as command:  # fmt: skip
        command.stdout.close()
        assert command.stderr.read() == ""


LOADED = """
import sys
from saltext.muster.cli.main import main
main(sys.argv[1:])
print(" ".join(sys.modules), file=sys.stderr)
"""
HEAVY = {
    "pydantic", "yaml", "salt", "xml.etree.ElementTree", "saltext.muster.master",
    "saltext.muster.assess", "saltext.muster.fit", "saltext.muster.digest",
    "saltext.muster.collector",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["explain", "GNT-012"], ["requirements"], ["handover"]])
def test_explaining_loads_nothing_that_judging_needs(arguments):
    more = ["--platform", "ganeti"] if arguments == ["handover"] else []
    done = subprocess.run(
        [sys.executable, "-B", "-c", LOADED, *arguments, *more],
        env=ENVIRONMENT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stderr.split()) == set()
