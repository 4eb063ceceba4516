"""Rows, bundles and comparisons on real nodes: what is broken there is seen and named."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

import pytest

from saltext.muster import collector
from saltext.muster.cli.main import main
from tests.lab.conftest import PROJECT

CLUSTER = str(PROJECT / "lab/clusters/demo.yaml")

#: Facts of the moment, or of the clock: they may differ from one look to the next.
MOVING = {"GNT-058"}


def verdicts(lab, node):
    done = lab.exec(node, "salt-call", "muster.check", "--out=json")
    return {v["id"]: v for v in json.loads(done.stdout)["local"]["verdicts"]}


def reports(lab):
    done = lab.salt_run("muster.check", "--out=json")
    return json.loads(done.stdout)["reports"]


@contextmanager
def broken(lab, node, command, mend):
    """Break a node by a shell command, and mend it whatever happens."""
    assert lab.exec(node, "sh", "-c", command).returncode == 0
    try:
        yield
    finally:
        assert lab.exec(node, "sh", "-c", mend).returncode == 0


@pytest.fixture(scope="module")
def bundle(lab, tmp_path_factory):
    """What the one-file collector prints on a node that gets it on stdin."""
    done = lab.exec("node1", "python3", "-", stdin=collector.script())
    assert done.returncode == 0, done.stderr
    path = tmp_path_factory.mktemp("bundle") / "node1.json"
    path.write_text(done.stdout)
    return path


def test_every_probe_answers_on_a_real_node(bundle):
    found = json.loads(bundle.read_text())
    assert len(found["facts"]) > 40
    assert [name for name, fact in found["facts"].items() if set(fact) == {"unknown"}] == []
    assert found["node"] == "node1.example.com"


def test_a_bundle_gives_the_verdicts_of_the_node_itself(lab, bundle, capsys):
    status = main(["check", "--cluster", CLUSTER, "--bundle", str(bundle), "--json"])
    by_bundle = {v["id"]: v for v in json.loads(capsys.readouterr().out)["verdicts"]}
    by_node = verdicts(lab, "node1")
    assert set(by_bundle) == set(by_node)
    differ = {id_ for id_, v in by_bundle.items() if v["status"] != by_node[id_]["status"]}
    assert differ <= MOVING
    assert status == 2  # the clock of a bundle is not compared


def test_no_secret_of_a_node_is_in_its_bundle(lab, bundle):
    text = bundle.read_text()
    for line in lab.exec("node1", "cat", "/etc/shadow").stdout.splitlines():
        word = line.split(":")[1]
        assert len(word) < 4 or word not in text
    assert "PRIVATE KEY" not in text


def test_a_web_server_is_named(lab):
    unit = "[Service]\\nExecStart=/usr/bin/python3 -m http.server 80\\n"
    start = f"printf '{unit}' > /run/systemd/system/nginx.service && systemctl start nginx"
    end = "systemctl stop nginx; rm -f /run/systemd/system/nginx.service; systemctl daemon-reload"
    with broken(lab, "node2", start, end):
        found = verdicts(lab, "node2")["GNT-015"]
        assert found["status"] == "warn"
        assert "nginx" in found["seen"]


def test_a_foreign_repository_is_named(lab):
    file = "/etc/apt/sources.list.d/foreign.list"
    line = "deb https://user:secret@repo.invalid/debian stable main"
    with broken(lab, "node2", f"echo '{line}' > {file}", f"rm -f {file}"):
        found = verdicts(lab, "node2")["GNT-005"]
        assert found["status"] == "warn"
        assert "repo.invalid" in found["seen"]
        assert "secret" not in json.dumps(verdicts(lab, "node2"))


@pytest.mark.parametrize("body", ["sleep 1000 & sleep 1000", "yes"], ids=["hangs", "never-stops"])
def test_a_command_that_goes_wrong_takes_nothing_else_down(lab, body):
    """The probe that runs it is unknown with the reason, in time; all other rows stand.

    It is sshd's, which Salt itself does not run: Salt has no bound for commands of its grains.
    """
    before = verdicts(lab, "rav1")
    wrong = f"printf '#!/bin/sh\\n{body}\\n' > /run/wrong && chmod 755 /run/wrong"
    start = f"{wrong} && mount --bind /run/wrong /usr/sbin/sshd"
    end = "umount /usr/sbin/sshd; rm -f /run/wrong"
    with broken(lab, "rav1", start, end):
        began = time.monotonic()
        found = verdicts(lab, "rav1")
        took = time.monotonic() - began
        left = lab.exec("rav1", "pgrep", "-x", "sleep|yes")
    changed = {id_ for id_ in before if found[id_]["status"] != before[id_]["status"]}
    assert changed == {"RAV-020", "RAV-026"}
    assert all(found[id_]["status"] == "unknown" for id_ in changed)
    assert all("sshd -T" in found[id_]["reason"] for id_ in changed)
    assert took < 30  # the command's 10 s, and what a check takes
    assert left.stdout == ""


def test_a_bridge_with_spanning_tree_is_seen(lab):
    setting = "ip link set gnt-br type bridge"
    on = f"{setting} stp_state 1"
    # two commands: the kernel refuses a delay of 0 while the protocol is on
    off = f"{setting} stp_state 0 && {setting} forward_delay 0"
    before = verdicts(lab, "node3")["GNT-053"]
    with broken(lab, "node3", on, off):
        found = verdicts(lab, "node3")["GNT-053"]
        assert found["status"] in ("warn", "fail")
        assert found["seen"] != before["seen"]


def test_a_node_with_another_mtu_is_named_among_the_others(lab):
    change, back = (f"ip link set eth0 mtu {mtu}" for mtu in (1400, 1500))
    with broken(lab, "node2", change, back):
        found = {v["id"]: v for v in reports(lab)["cluster ganeti-demo"]["verdicts"]}
    assert found["MST-003"]["status"] in ("warn", "fail")
    assert "node2.example.com" in found["MST-003"]["seen"]
    assert "1400" in found["MST-003"]["seen"]
    assert "node1.example.com" not in found["MST-003"]["seen"]


def test_the_cluster_itself_is_judged_when_all_is_well(lab):
    found = reports(lab)["cluster ganeti-demo"]
    assert found["counts"].get("fail", 0) == found["counts"].get("unknown", 0) == 0
    assert {"GNT-010", "MST-001", "MST-002"} <= {v["id"] for v in found["verdicts"]}


def test_a_node_that_does_not_answer_is_unknown_and_named(lab):
    stop, start = (f"systemctl {verb} salt-minion" for verb in ("stop", "start"))
    with broken(lab, "node3", stop, start):
        done = lab.salt_run("muster.check", "timeout=5", "--out=json")
    assert done.returncode == 2
    found = json.loads(done.stdout)["reports"]
    assert "did not answer" in found["node3.example.com"]["problems"][0]
    assert found["cluster ganeti-demo"]["counts"]["unknown"] >= 1
