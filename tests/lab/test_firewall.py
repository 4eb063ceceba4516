"""The firewall on real nodes: rav1 by nftables, fw1 by firewalld."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lab.run import LabError

NODES = {"rav1": "10.77.0.21", "fw1": "10.77.0.22"}
CLUSTER = "/etc/muster/clusters/ravada.yaml"
STATE = "The firewall lets in what the plan asks for"
PLANNED = [22, *range(5900, 7001), *range(49152, 49216)]
#: Something listens there during the scan: ends of planned ranges, and ports that nobody planned.
LISTENING = (5900, 7000, 49152, 49215)
UNPLANNED = (1, 80, 3306, 4505, 5899, 7001, 49151, 49216, 65535)
SCAN = Path(__file__).with_name("scan.py").read_text()
LISTEN = """
import socket, sys, threading
def serve(server):
    while True:
        server.accept()[0].close()
for port in map(int, sys.argv[1:]):
    server = socket.create_server(("", port))
    threading.Thread(target=serve, args=(server,)).start()
"""
FOREIGN = """
table inet foreign {
	chain input {
		type filter hook input priority 10; policy accept;
		tcp dport 9999 counter drop
	}
}
"""
#: Answers to the node's own connections to Salt are then part of no connection that is known.
BLIND = """
table inet blind {
	chain prerouting {
		type filter hook prerouting priority raw;
		tcp sport { 4505, 4506 } notrack
	}
	chain output {
		type filter hook output priority raw;
		tcp dport { 4505, 4506 } notrack
	}
}
"""


def out(lab, node, *argv, stdin=""):
    done = lab.exec(node, *argv, stdin=stdin)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def firewall(lab, node, *arguments):
    """Apply the firewall's states over Salt; return the state's own return."""
    minion = f"{node}.example.com"
    # While a change is on trial the node may be shut off: no asking whether the job still runs.
    options = ("--timeout=90", "--out=json", "--static")
    done = lab.salt(*options, minion, "state.sls", "muster.firewall", *arguments)
    states = json.loads(done.stdout)[minion]
    assert isinstance(states, dict), states
    return next(state for state in states.values() if state["__id__"] == STATE)


def without(lab, node):
    """Take muster's firewall off a node."""
    if node == "rav1":
        out(lab, node, "sh", "-c", "nft delete table inet muster || true")
        out(lab, node, "rm", "-f", "/etc/nftables.d/muster.nft")
        out(lab, node, "sed", "-i", "/muster/d", "/etc/nftables.conf")
        out(lab, node, "systemctl", "disable", "nftables")
    else:
        script = "s/^DefaultZone=.*/DefaultZone=public/"
        out(lab, node, "sed", "-i", script, "/etc/firewalld/firewalld.conf")
        out(lab, node, "rm", "-f", "/etc/firewalld/zones/muster.xml")
        out(lab, node, "firewall-cmd", "--reload")


def files(lab, node):
    """Return content, modes, owners and times of all that may be changed."""
    script = (
        "cd /etc; find nftables.conf nftables.d firewalld systemd/system -type f -o -type l"
        " | sort | xargs stat -c '%n %a %u %g %Y %s %N'"
        "; find nftables.conf nftables.d firewalld -type f | sort | xargs sha256sum"
    )
    return out(lab, node, "sh", "-c", f"({script}) 2>/dev/null || true")


def others(lab, node):
    """Return all tables but muster's own, as nft lists them."""
    listing = out(lab, node, "nft", "list", "ruleset")
    tables = ["table " + part.strip() for part in ("\n" + listing).split("\ntable ")[1:]]
    return [table for table in tables if not table.startswith("table inet muster ")]


@pytest.fixture(autouse=True)
def enforced(lab):
    """Each test begins and ends with the firewall as planned, and with nothing foreign."""
    yield
    for node in NODES:
        lab.exec(node, "sh", "-c", "for t in foreign blind; do nft delete table inet $t; done")
        assert firewall(lab, node)["result"] is True


@pytest.fixture(scope="module")
def listeners(lab):
    """Something listens on planned and on unplanned ports of both nodes."""
    ports = [str(port) for port in (*LISTENING, *UNPLANNED)]
    for node in NODES:
        unit = ["systemd-run", "--unit=listen", "--quiet", "python3", "-c", LISTEN, *ports]
        out(lab, node, *unit)
        for port in ports:
            _wait(lab, node, port)
    yield
    for node in NODES:
        lab.exec(node, "systemctl", "stop", "listen")  # one that was rebooted has it no more


def _wait(lab, node, port):
    for _ in range(50):
        if f":{port} " in out(lab, node, "ss", "-Htln"):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {node}:{port}")


def scan(lab, address, seconds, *ports):
    words = [str(port) for port in ports]
    return json.loads(out(lab, "master", "python3", "-", address, str(seconds), *words, stdin=SCAN))


@pytest.mark.parametrize("node", NODES)
def test_every_planned_port_answers_and_no_other_does(lab, listeners, node):
    planned = scan(lab, NODES[node], 10, 22, "5900-7000", "49152-49215")
    assert planned["open"] == [22, *LISTENING]
    assert sorted(planned["open"] + planned["closed"]) == PLANNED
    assert scan(lab, NODES[node], 5, *UNPLANNED) == {"open": [], "closed": []}
    whole = scan(lab, NODES[node], 0.7, "1-65535")
    assert set(whole["open"] + whole["closed"]) <= set(PLANNED)


@pytest.mark.parametrize("node", NODES)
def test_the_connection_to_the_master_survives_and_other_tables_stay(lab, node):
    without(lab, node)
    before_tables = []
    if node == "rav1":
        out(lab, node, "nft", "-f", "-", stdin=FOREIGN)
        before_tables = others(lab, node)
        assert any("inet foreign" in table for table in before_tables)
    connection = publications(lab, node)
    assert firewall(lab, node)["changes"]
    # A job that the master sends is the first packet of an idle connection.
    assert lab.salt_json(f"{node}.example.com", "test.ping") == {f"{node}.example.com": True}
    assert publications(lab, node) == connection
    if before_tables:
        assert others(lab, node) == before_tables


def publications(lab, node):
    """Return ports and inode of the minion's connection to its master's publications."""
    rows = [line.split() for line in out(lab, node, "cat", "/proc/net/tcp").splitlines()[1:]]
    found = [
        (row[1], row[2], row[9]) for row in rows if row[2].endswith(":1199") and row[3] == "01"
    ]
    assert len(found) == 1, rows
    return found


@pytest.mark.parametrize("node", NODES)
def test_a_second_run_changes_nothing_and_keeps_the_counters(lab, node):
    counted = packets(lab) if node == "rav1" else 0
    assert firewall(lab, node)["changes"] == firewall(lab, node)["changes"] == {}
    if counted:
        assert packets(lab) > counted


def packets(lab):
    table = json.loads(out(lab, "rav1", "nft", "-j", "list", "table", "inet", "muster"))["nftables"]
    rules = [each["rule"]["expr"] for each in table if "rule" in each]
    assert all(any("counter" in expr for expr in rule) for rule in rules)
    return sum(e["counter"]["packets"] for rule in rules for e in rule if "counter" in e)


@pytest.mark.parametrize("node", NODES)
def test_test_mode_tells_what_then_happens(lab, node):
    without(lab, node)
    told = firewall(lab, node, "test=True")
    assert told["result"] is None
    assert "rules" in told["changes"]
    assert firewall(lab, node)["changes"] == told["changes"]


def test_what_somebody_changed_by_hand_is_told_rule_by_rule_and_mended(lab):
    rule = ("tcp", "dport", "3306", "accept")
    out(lab, "rav1", "nft", "insert", "rule", "inet", "muster", "input", *rule)
    changes = firewall(lab, "rav1")["changes"]
    assert changes == {"rules": {"old": ["tcp dport 3306 accept"], "new": []}}
    assert "3306" not in out(lab, "rav1", "nft", "list", "table", "inet", "muster")


def test_a_main_file_that_nft_refuses_stops_it_and_changes_nothing(lab):
    """The rules are sound, and what is loaded at boot with them is not."""
    without(lab, "rav1")
    out(lab, "rav1", "sh", "-c", "echo 'define here = $nowhere' >> /etc/nftables.conf")
    before, tables = files(lab, "rav1"), out(lab, "rav1", "nft", "list", "ruleset")
    try:
        state = firewall(lab, "rav1")
        assert state["result"] is False
        assert "nft -c refuses what is loaded at boot (/etc/nftables.conf)" in state["comment"]
        assert "nowhere" in state["comment"]
        assert "nothing was changed" in state["comment"]
        assert files(lab, "rav1") == before
        assert out(lab, "rav1", "nft", "list", "ruleset") == tables
    finally:
        out(lab, "rav1", "sed", "-i", "/nowhere/d", "/etc/nftables.conf")


def test_rules_that_cut_off_the_master_are_put_back(lab):
    """Another table keeps answers from being known as such, so that muster's shuts them out."""
    without(lab, "rav1")
    out(lab, "rav1", "nft", "-f", "-", stdin=BLIND)
    before, tables = files(lab, "rav1"), out(lab, "rav1", "nft", "list", "ruleset")
    patience = lambda old, new: out(  # noqa: E731
        lab, "master", "sed", "-i", f"s/confirm: {old}/confirm: {new}/", CLUSTER
    )
    patience(60, 15)
    state = firewall(lab, "rav1")
    patience(15, 60)
    assert state["result"] is False
    assert "not confirmed within 15 s: the master 10.77.0.1:4506" in state["comment"]
    assert "put back: the files and the running state" in state["comment"]
    assert files(lab, "rav1") == before
    assert out(lab, "rav1", "nft", "list", "ruleset") == tables
    assert lab.salt_json("rav1.example.com", "test.ping") == {"rav1.example.com": True}


@pytest.mark.parametrize("node", NODES)
def test_a_firewall_that_shuts_out_ssh_is_refused(lab, node):
    """sshd listens on another port than the plan opens."""
    config = "/etc/ssh/sshd_config.d/port.conf"
    lab.put(node, config, "Port 2222\n")
    try:
        out(lab, node, "systemctl", "restart", "ssh")
        without(lab, node)
        before = files(lab, node)
        state = firewall(lab, node)
        assert state["result"] is False
        assert (
            "SSH listens on port 2222, which is shut to 10.77.0.0/24 of admin" in (state["comment"])
        )
        assert "firewall.accept" in state["comment"]
        assert files(lab, node) == before
    finally:
        out(lab, node, "rm", config)
        out(lab, node, "systemctl", "restart", "ssh")


def test_a_live_node_waits_for_consent(lab):
    without(lab, "rav1")
    out(lab, "rav1", "mkdir", "-p", "/var/lib/ganeti")
    lab.put("rav1", "/var/lib/ganeti/ssconf_cluster_name", "cluster.example.com\n")
    try:
        state = firewall(lab, "rav1")
        assert (state["result"], state["changes"]) == (True, {})
        assert "ganeti cluster" in state["warnings"][0]
        assert lab.exec("rav1", "nft", "list", "table", "inet", "muster").returncode != 0
        assert firewall(lab, "rav1", 'pillar={"muster_consent": true}')["changes"]
    finally:
        out(lab, "rav1", "rm", "-r", "/var/lib/ganeti")


def test_firewalld_and_nftables_both_in_charge_is_a_conflict(lab):
    before = files(lab, "fw1")
    out(lab, "fw1", "nft", "add", "table", "inet", "muster")
    try:
        state = firewall(lab, "fw1")
        assert state["result"] is False
        assert "firewalld and the table inet muster are both in charge" in state["comment"]
        assert files(lab, "fw1") == before
    finally:
        out(lab, "fw1", "nft", "delete", "table", "inet", "muster")


def test_settings_that_firewalld_only_runs_with_are_not_lost(lab):
    without(lab, "fw1")
    out(lab, "fw1", "firewall-cmd", "--zone=dmz", "--add-port=9100/tcp")
    try:
        state = firewall(lab, "fw1")
        assert state["result"] is False
        assert "other settings of the zones dmz" in state["comment"]
        assert "9100/tcp" in out(lab, "fw1", "firewall-cmd", "--zone=dmz", "--list-ports")
    finally:
        out(lab, "fw1", "firewall-cmd", "--reload")


def test_a_declared_flow_is_let_in_and_shown_in_the_port_plan(lab):
    path, kept = CLUSTER, "/root/ravada.yaml"
    out(lab, "master", "cp", path, kept)
    flow = "firewall: {accept: [{protocol: tcp, ports: 3306, sources: [10.77.0.1/32]}]}"
    out(lab, "master", "sed", "-i", f"s|^admin:|{flow}\\nadmin:|", path)
    try:
        for node in NODES:
            assert firewall(lab, node)["result"] is True
            found = scan(lab, NODES[node], 5, 3306)
            assert found["open"] + found["closed"] == [3306]
    finally:
        out(lab, "master", "cp", kept, path)


@pytest.mark.parametrize("node", NODES)
def test_the_firewall_is_there_after_a_reboot(lab, node):
    boot = out(lab, node, "cat", "/proc/1/stat").split()[21]
    lab.exec(node, "systemctl", "reboot")
    _rebooted(lab, node, boot)
    # Before a run of muster: what was not planned answers no more than before.
    assert scan(lab, NODES[node], 3, 22, 80) == {"open": [22], "closed": []}
    assert firewall(lab, node)["changes"] == {}


def _rebooted(lab, node, boot):
    minion = f"{node}.example.com"
    for _ in range(60):
        time.sleep(1)
        with suppress(LabError):
            done = lab.exec(node, "cat", "/proc/1/stat")
            anew = done.returncode == 0 and done.stdout.split()[21] != boot
            if anew and lab.salt_json(minion, "test.ping").get(minion) is True:
                return
    raise AssertionError(f"{node} is not back")
