"""``salt-run muster.addresses|capacity|simulate|ports|place`` as a person calls them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import salt.config
import salt.loader

from saltext.muster.planning import topics

from ...support import plans
from .support import salt_run

CLASS = str(plans.ROOT / "pillar" / "clusters" / "ravada-class.yaml")
PVC = str(plans.ROOT / "pillar" / "clusters" / "pvc.yaml")


@pytest.fixture
def runner(config):
    opts = salt.config.master_config(str(config))
    return salt.loader.runner(opts, utils=salt.loader.utils(opts))


@pytest.mark.parametrize("topic", topics.TOPICS)
def test_every_topic_has_a_function_with_an_example(runner, topic):
    function = runner[f"muster.{topic}"]
    assert f"salt-run muster.{topic}" in function.__doc__
    data = function(CLASS)["data"]
    assert [sheet["topic"] for sheet in data["sheets"]] == [topic]
    assert data["retcode"] == data["sheets"][0]["retcode"]


def test_without_a_path_the_configured_clusters_are_told(runner):
    data = runner["muster.addresses"]()["data"]
    assert [sheet["cluster"] for sheet in data["sheets"]] == ["demo"]


def test_without_a_path_only_clusters_that_the_question_is_for_are_told(runner, clusters):
    (clusters / "class.yaml").write_text(Path(CLASS).read_text())
    sheets = runner["muster.place"]()["data"]["sheets"]
    assert [sheet["cluster"] for sheet in sheets] == ["ravada-class"]
    sheets = runner["muster.ports"](node="node1.example.com")["data"]["sheets"]
    assert [sheet["cluster"] for sheet in sheets] == ["demo"]
    told = runner["muster.ports"](node="nobody")["data"]["text"]
    assert "no valid cluster file with a node 'nobody'" in told
    (clusters / "class.yaml").unlink()
    assert "no valid cluster file of ravada" in runner["muster.place"]()["data"]["text"]


def test_the_command_gives_data_and_an_exit_status(config):
    status, found = salt_run(config, "muster.simulate", PVC, "down=1")
    assert status == 0
    assert found["sheets"][0]["cluster"] == "pvc-example"


def test_the_command_shows_tables(config):
    script = Path(sys.executable).with_name("salt-run")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, "-c", config.parent, "muster.capacity", PVC],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "capacity of cluster pvc-example" in done.stdout
    assert "retcode" not in done.stdout


@pytest.mark.parametrize(
    ("topic", "options", "message"),
    [
        ("capacity", {"more": "400"}, "no size with a unit"),
        ("simulate", {"down": 0}, "wanted 1 to 2"),
        ("simulate", {"down": "1; reboot"}, "wanted 1 to 2"),
        ("place", {"starts": True}, "wanted 1 to 10000"),
        ("place", {"policy": "random"}, "random"),
        ("ports", {"node": "nobody"}, "nobody"),
        ("ports", {"since": "/nonexistent.yaml"}, "cannot be read"),
    ],
)
def test_bad_options_are_told_without_a_traceback(runner, topic, options, message):
    data = runner[f"muster.{topic}"](CLASS, **options)["data"]
    assert data["retcode"] == 2
    assert message in data["text"]


def test_a_broken_file_is_told_and_no_cluster_as_well(runner, clusters):
    (clusters / "demo.yaml").write_text("version: 1\n")
    told = runner["muster.ports"](str(clusters / "demo.yaml"))["data"]["text"]
    assert "nodes: is missing" in told
    assert "no valid cluster file" in runner["muster.ports"]()["data"]["text"]
