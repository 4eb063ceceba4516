"""``salt-run muster.validate`` as a person calls it, and its function in Salt's loader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import salt.config
import salt.loader

from ...unit.master.support import VALID

ROOT = Path(__file__).parents[3]


@pytest.fixture
def clusters(tmp_path):
    folder = tmp_path / "clusters"
    folder.mkdir()
    (folder / "demo.yaml").write_text(VALID)
    return folder


@pytest.fixture
def config(tmp_path, clusters):
    """A master's configuration file whose every path is below the test's own folder."""
    file = tmp_path / "conf" / "master"
    file.parent.mkdir()
    (tmp_path / "cachedir" / "proc").mkdir(parents=True)
    folders = ("cachedir", "pki_dir", "sock_dir")
    lines = [f"{key}: {tmp_path / key}" for key in folders]
    lines += [
        f"log_file: {tmp_path / 'log'}",
        f"module_dirs: [{ROOT}]",
        f"ext_pillar: [{{muster: {{clusters: {clusters}}}}}]",
        f"user: {os.environ.get('USER', 'root')}",
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def salt_run(config, *args):
    """Run the real command; return its exit status and its data."""
    script = Path(sys.executable).with_name("salt-run")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, "-c", config.parent, "--out=json", *args],
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
    return done.returncode, json.loads(done.stdout or "null")


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
    assert "the address 10.77.0.11 is also that of nodes node1.example.com" in address


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


def test_it_changes_nothing(runner, tmp_path, clusters):
    def everything():
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != "log"}

    before = everything()
    (clusters / "demo.yaml").chmod(0o644)
    runner()
    assert everything() == before
