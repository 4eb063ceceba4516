"""Ganeti's own verdict on three nodes that muster prepared, and on what is wrong with them.

The tests go from fresh nodes to a running cluster, in the order of this file.
"""

from __future__ import annotations

import re

import pytest

from lab.run import wait_for
from saltext.muster import platforms

MASTER, *OTHERS = NODES = ("gnt1", "gnt2", "gnt3")
ADDRESS = {"gnt1": "10.77.0.41", "gnt2": "10.77.0.42", "gnt3": "10.77.0.43"}
SECONDARY = {"gnt1": "10.78.0.41", "gnt2": "10.78.0.42", "gnt3": "10.78.0.43"}
NAME, BRIDGE = "ganeti.example.com", "gnt-br"
FILE = "/etc/muster/clusters/ganeti.yaml"
INIT = (
    *("gnt-cluster", "init", "--enabled-hypervisors=kvm", "-H", "kvm:kernel_path="),
    *("--enabled-disk-templates=diskless,file", f"--master-netdev={BRIDGE}"),
    *(f"--nic-parameters=mode=bridged,link={BRIDGE}", "-s", SECONDARY[MASTER], NAME),
)
#: A container's kernel has no such file: the one finding of Ganeti's that is no fault.
SYSRQ = (
    "node setup error: The procfs filesystem doesn't seem to be mounted under /proc, missing"
    " required directory /proc/sys and the file /proc/sysrq-trigger"
)
ENFORCED = {row.id for row in platforms.load("ganeti").REQUIREMENTS if "enforce" in row.kinds}
#: What Ganeti owns once it runs, and the hosts file, which it shares with muster.
OWNED = "sha256sum /etc/hosts /etc/ssh/ssh_host_* /root/.ssh/* /var/lib/ganeti/known_hosts"
#: The network as Debian's installer leaves it.
PLAIN = """
ifdown gnt-br eth0; rm -f /etc/network/interfaces.d/*
printf '%s\\n' 'auto lo' 'iface lo inet loopback' '' 'auto eth0' 'iface eth0 inet static' \
  '    address {address}/24' '    gateway 10.77.0.1' >/etc/network/interfaces
ip rule del priority 1000; ip route flush table 100; ip route del default
ifup --force eth0; ! ip link show gnt-br; systemctl restart salt-minion
"""


def out(lab, node, *argv):
    done = lab.exec(node, *argv)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def checks(lab, target="gnt*"):
    """Return each node's verdicts by row."""
    reports = lab.salt_json(target, "muster.check")
    assert len(reports) == (len(NODES) if target == "gnt*" else 1), f"silent: not {list(reports)}"
    return {
        id_.split(".")[0]: {verdict["id"]: verdict for verdict in report["verdicts"]}
        for id_, report in reports.items()
    }


def answers(lab, target):
    return lab.salt_json("--timeout=5", target, "test.ping")


def statuses(verdicts):
    return {id_: v["status"] for id_, v in verdicts.items() if v["status"] in ("fail", "unknown")}


def apply(lab, target="gnt*", *sls):
    """Apply all states, or some; return each node's changes, in one."""
    changes = {}
    for id_, states in lab.salt_json("--timeout=60", target, "state.apply", *sls).items():
        assert isinstance(states, dict), (id_, states)
        assert [each["comment"] for each in states.values() if each["result"] is not True] == []
        changed = [each["changes"] for each in states.values()]
        changes[id_.split(".")[0]] = {key: each[key] for each in changed for key in each}
    assert changes
    return changes


def init(lab):
    """Try to start a Ganeti cluster on the first node; return whether, and Ganeti's words."""
    done = lab.exec(MASTER, *INIT)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def verify(lab):
    """Let Ganeti judge its cluster; return the findings that are faults, as Ganeti tells them."""
    done = lab.exec(MASTER, "gnt-cluster", "verify", "-I", "ENODESETUP", "--error-codes")
    words = done.stdout + done.stderr
    assert "* Verifying node status" in words
    found = re.findall(r"- (?:ERROR|WARNING):([A-Z]+:.*)", words)
    # Asking it to take one text for no error hides others of the same code.
    faults = [finding for finding in found if not finding.endswith(SYSRQ)]
    assert (done.returncode != 0) == bool(faults), words
    return faults


def owned(lab):
    return {node: out(lab, node, "sh", "-c", OWNED) for node in NODES}


@pytest.fixture(scope="module")
def fresh(lab):
    """What muster and Ganeti say of nodes that nobody prepared."""
    assert out(lab, MASTER, "hostname").strip() == MASTER, "boot fresh nodes: lab/lab up --fresh"
    return checks(lab), *init(lab)


@pytest.fixture
def routed(lab, fresh):
    """The cluster file of nodes whose instances are routed by a table of their own."""
    text = out(lab, "master", "cat", FILE)
    changed = text.replace("    bridge: gnt-br\n", "").replace(
        "options:\n",
        "tables: {guests: 100}\noptions:\n  network_mode: routed\n  link_table: guests\n",
    )
    lab.put("master", FILE, changed)
    assert lab.salt_run("muster.validate").returncode == 0
    yield
    lab.put("master", FILE, text)
    assert lab.salt_run("muster.validate").returncode == 0
    out(lab, "gnt3", "sh", "-c", PLAIN.format(address=ADDRESS["gnt3"]))
    wait_for("an answer of gnt3", lambda: answers(lab, "gnt3*"), seconds=60)


@pytest.fixture(scope="module")
def prepared(lab, fresh):
    """The nodes after one run, and what that changed."""
    changes = apply(lab)
    assert set(changes) == set(NODES)
    for node in NODES:
        # Where instances' files may be is asked of nobody but Ganeti: docs/ganeti.md.
        out(lab, node, "mkdir", "-p", "/srv/ganeti/file-storage")
        lab.put(node, "/etc/ganeti/file-storage-paths", "/srv/ganeti/file-storage\n")
    return changes


@pytest.fixture(scope="module")
def cluster(lab, prepared):
    """A running Ganeti cluster on the prepared nodes."""
    status, words = init(lab)
    assert status == 0, words
    for node in OTHERS:
        argv = ("gnt-node", "add", "--no-ssh-key-check", "-s", SECONDARY[node])
        out(lab, MASTER, *argv, f"{node}.example.com")


def test_fresh_nodes_are_refused_by_ganeti_and_muster_says_why(fresh):
    verdicts, status, words = fresh
    assert status == 1
    assert "This host's IP (127.0.1.1) resolves to a loopback address" in words
    for node in NODES:
        wrong = statuses(verdicts[node])
        names = {"GNT-011", "GNT-012", "GNT-013", "GNT-014", "GNT-056"}
        drbd = {"GNT-036", "GNT-037", "GNT-040", "GNT-041", "GNT-044"}
        assert set(wrong) == names | drbd | {"GNT-046", "GNT-047", "GNT-053"}
        assert verdicts[node]["GNT-012"]["seen"] == f"127.0.1.1 {node}.example.com {node}"


def test_routed_instances_get_a_table_with_its_routes_and_rules(lab, routed):
    rows = {"GNT-049", "GNT-050"}
    assert rows <= set(statuses(checks(lab, "gnt3*")["gnt3"]))
    apply(lab, "gnt3*", "muster.network")
    verdicts = checks(lab, "gnt3*")["gnt3"]
    assert {verdicts[row]["status"] for row in rows} == {"pass"}
    assert {verdicts[row]["status"] for row in ("GNT-046", "GNT-047", "GNT-051")} == {"skip"}
    table = out(lab, "gnt3", "ip", "route", "show", "table", "guests").split("\n")
    assert "default via 10.77.0.1 dev eth0" in [line.strip() for line in table]
    assert "from 10.77.0.0/24 lookup guests" in out(lab, "gnt3", "ip", "rule")
    assert out(lab, "gnt3", "cat", "/proc/sys/net/ipv4/ip_forward") == "1\n"
    assert apply(lab, "gnt3*", "muster.network") == {"gnt3": {}}


def test_one_run_brings_about_all_that_is_enforced(lab, prepared):
    for changed in prepared.values():
        assert {"running", "configured", "loopback", "address", "cluster", "devices"} <= set(
            changed
        )
    for verdicts in checks(lab).values():
        assert statuses(verdicts) == {}
        # Skipped: what only Xen or LVM has; waived: DRBD's module, which no container has.
        met = {verdicts[row]["status"] for row in ENFORCED & set(verdicts)}
        assert met == {"pass", "skip", "waived"}


def test_a_second_run_changes_nothing(lab, prepared):
    assert apply(lab) == {node: {} for node in NODES}


def test_root_of_the_first_node_alone_may_log_in_to_the_others(lab, prepared):
    """By a key that is no RSA key: Ganeti's init makes a new one of those."""
    login = ("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no")
    argv = (*login, "-o", "UserKnownHostsFile=/dev/null")
    for node in OTHERS:
        assert out(lab, MASTER, *argv, f"{node}.example.com", "hostname") == f"{node}.example.com\n"
    assert lab.exec("gnt2", *argv, "gnt3.example.com", "true").returncode == 255


def test_all_nodes_have_the_same_hosts_file(lab, prepared):
    assert len({out(lab, node, "cat", "/etc/hosts") for node in NODES}) == 1


DEFECTS = {
    "a loopback line names the node": (
        "printf '127.0.1.1\\tgnt1.example.com gnt1\\n' >>/etc/hosts",
        {"GNT-012"},
        "This host's IP (127.0.1.1) resolves to a loopback address",
    ),
    "hosts has another address": (
        "sed -i 's/^10.77.0.41 /10.77.0.49 /' /etc/hosts",
        {"GNT-013"},
        "this host's name resolves to 10.77.0.49, but this ip address does not belong to this host",
    ),
    "hosts does not know the cluster": (
        f"sed -i '/{NAME}/d' /etc/hosts",
        {"GNT-056"},
        f"The given name ({NAME}) does not resolve",
    ),
    "there is no bridge": (
        PLAIN.format(address=ADDRESS[MASTER]),
        {"GNT-046", "GNT-047", "GNT-053"},
        f"Invalid master netdev given ({BRIDGE})",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_what_ganeti_refuses_muster_names_first_and_mends(lab, prepared, defect):
    script, rows, words = DEFECTS[defect]
    out(lab, MASTER, "sh", "-c", script)
    wait_for("an answer of gnt1", lambda: answers(lab, "gnt1*"), seconds=60)
    assert set(statuses(checks(lab, "gnt1*")[MASTER])) == rows
    status, told = init(lab)
    assert (status, words in told) == (1, True), told
    # The run ends with the same check, and fails by it.
    assert apply(lab, "gnt1*")[MASTER]


def test_ganeti_is_content_with_its_cluster(lab, cluster):
    assert verify(lab) == []
    told = out(lab, MASTER, "gnt-node", "list", "--no-headers", "-o", "name,pip,sip")
    assert [line.split() for line in told.splitlines()] == [
        [f"{node}.example.com", ADDRESS[node], SECONDARY[node]] for node in NODES
    ]


def test_another_run_on_members_leaves_what_is_ganetis(lab, cluster):
    before = owned(lab)
    assert "\tgnt1.example.com gnt1\n" in out(lab, MASTER, "cat", "/etc/hosts")
    assert apply(lab) == {node: {} for node in NODES}
    assert owned(lab) == before
    assert len({out(lab, node, "cat", "/etc/hosts") for node in NODES}) == 1
    assert verify(lab) == []


def test_members_are_known_as_such_and_pass(lab, cluster):
    live = lab.salt_json("gnt*", "muster.live")
    assert live == {f"{node}.example.com": {"why": f"ganeti cluster {NAME}"} for node in NODES}
    text = out(lab, "master", "cat", FILE)
    lab.put("master", FILE, text.replace("options:\n", "options:\n  joined: true\n"))
    try:
        found = checks(lab)
    finally:
        lab.put("master", FILE, text)
    for verdicts in found.values():
        assert statuses(verdicts) == {}
        assert verdicts["GNT-057"]["status"] == "pass"
        assert verdicts["GNT-057"]["seen"] == f"in cluster {NAME}"


def test_a_short_host_name_is_seen_by_muster_alone(lab, cluster):
    out(lab, "gnt3", "sh", "-c", "hostname gnt3; echo gnt3 >/etc/hostname")
    assert set(statuses(checks(lab, "gnt3*")["gnt3"])) == {"GNT-011", "GNT-014"}
    argv = ("gnt-node", "add", "--readd", "--no-ssh-key-check", "gnt3.example.com")
    assert lab.exec(MASTER, *argv).returncode == 0
    assert verify(lab) == []
    assert set(apply(lab, "gnt3*")["gnt3"]) == {"running", "configured"}
    assert out(lab, "gnt3", "hostname").strip() == "gnt3.example.com"


def test_a_members_hosts_line_is_mended_to_the_bytes_of_the_others(lab, cluster):
    """Ganeti compares the file byte by byte over its nodes, and has TABs where muster has none."""
    before = owned(lab)
    turned = "s/\\tgnt2.example.com gnt2$/\\tgnt2 gnt2.example.com/"
    out(lab, "gnt2", "sed", "-i", turned, "/etc/hosts")
    assert set(statuses(checks(lab, "gnt2*")["gnt2"])) == {"GNT-013"}
    faults = "\n".join(verify(lab))
    assert "hostname not FQDN: expected gnt2.example.com but got gnt2" in faults
    assert "/etc/hosts found with 2 different checksums" in faults
    assert set(apply(lab, "gnt2*")["gnt2"]) == {"address"}
    assert owned(lab) == before
    assert verify(lab) == []
