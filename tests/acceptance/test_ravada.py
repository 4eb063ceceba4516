"""Ravada's path, walked by OpenSSH, libvirt, rsync and QEMU themselves, from fresh nodes on."""

from __future__ import annotations

import json

import pytest

from saltext.muster import platforms

MASTER, NODE, ALL = "rvm.example.com", "rv1.example.com", "rv*"
IMAGES = "/var/lib/libvirt/images"
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=5"
REMOTE = f"qemu+ssh://root@{NODE}/system"

#: What `timeout` says of a command that hangs, such as one that waits for an answer to a prompt.
HANGS = 124

#: What is on a node, byte by byte, apart from its logs and from what runs.
STATE = r"""
cd /
seen() {
    find etc root var/lib/libvirt/images usr/bin/kvm-spice -xdev ! -path 'root/.bash*' \
        ! -path 'etc/salt/*' ! -path 'etc/ssh/ssh_host_*' "$@" 2>/dev/null
}
seen -printf '%M %u %g %p %l\n' | LC_ALL=C sort
seen -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
hostname
nft list tables
systemctl is-enabled nftables chrony ssh libvirtd
virsh -c qemu:///system pool-list --all --name
"""

ENFORCED = {row.id for row in platforms.load("ravada").REQUIREMENTS if "enforce" in row.kinds}


def run(lab, node, command, seconds=20):
    """Run a shell command without a terminal, for no longer than that many seconds."""
    done = lab.exec(node, "timeout", str(seconds), "bash", "-c", f"({command}) </dev/null")
    assert done.returncode != HANGS, f"{node}: {command}: no end within {seconds} s"
    return done


def works(lab, node, command):
    done = run(lab, node, command)
    assert done.returncode == 0, f"{node}: {command}: {done.stdout}{done.stderr}"
    return done.stdout


def fails(lab, node, command, why):
    done = run(lab, node, command)
    assert done.returncode != 0, f"{node}: {command}: {done.stdout}"
    assert why in done.stderr


def applied(lab, target, *argv):
    """Apply states; return their results by minion and state."""
    found = lab.salt_json(target, "state.apply", *argv)
    assert found, f"{target} did not answer"
    return {node: _by_name(states) for node, states in found.items()}


def _by_name(states):
    assert isinstance(states, dict), states
    return {each["__id__"]: each for each in states.values()}


def sound(found):
    wrong = {
        f"{node}: {name}": each["comment"]
        for node, states in found.items()
        for name, each in states.items()
        if each["result"] is not True
    }
    assert wrong == {}
    return found


def verdicts(lab):
    """Judge both nodes; return the verdicts by minion and row."""
    found = lab.salt_json(ALL, "muster.check")
    assert set(found) == {MASTER, NODE}, found
    return {
        node: {each["id"]: each for each in report["verdicts"]} for node, report in found.items()
    }


@pytest.fixture(scope="module")
def fresh(lab):
    """What the nodes are before muster; their packages are no part of what is taken back."""
    sound(applied(lab, ALL, "muster.absent"))
    found = {"verdicts": verdicts(lab)}
    found["trust"] = run(lab, "rvm", f"{SSH} root@10.77.0.52 true")
    found["pools"] = works(lab, "rv1", "virsh -c qemu:///system pool-list --all --name")
    sound(applied(lab, ALL, "muster.packages"))
    found["state"] = {node: works(lab, node, STATE) for node in ("rvm", "rv1")}
    return found


@pytest.fixture(scope="module")
def ready(lab, fresh):
    return sound(applied(lab, ALL))


def test_fresh_nodes_have_no_path_and_it_is_said(fresh):
    assert fresh["trust"].returncode == 255
    assert "Host key verification failed" in fresh["trust"].stderr
    assert fresh["pools"].split() == []
    for id_ in ("MST-005", "RAV-019", "RAV-024", "RAV-017"):
        assert fresh["verdicts"][NODE][id_]["status"] == "fail", id_
    for id_ in ("MST-005", "RAV-023", "RAV-025"):
        assert fresh["verdicts"][MASTER][id_]["status"] == "fail", id_


def test_the_master_logs_in_and_asks_libvirt_by_pinned_keys(lab, ready):
    strict = f"{SSH} -o StrictHostKeyChecking=yes"
    for name in (NODE, "rv1", "10.77.0.52"):
        works(lab, "rvm", f"{strict} root@{name} true")
    works(lab, "rvm", f"virsh -c {REMOTE} list")
    assert "default" in works(lab, "rvm", f"virsh -c {REMOTE} pool-list --name --autostart")


def test_another_node_does_not_get_in_even_with_the_key(lab, ready):
    key = "/root/stolen"
    anybody = f"{SSH} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    lab.put("master", key, works(lab, "rvm", "cat /root/.ssh/id_ed25519"))
    try:
        works(lab, "master", f"chmod 600 {key}")
        fails(lab, "master", f"{anybody} -i {key} root@10.77.0.52 true", "Permission denied")
        fails(lab, "rv1", f"{anybody} root@10.77.0.51 true", "Permission denied")
    finally:
        works(lab, "master", f"rm -f {key}")


def test_a_volume_goes_over_by_rsync(lab, ready):
    volume = "accepted.raw"
    remove = f"rm -f {IMAGES}/{volume}; virsh -c qemu:///system pool-refresh default"
    works(lab, "rvm", f"virsh -c qemu:///system vol-create-as default {volume} 4M")
    try:
        works(lab, "rvm", f"head -c 1M /dev/urandom | dd of={IMAGES}/{volume} conv=notrunc")
        works(lab, "rvm", f"rsync -e '{SSH}' -a {IMAGES}/{volume} root@{NODE}:{IMAGES}/")
        works(lab, "rvm", f"virsh -c {REMOTE} pool-refresh default")
        assert volume in works(lab, "rvm", f"virsh -c {REMOTE} vol-list default")
        first, second = (works(lab, n, f"sha256sum {IMAGES}/{volume}") for n in ("rvm", "rv1"))
        assert first == second
    finally:
        works(lab, "rvm", remove)
        works(lab, "rv1", remove)


def test_the_pools_are_equal_on_all_nodes(lab, ready):
    done = lab.salt_run("--out=json", "muster.check", ALL)
    report = json.loads(done.stdout)
    rows = [row for row in _verdicts(report) if row["id"] == "RAV-008"]
    assert [row["status"] for row in rows] == ["pass"]
    told = [works(lab, n, "virsh -c qemu:///system pool-dumpxml default") for n in ("rvm", "rv1")]
    assert all(f"<path>{IMAGES}</path>" in text and "type='dir'" in text for text in told)


def _verdicts(value):
    """Return every verdict in a report of a cluster."""
    if isinstance(value, dict):
        own = [value] if {"id", "status"} <= set(value) else []
        return own + [row for inner in value.values() for row in _verdicts(inner)]
    return [row for inner in value for row in _verdicts(inner)] if isinstance(value, list) else []


def test_kvm_spice_is_qemu(lab, ready):
    for node in ("rvm", "rv1"):
        assert "QEMU emulator" in works(lab, node, "/usr/bin/kvm-spice --version")


#: A port that nobody listens on: a refusal comes from behind the firewall, silence from it.
TRY = "timeout 2 bash -c '</dev/tcp/{to}/{port}' || echo $? >&2"


def test_the_firewall_lets_in_what_the_rows_say_and_drops_the_rest(lab, ready):
    def heard(node, to, port):
        said = run(lab, node, TRY.format(to=to, port=port)).stderr
        assert "refused" in said or said == f"{HANGS}\n"
        return "refused" in said

    assert heard("rvm", "10.77.0.52", 7)
    assert not heard("master", "10.77.0.52", 7)
    assert not heard("rvm", "10.77.0.52", 9999)
    assert not heard("rv1", "10.77.0.51", 7)
    for port in (7, 9):
        count = f"nft list chain inet muster input | grep 'udp dport {port} '"
        before = works(lab, "rv1", count)
        works(lab, "rvm", f"echo >/dev/udp/10.77.0.52/{port}")
        works(lab, "master", f"echo >/dev/udp/10.77.0.52/{port}")
        after = works(lab, "rv1", count)
        assert _packets(after) == _packets(before) + 1
    assert "policy drop" in works(lab, "rvm", "nft list chain inet muster input")


def _packets(rule):
    words = rule.split()
    return int(words[words.index("packets") + 1])


def test_every_row_that_muster_enforces_passes(lab, ready):
    shared = {"MST-005", "RAV-009", "RAV-014", "RAV-017", "RAV-020", "RAV-026", "RAV-027"}
    own = {MASTER: {"RAV-023", "RAV-029"}, NODE: {"RAV-019", "RAV-024", "RAV-030"}}
    for node, found in verdicts(lab).items():
        enforced = {id_: found[id_]["status"] for id_ in ENFORCED & set(found)}
        # No card of a container can be woken; the cluster file says so.
        assert enforced.pop("RAV-031") == ("waived" if node == NODE else "skip")
        assert set(enforced.values()) <= {"pass", "skip"}, enforced
        passed = {id_ for id_, status in enforced.items() if status == "pass"}
        assert passed >= shared | own[node]


def test_a_second_run_changes_nothing(lab, ready):
    for node, states in sound(applied(lab, ALL)).items():
        assert {name: s["changes"] for name, s in states.items() if s["changes"]} == {}, node


def test_another_pool_of_the_name_is_named_and_left(lab, ready):
    virsh = "virsh -c qemu:///system"
    remove = f"{virsh} pool-destroy default; {virsh} pool-undefine default"
    works(lab, "rv1", f"{remove}; {virsh} pool-define-as default dir --target /srv")
    works(lab, "rv1", f"{virsh} pool-start default")
    try:
        (state,) = _pools(applied(lab, NODE, "muster.pools"))
        assert state["result"] is False
        assert f"default (dir {IMAGES})" in state["comment"]
        assert "default (dir /srv)" in state["comment"]
        assert verdicts(lab)[NODE]["MST-005"]["status"] == "fail"
        assert "<path>/srv</path>" in works(lab, "rv1", f"{virsh} pool-dumpxml default")
    finally:
        works(lab, "rv1", remove)
    (state,) = _pools(sound(applied(lab, NODE, "muster.pools")))
    assert set(state["changes"]) == {"defined"}


def test_libvirt_that_does_not_run_is_named(lab, ready):
    units = "libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket"
    works(lab, "rv1", f"systemctl stop {units} libvirtd.service")
    try:
        (state,) = _pools(applied(lab, NODE, "muster.pools"))
        assert state["result"] is False
        assert "libvirt's daemon does not run" in state["comment"]
        fails(lab, "rvm", f"virsh -c {REMOTE} list", "cannot connect to")
    finally:
        works(lab, "rv1", f"systemctl start {units}")


def _pools(found):
    return [
        each
        for states in found.values()
        for each in states.values()
        if each["__sls__"] == "muster.pools"
    ]


def test_a_node_that_was_installed_anew_is_trusted_again_by_one_run(lab, ready):
    """As after an installation: other host keys, and no key of the master's."""
    anew = (
        "rm -f /etc/ssh/ssh_host_* /root/.ssh/authorized_keys && ssh-keygen -A >/dev/null"
        " && systemctl restart ssh"
    )
    works(lab, "rv1", anew)
    fails(lab, "rvm", f"{SSH} root@{NODE} true", "REMOTE HOST IDENTIFICATION HAS CHANGED")
    fails(lab, "rvm", f"virsh -c {REMOTE} list", "Host key verification failed")
    sound(applied(lab, ALL))
    works(lab, "rvm", f"{SSH} -o StrictHostKeyChecking=yes root@{NODE} true")
    works(lab, "rvm", f"virsh -c {REMOTE} list")


def test_what_muster_did_is_taken_back(lab, fresh, ready):
    sound(applied(lab, ALL, "muster.absent"))
    for node in ("rvm", "rv1"):
        now = works(lab, node, STATE)
        was = fresh["state"][node]
        assert sorted(set(was.splitlines()) ^ set(now.splitlines())) == [], node
    fails(lab, "rvm", f"{SSH} root@10.77.0.52 true", "Host key verification failed")
    again = sound(applied(lab, ALL, "muster.absent"))
    assert all(not s["changes"] for states in again.values() for s in states.values())
