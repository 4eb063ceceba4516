"""All that components change below a folder is taken back, and what others changed is left."""

from __future__ import annotations

import json
import os
import stat

import pytest

from tests.functional.modules.test_muster_components import CALLS, INTERFACES, debian
from tests.support.cards import NET, card

UNDONE, CLEANED = "muster_origins.undone", "muster_origins.cleaned"
HOSTS = {"address": "10.77.0.11", "hostnames": ["node1.example.com", "node1"]}
OWN = "/var/lib/muster"


def layout(node):
    """What lies below the folder but for muster's own and the kernel's."""
    found = {}
    for path in sorted(node.folder.rglob("*")):
        name = str(path)[len(node.root) :]
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            found[name] = os.readlink(path)
            continue
        held = (path.read_bytes(), status.st_mtime_ns) if path.is_file() else ()
        found[name] = (status.st_mode, status.st_uid, status.st_gid, *held)
    apart = (f"{OWN}/", "/sys/")
    return {name: held for name, held in found.items() if not f"{name}/".startswith(apart)}


def fresh(node):
    """A node that every component changes something on."""
    debian(node)
    card(node)
    node.write("/etc/hostname", "old\n")
    node.write("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 node1\n", mode=0o640)
    node.write("/etc/selinux/config", "SELINUX=enforcing\n")
    node.write("/etc/network/interfaces", INTERFACES.replace("10.77.0.11", "10.77.0.99"))
    node.write("/etc/modprobe.d/zz.conf", "options drbd minor_count=3\n")
    node.write("/etc/drbd.conf", "resource r0 {\n}\n")
    node.write("/usr/bin/kvm", "#!/bin/sh\n", mode=0o755)
    node.path(OWN).mkdir(parents=True)
    for path in node.folder.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(1, 1_500_000_000_123_456_789))


#: Below a folder nothing is installed, and chrony, firewalls and pools need programs of the node.
ELSEWHERE = ("muster_chrony", "muster_firewall", "muster_packages", "muster_pools")
#: Their own tests take them back, with the files that these programs bring.
ELSEWHERE += ("muster_sshd", "muster_xen")
FUNCTIONS = [name for name in CALLS if not name.startswith(ELSEWHERE)]


@pytest.fixture
def applied(minion, node):
    """A node that components have changed."""
    fresh(node)
    before = layout(node)
    for function in FUNCTIONS:
        minion.call(function.format("apply"), **CALLS[function], root=node.root)
    assert layout(node) != before
    return before


def test_all_is_taken_back(applied, converged, minion, node, testmode):
    names = minion.call("muster_origins.kept", root=node.root)
    assert set(names) == {f.split(".")[0].removeprefix("muster_") for f in FUNCTIONS}
    for name in names:
        assert converged(UNDONE, of=name)["changes"], name
    converged(CLEANED)
    if not testmode:
        assert layout(node) == applied
        assert node.read(f"{NET}/eno1/device/sriov_numvfs") == "0\n"
        assert not node.path(OWN).exists()
        assert minion.call("muster_origins.kept", root=node.root) == []


def test_what_was_changed_twice_goes_back_to_the_first_state(minion, node, converged, testmode):
    fresh(node)
    before = layout(node)
    for address in ("10.77.0.11", "10.77.0.12"):
        assert minion.state("muster_hosts.managed", **{**HOSTS, "address": address}, root=node.root)
    comment = converged(UNDONE, of="hosts")["comment"]
    if not testmode:
        assert layout(node) == before
        assert comment.count("is removed") == 2, "backups"


def test_what_another_hand_wrote_stays_and_is_told(minion, node, testmode, converged):
    fresh(node)
    minion.state("muster_hosts.managed", **HOSTS, root=node.root)
    ours = node.read("/etc/hosts")
    node.write("/etc/hosts", ours + "10.77.0.100 cluster\n")
    ret = converged(UNDONE, of="hosts")
    assert ret["changes"] == {}
    (warning,) = ret["warnings"]
    kept = f"{node.root}{OWN}/origins/hosts/old/1"
    assert f"{node.root}/etc/hosts has been changed by another hand" in warning
    assert f"{kept} is what it was" in warning
    assert "muster_origins.leave /etc/hosts" in warning
    assert node.read("/etc/hosts") == ours + "10.77.0.100 cluster\n"
    converged(CLEANED)
    assert os.path.exists(kept)
    if not testmode:
        minion.call("muster_origins.leave", "/etc/hosts", root=node.root)
        converged(CLEANED)
        assert not node.path(OWN).exists()
        assert "cluster" in node.read("/etc/hosts")


def test_what_others_wrote_in_between_is_not_lost(minion, node, converged):
    """Muster keeps their line when it writes again: going back would take it away."""
    fresh(node)
    minion.state("muster_hosts.managed", **HOSTS, root=node.root)
    node.write("/etc/hosts", node.read("/etc/hosts") + "10.77.0.100 cluster\n")
    again = {**HOSTS, "address": "10.77.0.12"}
    assert minion.state("muster_hosts.managed", **again, root=node.root)["changes"]
    text = node.read("/etc/hosts")
    assert "cluster" in text
    assert "another hand" in converged(UNDONE, of="hosts")["warnings"][0]
    assert node.read("/etc/hosts") == text


def test_a_conflict_that_was_put_right_by_hand_is_forgotten(minion, node, converged, testmode):
    fresh(node)
    before = layout(node)
    minion.state("muster_hosts.managed", **HOSTS, root=node.root)
    kept = node.path(f"{OWN}/origins/hosts/old/1").read_text()
    node.write("/etc/hosts", kept)
    converged(UNDONE, of="hosts")
    if not testmode:
        assert layout(node) == before


@pytest.mark.parametrize(
    "harm", ["no json", {"version": 2}, {"path": "/etc/../root/x"}, {"path": "/proc/sysrq"}, 0o666]
)
def test_a_journal_that_cannot_be_trusted_is_refused(minion, node, fails, harm):
    fresh(node)
    minion.state("muster_hosts.managed", **HOSTS, root=node.root)
    journal = node.path(f"{OWN}/origins/hosts/journal.json")
    data = json.loads(journal.read_text())
    if isinstance(harm, int):
        journal.chmod(harm)
    elif isinstance(harm, str):
        journal.write_text(harm)
    elif "path" in harm:
        data["files"][0].update(harm)
        journal.write_text(json.dumps(data))
    else:
        journal.write_text(json.dumps({**data, **harm}))
    said = fails(UNDONE, of="hosts")
    assert f"{journal} tells what was there before muster and cannot be trusted" in said
    assert "nothing was changed" in said
    assert f"{journal.parent}/old" in said
    said = fails("muster_hosts.managed", both=False, **{**HOSTS, "address": "10.77.0.13"})
    assert str(journal) in said


def test_packages_stay_and_are_told(minion, node):
    (note,) = minion.call("muster_packages.undo", {"package socat": "x", "package rsync": "x"})
    assert note.endswith("stay, remove them by hand: rsync socat")


def test_what_is_not_kept_cannot_be_left(minion, node):
    with pytest.raises(Exception, match="nothing is kept of it"):
        minion.call("muster_origins.leave", "/etc/passwd", root=node.root)
