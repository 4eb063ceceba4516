"""Wake-on-LAN on the wire: what a node's card hears is compared byte by byte."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

NODE, MASTER = "rv1.example.com", "rvm.example.com"
CAPTURE = Path(__file__).with_name("capture.py").read_text()
READY = "/run/muster-captures"


@pytest.fixture(scope="module")
def mac(lab):
    """The node's own card, which the master has been told by the state."""
    done = lab.salt(NODE, "state.apply", "muster.wake_on_lan", "sync_mods=all")
    assert done.returncode == 0, done.stdout + done.stderr
    return lab.exec("rv1", "cat", "/sys/class/net/eth0/address").stdout.strip()


@contextmanager
def silent(lab, node):
    lab.exec(node, "systemctl", "stop", "salt-minion")
    try:
        yield
    finally:
        lab.exec(node, "systemctl", "start", "salt-minion")
        # A job that was sent before the minion has signed in is never answered.
        answers = (lab.salt_json("-t", "10", f"{node}.example.com", "test.ping") for _ in range(20))
        assert any(answers), f"{node} does not answer"


def heard(lab, *argv):
    """Return what salt-run says, and the datagrams that the node's card hears meanwhile."""
    lab.exec("rv1", "rm", "-f", READY)
    with ThreadPoolExecutor(1) as beside:
        capture = beside.submit(lab.exec, "rv1", "python3", "-", READY, "2", stdin=CAPTURE)
        while lab.exec("rv1", "test", "-e", READY).returncode and not capture.done():
            time.sleep(0.2)
        done = lab.salt_run("--out=json", "muster.wake", *argv)
        captured = capture.result()
    assert done.returncode == 0, done.stdout + done.stderr
    assert captured.returncode == 0, captured.stderr
    return json.loads(done.stdout), json.loads(captured.stdout)


def test_the_packet_on_the_wire_is_the_nodes_own(lab, mac):
    said, frames = heard(lab, NODE)
    row = said["sheets"][0]["tables"][NODE][0]
    assert (row["from"], row["card"], row["as_says"]) == (MASTER, mac, "the node itself")
    sender = lab.exec("rvm", "cat", "/sys/class/net/eth0/address").stdout.strip()
    assert sorted(frame.pop("port") for frame in frames) == [7, 9]
    for frame in frames:
        assert frame == {
            "to": "ff:ff:ff:ff:ff:ff",
            "from": sender,
            "source": "10.77.0.51",
            "destination": "10.77.0.255",
            "data": "ff" * 6 + mac.replace(":", "") * 16,
        }


def test_without_another_node_the_salt_master_sends(lab, mac):
    with silent(lab, "rvm"):
        said, frames = heard(lab, NODE)
    assert said["sheets"][0]["tables"][NODE][0]["from"] == "the Salt master"
    assert {frame["source"] for frame in frames} == {"10.77.0.1"}
    assert {frame["data"][12:24] for frame in frames} == {mac.replace(":", "")}


def test_a_node_is_waited_for_until_it_answers(lab, mac):
    with silent(lab, "rv1"):
        done = lab.salt_run("muster.wake", NODE, "wait=1")
        assert done.returncode == 2
        assert "rv1.example.com did not answer within 1 s" in done.stdout
        with ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(lab.salt_run, "muster.wake", NODE, "wait=300")
            lab.exec("rv1", "systemctl", "start", "salt-minion")
            done = waiting.result()
    assert done.returncode == 0, done.stdout
    assert "rv1.example.com answers after" in done.stdout


def test_the_list_has_what_nodes_told(lab, mac):
    done = lab.salt_run("--out=json", "muster.wake", "cluster=ravada-acceptance")
    rows = json.loads(done.stdout)["sheets"][0]["tables"]["nodes"]
    assert {row["node"]: row["cards"] for row in rows} == {NODE: [mac], MASTER: []}


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ("no.example.com", "no valid cluster file with a node 'no.example.com'"),
        (MASTER, f"the card of {MASTER} is not known"),
    ],
)
def test_what_cannot_be_woken_is_told(lab, mac, node, message):
    done = lab.salt_run("muster.wake", node)
    assert done.returncode == 2
    assert message in done.stdout


def test_a_second_run_sends_nothing_to_the_master(lab, mac):
    found = lab.salt_json(NODE, "state.apply", "muster.wake_on_lan")[NODE]
    assert all(each["result"] and not each["changes"] for each in found.values())
