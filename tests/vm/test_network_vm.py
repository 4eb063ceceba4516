"""Over Salt itself, two plain cards become a bond, a VLAN on it and a bridge on that; the node is
reachable before, during and after, whatever the plan said. In this order: one machine is used."""

from __future__ import annotations

import difflib
import re
import threading
import time

import pytest

from lab.run import wait_for

#: What test mode told, for the run that follows.
TOLD = pytest.StashKey[dict]()
#: The switch, as its LACP names it.
PARTNER = "02:00:4c:41:43:50"

#: What must be as before: files with all that they have, the running network, nothing left behind.
SEEN = """
for path in $(find /etc/network /etc/iproute2 /etc/sysctl.d | sort); do
  stat -c '%n %F %a %u %g' "$path"
  test -d "$path" || { stat -c %.Y "$path"; sha256sum <"$path"; }
done
# Being up for the first time gives a card its queue, for good.
ip -o link | sed 's/^[0-9]*: //; s/ qdisc [a-z_]*//'
ip -br -4 address; ip -4 route show table all; ip rule
cat /run/network/ifstate
find /etc/systemd/system -name 'muster*'
ls -A /var/lib/muster 2>/dev/null | grep -vxE 'last-trial|origins'
true
"""


class Pings(threading.Thread):
    """Pings from the master, one every 20 ms, as long as the block lasts."""

    def __init__(self, guest):
        super().__init__()
        self.guest = guest
        self.rows = []

    def run(self):
        argv = ("timeout", "-s", "INT", "400", "ping", "-n", "-D", "-i", "0.02", self.guest.address)
        said = self.guest.master(*argv).stdout
        found = re.findall(r"^\[([\d.]+)\] \d+ bytes.*icmp_seq=(\d+) ", said, re.MULTILINE)
        self.rows = [(float(when), int(number)) for when, number in found]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.guest.master("pkill", "-INT", "-x", "ping")
        self.join()

    def lost(self):
        """Packets lost between the first and the last answer, and the longest gap in seconds."""
        pairs = list(zip(self.rows, self.rows[1:], strict=False))
        assert pairs, "no pings were answered at all"
        missing = sum(max(0, b[1] - a[1] - 1) for a, b in pairs)
        return missing, max(b[0] - a[0] for a, b in pairs)


def apply(guest, *arguments):
    """The network's state, and the seconds that the run took."""
    start = time.monotonic()
    states = guest.salt("state.apply", "muster.network", *arguments)
    assert isinstance(states, dict), states
    (found,) = [value for key, value in states.items() if key.startswith("muster_network_")]
    return found, time.monotonic() - start


def links(guest):
    """Links that have an address of IPv4, with their state and addresses."""
    lines = guest.exec("ip", "-br", "-4", "address").splitlines()
    return {words[0].partition("@")[0]: words[1:] for words in map(str.split, lines)}


@pytest.fixture(scope="module")
def packages(guest):
    """What the change needs is there beforehand: only the network is tried here."""
    states = guest.salt("state.apply", "muster.packages")
    assert isinstance(states, dict), states
    assert all(state["result"] for state in states.values()), states


def test_a_machine_has_the_kernels_links_that_containers_lack(guest):
    for module in ("bonding", "8021q", "dummy", "drbd", "dm-mod"):
        assert guest.exec("modinfo", "-n", module)
    assert {"vdb", "vdc"} <= set(guest.exec("lsblk", "-dno", "name").split())


def test_test_mode_tells_what_a_run_then_changes(guest, packages, request):
    state, _seconds = apply(guest, "test=True")
    assert state["result"] is None
    assert set(state["changes"]) == {"devices", "addresses", "routes", "files"}
    request.config.stash[TOLD] = state["changes"]


def test_a_wrong_vlan_is_put_back_byte_for_byte_and_the_message_names_it(guest, packages):
    before = guest.exec("sh", "-c", SEEN)
    guest.plan("interface: bond0.77", "interface: bond0.78")
    guest.plan("vlan: 77", "vlan: 78")
    try:
        start = time.monotonic()
        # The job's own answer may be lost: Salt drops it when the way was cut for minutes.
        guest.master("salt", "--async", guest.id, "state.apply", "muster.network")
        last = ended(guest)
    finally:
        guest.plan("interface: bond0.78", "interface: bond0.77")
        guest.plan("vlan: 78", "vlan: 77")
    assert (last["component"], last["outcome"]) == ("network", "undone")
    assert "10.77.0.1:4506" in last["reason"]
    assert "the gateway 10.77.0.1 on vmbr0 did not answer" in last["reason"]
    assert last["problems"] == []
    after = guest.exec("sh", "-c", SEEN)
    assert list(difflib.unified_diff(before.split("\n"), after.split("\n"), n=0)) == []
    print(f"\nwrong VLAN: put back, answers {time.monotonic() - start:.0f} s after the order")


def ended(guest):
    """The last change on trial, as the node tells over Salt when it is reachable again."""
    found = {}

    def told():
        found.update(guest.status())
        return found.get("pending") is None and found.get("last") is not None

    wait_for("the end of the trial", told, seconds=600, pause=2)
    return found["last"]


def test_two_cards_become_a_bond_a_vlan_and_a_bridge_over_salt_itself(guest, packages, request):
    with Pings(guest) as pings:
        state, seconds = apply(guest)
    assert state["result"] is True, state["comment"]
    assert state["changes"] == request.config.stash[TOLD]
    assert links(guest)["vmbr0"][1:] == [f"{guest.address}/24"]
    assert not {"eth0", "eth1", "bond0", "bond0.77"} & set(links(guest))
    assert guest.exec("cat", "/sys/class/net/bond0/bonding/mode").split() == ["active-backup", "1"]
    assert "VID: 77" in guest.exec("cat", "/proc/net/vlan/bond0.77")
    assert guest.salt("test.ping") is True
    lost, gap = pings.lost()
    print(f"\nbond, VLAN and bridge: {lost} of {pings.rows[-1][1]} pings lost (one every 20 ms),")
    print(f"longest gap {gap:.1f} s; {seconds:.0f} s for the whole run")


def test_a_second_and_a_third_run_change_nothing(guest):
    for _ in range(2):
        state, _seconds = apply(guest)
        assert state["result"] is True, state["comment"]
        assert state["changes"] == {}


def test_a_pulled_cable_leaves_the_node_reachable(guest):
    try:
        guest.cable("eth0", plugged=False)
        assert guest.salt("test.ping") is True
        active = guest.exec("cat", "/sys/class/net/bond0/bonding/active_slave")
        assert active.strip() == "eth1"
    finally:
        guest.cable("eth0", plugged=True)


def test_what_was_tried_comes_up_at_boot(guest):
    guest.reboot()
    assert links(guest)["vmbr0"][1:] == [f"{guest.address}/24"]
    state, _seconds = apply(guest, "test=True")
    assert state["changes"] == {}
    assert guest.exec("systemctl", "--failed", "--plain", "--no-legend") == ""


def test_a_bond_by_802_3ad_negotiates_with_its_switch(guest):
    guest.plan("mode: active-backup", "mode: 802.3ad")
    with Pings(guest) as pings:
        state, seconds = apply(guest)
    assert state["result"] is True, state["comment"]
    text = guest.exec("cat", "/proc/net/bonding/bond0")
    assert "IEEE 802.3ad" in text
    assert re.search(rf"Number of ports: 2\n.*\n.*\n\s*Partner Mac Address: {PARTNER}", text), text
    lost, gap = pings.lost()
    print(f"\nto 802.3ad: {lost} of {pings.rows[-1][1]} pings lost (one every 20 ms),")
    print(f"longest gap {gap:.1f} s; {seconds:.0f} s for the whole run")
