"""Tries between real nodes: what is in the way is real too, and told by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from saltext.muster.reach import asked

ADDRESS = {"node1": "10.77.0.11", "node2": "10.77.0.12", "node3": "10.77.0.13"}
RAV1 = "10.77.0.21"
TOKEN = "m0123456789abcdef"

#: Rules of routing are looked at before a packet is taken: they silence and refuse without any
#: packet filter. The table of local addresses, which comes first, is moved behind them, and a node
#: that forwards nothing would refuse in silence. Refusals are few in a second unless that limit
#: is off.
_RULES = """
echo 1 >/proc/sys/net/ipv4/conf/gnt-br/forwarding
echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
ip rule add pref 20 lookup local && ip rule del pref 0
ip rule add pref 10 iif gnt-br ipproto tcp dport 7001 blackhole
ip rule add pref 11 iif gnt-br ipproto tcp dport 7002 prohibit
ip rule add pref 13 iif gnt-br ipproto udp dport 7101 blackhole
ip rule add pref 14 iif gnt-br ipproto udp dport 7102 prohibit
"""
_NO_RULES = """
for pref in 10 11 13 14; do ip rule del pref $pref; done
ip rule add pref 0 lookup local && ip rule del pref 20
echo 0 >/proc/sys/net/ipv4/conf/gnt-br/forwarding
echo 1000 >/proc/sys/net/ipv4/icmp_ratelimit
"""
_PROGRAM = """
import socket, time
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("0.0.0.0", 7105))
time.sleep(600)
"""


def run(lab, *argv):
    """Return the exit status and the sheet of one cluster."""
    done = lab.salt_run("--out=json", "muster.reach", *argv)
    data = json.loads(done.stdout)
    assert data["retcode"] == done.returncode, done.stdout
    (sheet,) = data["sheets"]
    return done.returncode, sheet


def counts(sheet):
    rows = sheet["tables"]["tries between nodes"]
    return {(row["protocol"], row["port"]): row for row in rows}


def shell(lab, node, script):
    done = lab.exec(node, "sh", "-ec", script)
    assert done.returncode == 0, done.stderr


def tried(lab, source, *tries):
    """Return {(protocol, port): (result, why)} of tries from a node."""
    argv = (json.dumps([list(each) for each in tries]), TOKEN, "5")
    told = lab.salt_json(f"{source}.example.com", "muster_reach.reach", *argv)
    answers = told[f"{source}.example.com"]
    assert isinstance(answers, list), answers
    return {
        (each[0], each[2]): (answer["result"], answer["why"])
        for each, answer in zip(tries, answers, strict=True)
    }


def test_every_flow_between_the_nodes_is_tried_and_reached(lab):
    status, sheet = run(lab, "ganeti-demo")
    assert status == 0, sheet["findings"]
    found = counts(sheet)
    assert found["tcp", 22]["open"] == 6
    assert found["udp", 1814]["open"] == 6
    assert found["tcp", 1811]["closed"] == 6
    assert all(row["tries"] == 6 for row in found.values())
    assert any(row["from"] == "admin" for row in sheet["tables"]["not tried"])


def test_nothing_of_it_stays_on_the_nodes(lab):
    run(lab, "ganeti-demo", "timeout=4")
    # Not the pattern's own letters: the shell that looks for them would be found.
    gone = "! pgrep -f '[r]each/listener.py'"
    shell(lab, "node2", f"for i in $(seq 60); do {gone} && exit 0; sleep 1; done; exit 1")


def test_a_service_that_has_stopped_is_closed_and_one_node_can_be_asked_for(lab):
    shell(lab, "node2", "systemctl stop ssh.socket ssh.service 2>/dev/null || systemctl stop ssh")
    try:
        status, sheet = run(lab, "ganeti-demo", "node=node2.example.com")
    finally:
        shell(lab, "node2", "systemctl start ssh")
    assert status == 0
    found = counts(sheet)["tcp", 22]
    assert (found["tries"], found["open"], found["closed"]) == (4, 2, 2)


def test_a_node_whose_answers_get_lost_is_named_with_every_port(lab):
    shell(lab, "node2", "ip route add blackhole 10.77.0.11/32")
    try:
        status, sheet = run(lab, "ganeti-demo")
    finally:
        shell(lab, "node2", "ip route del blackhole 10.77.0.11/32")
    assert status == 2
    missed = sheet["tables"]["not reached"]
    lost = [row for row in missed if row["from"] == "node1.example.com"]
    assert {row["to"] for row in lost} == {"node2.example.com"}
    assert {row["result"] for row in lost} == {asked.FILTERED}
    assert {("tcp", 22), ("udp", 1814)} <= {(row["protocol"], row["port"]) for row in lost}
    assert not [row for row in missed if "node3.example.com" in (row["from"], row["to"])]
    told = [item["message"] for item in sheet["findings"]]
    assert any("of node2.example.com (10.77.0.12) from node1" in text for text in told)


def test_a_minion_that_is_not_there_is_named_and_the_others_are_tried(lab):
    shell(lab, "node3", "systemctl stop salt-minion")
    try:
        status, sheet = run(lab, "ganeti-demo", "timeout=4")
    finally:
        shell(lab, "node3", "systemctl start salt-minion")
    assert status == 2
    told = [item["message"] for item in sheet["findings"]]
    assert any(text.startswith("node3.example.com: the minion did not answer") for text in told)
    found = counts(sheet)["tcp", 22]
    assert (found["open"], found["not_told"]) == (4, 2)


@pytest.fixture(scope="module")
def obstructed(lab) -> Iterator[str]:
    """node2, which drops and refuses what comes to some ports, and its address."""
    shell(lab, "node2", _RULES)
    unit = ("systemd-run", "-q", "--unit=reach-program", "python3", "-c", _PROGRAM)
    assert lab.exec("node2", *unit).returncode == 0
    yield ADDRESS["node2"]
    lab.exec("node2", "systemctl", "stop", "reach-program")
    shell(lab, "node2", _NO_RULES)


@pytest.mark.parametrize("source", ["node1", "node3"])
def test_what_is_in_the_way_is_told_apart(lab, obstructed, source):
    ports = [["udp", obstructed, port] for port in (7101, 7102, 7105, 7106)]
    ports += [["tcp", obstructed, port] for port in (22, 7000)]
    told = lab.salt_json("node2.example.com", "muster_reach.listen", json.dumps(ports), TOKEN, "30")
    states = [each["state"] for each in told["node2.example.com"]]
    # Those of a run before may still be there: a second one sees what arrives beside them.
    assert set(states[:2]) | {states[3]} <= {asked.ECHO, asked.WITNESS}
    assert states[2] == asked.WITNESS
    assert states[4:] == [asked.USED, asked.FREE]
    tries = [(*port, state) for port, state in zip(ports, states, strict=True)]
    tries += [("tcp", obstructed, port, asked.FREE) for port in (7001, 7002)]
    tries += [("udp", obstructed, 7107, asked.UNKNOWN), ("tcp", "10.77.0.99", 4, asked.UNKNOWN)]
    tries += [("tcp", "192.0.2.1", 5, asked.UNKNOWN)]
    found = tried(lab, source, *tries)
    prohibited = (asked.REFUSED, "a rule of the node: administratively prohibited")
    assert found == {
        ("udp", 7101): (asked.FILTERED, "no answer at all"),
        ("udp", 7102): prohibited,
        ("udp", 7105): (asked.OPEN, ""),
        ("udp", 7106): (asked.OPEN, ""),
        ("tcp", 22): (asked.OPEN, ""),
        ("tcp", 7000): (asked.CLOSED, "nothing listens there"),
        ("tcp", 7001): (asked.FILTERED, "no answer at all"),
        ("tcp", 7002): prohibited,
        ("udp", 7107): (asked.CLOSED, "nothing listens there"),
        ("tcp", 4): (asked.UNREACHABLE, "no neighbour answers for 10.77.0.99"),
        ("tcp", 5): (asked.UNREACHABLE, "Network is unreachable"),
    }


@pytest.fixture
def rejecting(lab) -> Iterator[str]:
    """rav1, whose packet filter rejects in each of its ways, on ports that its plan opens."""
    ways = {6001: "DROP", 6002: "REJECT", 6003: "REJECT --reject-with tcp-reset"}
    ways[6004] = "REJECT --reject-with icmp-admin-prohibited"
    rules = [f"INPUT -p tcp --dport {port} -j {way}" for port, way in ways.items()]
    shell(lab, "rav1", "\n".join(f"iptables -I {rule}" for rule in rules))
    yield RAV1
    shell(lab, "rav1", "\n".join(f"iptables -D {rule}" for rule in rules))


@pytest.mark.parametrize("source", ["node1", "node2"])
def test_a_packet_filters_rejections_are_told_apart_from_a_closed_port(lab, rejecting, source):
    tries = [("tcp", rejecting, port, asked.FREE) for port in (6000, 6001, 6002, 6004)]
    found = tried(lab, source, *tries, ("tcp", rejecting, 6003, asked.USED))
    assert {port: result for (_protocol, port), (result, _why) in found.items()} == {
        6000: asked.CLOSED,
        6001: asked.FILTERED,
        6002: asked.REFUSED,
        6003: asked.REFUSED,
        6004: asked.REFUSED,
    }


def test_the_unit_for_virtual_functions_is_one_that_systemd_takes(lab):
    from saltext.muster.components import sriov

    path = "/run/systemd/system/muster-sriov.service"
    shell(lab, "rav1", "mkdir -p /run/systemd/system")
    lab.put("rav1", path, sriov.unit_text({"eth0": 4, "ens-1.f0": 2}))
    try:
        done = lab.exec("rav1", "systemd-analyze", "verify", path)
        shown = lab.exec("rav1", "sh", "-c", "systemctl daemon-reload; systemctl show muster-sriov")
    finally:
        lab.exec("rav1", "sh", "-c", f"rm {path}; systemctl daemon-reload")
    assert (done.returncode, done.stderr) == (0, "")
    assert "LoadState=loaded" in shown.stdout.splitlines()
    assert r"sys-subsystem-net-devices-ens\x2d1.f0.device" in shown.stdout.replace("\\\\", "\\")
