"""netplan's files: what is changed in them, and the commands there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import netplan, netplanfile
from saltext.muster.components.network.netplan import OWN, edit
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    STATIC,
    VLAN,
    Device,
    Route,
    Rule,
    Wanted,
)
from saltext.muster.errors import Refused
from saltext.muster.probes import _netplan

from .support import bridged_facts, plain_facts

FILE = "/etc/netplan/01-netcfg.yaml"
PLAIN = """\
# By the installer.
network:
  version: 2
  renderer: networkd
  ethernets:
    eth0:   # the uplink
      addresses: [192.0.2.10/24]
      nameservers: {addresses: [192.0.2.53]}
      routes:
        - {to: default, via: 192.0.2.1}

    # Kept as it is: "yes" and 52:54:00:12:34:56 are no number and no truth to YAML alone.
    eth7:
      macaddress: 52:54:00:12:34:56
      dhcp4: yes
"""
VMBR0 = Device(
    "vmbr0",
    BRIDGE,
    ("eth0",),
    method=STATIC,
    addresses=("192.0.2.10/24",),
    gateways=("192.0.2.1",),
    mac="02:00:00:00:00:07",
)
BRIDGED = Wanted((Device("eth0"), VMBR0))


def after(wanted, files):
    found = {**files, **edit(wanted, files)}
    return {path: text for path, text in found.items() if text is not None}


def entry(files, kind, name):
    merged = {}
    for path in sorted(files):
        merged = _netplan.merge(merged, netplanfile.parse(path, files[path]))
    return merged[kind][name]


def test_the_address_its_gateway_and_name_servers_move_to_the_bridge():
    files = after(BRIDGED, {FILE: PLAIN})
    assert entry(files, "ethernets", "eth0") == {"dhcp4": "false", "dhcp6": "false"}
    assert entry(files, "bridges", "vmbr0") == {
        "macaddress": "02:00:00:00:00:07",
        "addresses": ["192.0.2.10/24"],
        "nameservers": {"addresses": ["192.0.2.53"]},
        "routes": [{"to": "default", "via": "192.0.2.1"}],
        "interfaces": ["eth0"],
        "parameters": {"stp": "false", "forward-delay": "0"},
        "dhcp4": "false",
    }


def test_other_devices_and_comments_keep_their_bytes():
    text = after(BRIDGED, {FILE: PLAIN})[FILE]
    start, end = PLAIN.index("    eth0:"), PLAIN.index("\n    # Kept") + 1
    assert text == PLAIN[:start] + PLAIN[end - 1 :]


def test_what_says_it_already_stays_byte_for_byte():
    assert edit(BRIDGED, after(BRIDGED, {FILE: PLAIN})) == {}


def test_a_foreign_layout_that_says_it_in_other_words_stays():
    text = """\
network:
  ethernets:
    port: {match: {macaddress: "02:00:00:00:00:07"}, set-name: eth0, dhcp4: no, dhcp6: off}
  bridges:
    vmbr0:
      interfaces: [port, eth9]
      parameters: {stp: no, forward-delay: 0s}
      addresses: ["192.0.2.10/24": {label: "vmbr0:0"}]
      dhcp4: no
      gateway4: 192.0.2.1
"""
    assert edit(BRIDGED, {FILE: text}) == {}


def test_a_file_that_cannot_be_cut_is_written_anew_with_all_that_it_said():
    text = "network: {ethernets: {eth0: {dhcp4: true}, eth7: {dhcp4: yes, mtu: 1_4}}, version: 2}\n"
    files = after(BRIDGED, {FILE: text})
    assert netplanfile.parse(FILE, files[FILE]) == {
        "version": "2",
        "ethernets": {"eth7": {"dhcp4": "yes", "mtu": "1_4"}},
    }


def test_a_port_is_taken_out_of_another_bridge():
    text = "network:\n  bridges:\n    br9:\n      interfaces: [eth0, eth9]\n"
    assert entry(after(BRIDGED, {FILE: text}), "bridges", "br9")["interfaces"] == ["eth9"]


def test_a_file_of_the_same_name_in_run_hides_the_one_in_etc():
    hidden = {"/run/netplan/01-netcfg.yaml": "network: {version: 2}\n", FILE: PLAIN}
    assert FILE not in edit(BRIDGED, hidden)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("network:\n  renderer: NetworkManager\n", "renderer"),
        ("network:\n  ethernets:\n    eth0: {renderer: NetworkManager}\n", "renderer"),
        ("network:\n  ethernets:\n    all: {match: {name: 'e*'}, dhcp4: true}\n", "'e\\*'"),
        ("network: [1, 2\n", FILE), ("network: 7\n", FILE), ("- a\n", FILE),
        ("network:\n  ethernets: [eth0]\n", FILE), ("a: &a [*a]\nnetwork: *a\n", FILE),
        ("network:\n  ethernets:\n    eth0: {addresses: 7}\n", "addresses is no list"),
        ("network:\n  ethernets:\n    eth0: {addresses: [x]}\n", "address"),
    ],
)  # fmt: skip
def test_what_muster_does_not_change_is_refused_and_told(text, said):
    with pytest.raises(Refused, match=said):
        edit(BRIDGED, {FILE: text})


@pytest.mark.parametrize("folder", ["/run/netplan", "/lib/netplan"])
def test_a_device_in_a_file_that_is_not_the_administrator_s_is_told(folder):
    with pytest.raises(Refused, match=f"{folder}/50-cloud.yaml"):
        edit(BRIDGED, {f"{folder}/50-cloud.yaml": PLAIN})


def test_a_bond_a_vlan_and_a_bridge_over_it():
    wanted = Wanted(
        (
            Device("eth0"),
            Device("eth1"),
            Device("bond0", BOND, ("eth0", "eth1"), mode="802.3ad", mtu=9000),
            Device("bond0.77", VLAN, parent="bond0", vlan=77, mtu=9000),
            Device(
                "vmbr0",
                BRIDGE,
                ("bond0.77",),
                method=STATIC,
                addresses=("192.0.2.10/24", "2001:db8::10/64"),
                gateways=("192.0.2.1", "2001:db8::1"),
                accept_ra=0,
                routes=(Route("198.51.100.0/24", "192.0.2.9", 100), Route("default", "", 100)),
                rules=(Rule(100, 500, "192.0.2.10/32"), Rule(100, 501, "", "2001:db8::/64")),
            ),
        )
    )
    files = after(wanted, {FILE: PLAIN})
    assert edit(wanted, files) == {}
    bond = entry(files, "bonds", "bond0")
    assert bond["parameters"] == {"mode": "802.3ad", "mii-monitor-interval": "100"}
    assert (bond["interfaces"], bond["mtu"]) == (["eth0", "eth1"], "9000")
    vlan = entry(files, "vlans", "bond0.77")
    assert (vlan["id"], vlan["link"], vlan["mtu"]) == ("77", "bond0", "9000")
    bridge = entry(files, "bridges", "vmbr0")
    assert bridge["addresses"] == ["192.0.2.10/24", "2001:db8::10/64"]
    assert (bridge["accept-ra"], bridge["dhcp6"]) == ("false", "false")
    assert bridge["routes"][1:] == [
        {"to": "198.51.100.0/24", "via": "192.0.2.9", "table": "100"},
        {"to": "0.0.0.0/0", "scope": "link", "table": "100"},
        {"to": "::/0", "via": "2001:db8::1"},
    ]
    assert bridge["routing-policy"] == [
        {"from": "192.0.2.10/32", "table": "100", "priority": "500"},
        {"to": "2001:db8::/64", "table": "100", "priority": "501"},
    ]


def test_muster_reads_what_it_wrote_as_static():
    """By the probe that judges VMM-041."""
    files = after(BRIDGED, {FILE: PLAIN})
    merged = {}
    for path in sorted(files):
        merged = _netplan.merge(merged, netplanfile.parse(path, files[path]))
    found = {e["interface"]: (e["ipv4"], e["addresses"]) for e in _netplan.entries(merged, {})}
    assert found["eth0"] == ("manual", [])
    assert found["vmbr0"] == ("static", ["192.0.2.10/24"])


NAMES = st.sampled_from(["eth0", "eth7", "port", "vmbr0"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "dhcp4": st.sampled_from(["true", "no"]),
        "addresses": st.lists(st.sampled_from(["192.0.2.10/24", "192.0.2.77/24"]), max_size=2),
        "routes": st.lists(st.just({"to": "default", "via": "192.0.2.9"}), max_size=1),
        "mtu": st.just("1400"),
    },
)
NETWORKS = st.fixed_dictionaries(
    {"version": st.just("2")},
    optional={
        kind: st.dictionaries(NAMES, VALUES, max_size=3) for kind in ("ethernets", "bridges")
    },
)


@given(st.lists(NETWORKS, min_size=1, max_size=3))
def test_editing_any_files_twice_is_editing_them_once(networks):
    files = {f"/etc/netplan/{n}.yaml": netplanfile.dump(one) for n, one in enumerate(networks)}
    once = after(BRIDGED, files)
    assert edit(BRIDGED, once) == {}
    assert entry(once, "bridges", "vmbr0")["addresses"] == ["192.0.2.10/24"]
    for kind in ("ethernets", "bridges"):
        for name in ("eth7", "port"):
            told = [n[kind][name] for n in networks if name in n.get(kind, {})]
            left = [netplanfile.parse(p, t).get(kind, {}) for p, t in once.items() if p != OWN]
            assert [one[name] for one in left if name in one] == told


def argvs(turn):
    return [" ".join(step.argv) for step in (*turn.before, *turn.after)]


def test_networkd_takes_the_files_and_the_bridge_goes_only_after_them_on_the_way_back():
    apply, undo, boot = netplan.turns(BRIDGED, edit(BRIDGED, {FILE: PLAIN}), plain_facts())
    there, back = argvs(apply), argvs(undo)
    assert there[:2] == ["netplan generate", "networkctl reload"]
    assert not apply.after[0].may_fail, "what netplan does not take ends the trial"
    assert back.index("networkctl reload") < back.index("ip link del dev vmbr0")
    assert back[-1].endswith("undo6.ip")
    assert argvs(netplan.Turn(after=boot)) == ["netplan generate"]


def test_where_only_files_differ_no_link_is_touched():
    apply, undo, _boot = netplan.turns(BRIDGED, edit(BRIDGED, {FILE: PLAIN}), bridged_facts())
    assert argvs(apply) == argvs(undo) == ["netplan generate"]
