"""The commands there and back: what is not there by ifup, what is there only where it is wrong."""

from __future__ import annotations

from dataclasses import replace

from saltext.muster.components.network import ifupdown, snapshot
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
from saltext.muster.trial.spec import Turn

ADDRESS, GATEWAY = "192.0.2.10/24", "192.0.2.1"
MAC = "02:00:00:00:00:07"


def bridge(**more):
    fixed = {"addresses": (ADDRESS,), "gateways": (GATEWAY,), "method": STATIC}
    return Device("vmbr0", BRIDGE, ("eth0",), **{**fixed, **more})


BRIDGED = Wanted((Device("eth0"), bridge()))


def link(kind="physical", **more):
    return {"kind": kind, "mac": MAC, "up": True, "master": "", "mtu": 1500, **more}


def facts(links, addresses=(), routes=(), bridges=(), dhcp=(), rules=()):
    """Facts of a node; addresses and default routes are pairs (device, text)."""
    told = [
        {
            "link": name,
            "address": text.partition("/")[0],
            "prefix": int(text.partition("/")[2]),
            "family": 6 if ":" in text else 4,
            "scope": "global",
            "dynamic": name in dhcp,
        }
        for name, text in addresses
    ]
    ways = [
        {"to": "default", "via": via, "dev": dev, "table": "main", "family": 4, "metric": 0}
        for dev, via in routes
    ]
    entries = [{"interface": name, "ipv4": "dhcp"} for name in dhcp]
    return {
        "links": {"links": links},
        "bridges": {"bridges": dict(bridges)},
        "addresses": {
            "addresses": told,
            "routes": {"ipv4": ways, "ipv6": []},
            "rules": list(rules),
            "tables": {"main": 254},
        },
        "interface_files": {"ifupdown": {"entries": entries}},
    }


def lines(steps):
    return [" ".join(step.argv) for step in steps]


def up_and_running(**more):
    ports = {"vmbr0": {"ports": ["eth0", "tap1"], "stp": False, "forward_delay": 0.0}}
    links = {"eth0": link(master="vmbr0"), "vmbr0": link("bridge"), "tap1": link("tap")}
    fixed = {"addresses": [("vmbr0", ADDRESS)], "routes": [("vmbr0", GATEWAY)], "bridges": ports}
    return facts(links, **{**fixed, **more})


def test_no_command_where_only_files_differ():
    edited = {"/etc/network/interfaces.d/vmbr0": "auto vmbr0\n"}
    assert ifupdown.turns(BRIDGED, edited, up_and_running()) == (Turn(), Turn(), ())


def test_a_card_becomes_the_port_of_a_new_bridge():
    node = facts({"eth0": link()}, [("eth0", ADDRESS)], [("eth0", GATEWAY)])
    apply, undo, boot = ifupdown.turns(BRIDGED, {}, node)
    made = f"ip link add vmbr0 address {MAC} type bridge stp_state 0 forward_delay 0"
    assert lines(apply.before) == [made]
    assert lines(apply.after) == [
        "ifup --no-act --force vmbr0",
        f"ip address del {ADDRESS} dev eth0",
        "ip -6 address flush dev eth0 scope link",
        f"ip -4 route del default via {GATEWAY} dev eth0",
        "ifup --force vmbr0",
        # ifup passes over a port that it does not find.
        "test -e /sys/class/net/vmbr0",
        "test -e /sys/class/net/eth0/master",
    ]
    assert lines(undo.before) == ["ifdown --force --ignore-errors --no-scripts vmbr0"]
    assert undo.after == snapshot.STEPS
    assert boot == ()


def test_a_bridge_that_guests_are_on_is_never_taken_down():
    """Another address, its forward delay and a port that is missing are set on the bridge."""
    ports = {"vmbr0": {"ports": ["tap1"], "stp": True, "forward_delay": 15.0}}
    links = {"eth0": link(), "vmbr0": link("bridge")}
    node = facts(links, [("vmbr0", "192.0.2.99/24")], [("vmbr0", "192.0.2.254")], ports)
    wanted = Wanted((Device("eth0"), bridge(rules=(Rule(7, 9, "192.0.2.0/24"),))))
    apply, undo, _boot = ifupdown.turns(wanted, {}, node)
    assert apply.before == ()
    assert lines(apply.after) == [
        "ip -6 address flush dev eth0 scope link",
        "ip link set dev eth0 master vmbr0",
        "ip link set dev eth0 up",
        "ip link set dev vmbr0 type bridge stp_state 0 forward_delay 0",
        f"ip address add {ADDRESS} broadcast + dev vmbr0",
        f"ip -4 route replace default via {GATEWAY} dev vmbr0 onlink",
        "ip -4 rule del priority 9 from 192.0.2.0/24 table 7",
        "ip -4 rule add priority 9 from 192.0.2.0/24 table 7",
    ]
    assert (undo.before, undo.after) == ((), snapshot.STEPS)


def test_a_missing_route_disturbs_nothing_else():
    wanted = Wanted((Device("eth0"), bridge(routes=(Route("198.51.100.0/24", "192.0.2.2"),))))
    apply, _undo, _boot = ifupdown.turns(wanted, {}, up_and_running())
    assert lines(apply.after) == [
        f"ip -4 route replace default via {GATEWAY} dev vmbr0 onlink",
        "ip -4 route replace 198.51.100.0/24 via 192.0.2.2 dev vmbr0",
    ]


def test_a_card_in_another_bridge_changes_over():
    links = {"eth0": link(master="br9"), "vmbr0": link("bridge"), "br9": link("bridge")}
    empty = {"ports": [], "stp": False, "forward_delay": 0}
    node = up_and_running() | {"links": {"links": links}, "bridges": {"bridges": {"vmbr0": empty}}}
    apply, _undo, _boot = ifupdown.turns(BRIDGED, {}, node)
    assert lines(apply.after)[1:] == [
        "ip link set dev eth0 nomaster",
        "ip link set dev eth0 master vmbr0",
        "ip link set dev eth0 up",
    ]


def test_a_lease_is_given_back_by_the_old_files_and_taken_again_on_the_way_back():
    node = facts({"eth0": link()}, [("eth0", "192.0.2.50/24")], [("eth0", GATEWAY)], dhcp=["eth0"])
    wanted = Wanted((Device("eth0", method=STATIC, addresses=(ADDRESS,), gateways=(GATEWAY,)),))
    apply, undo, _boot = ifupdown.turns(wanted, {}, node)
    assert lines(apply.before) == ["ifdown --force eth0"]
    assert lines(apply.after)[:3] == [
        "ip address del 192.0.2.50/24 dev eth0",
        "ip link set dev eth0 up",
        f"ip address add {ADDRESS} broadcast + dev eth0",
    ]
    assert lines(undo.after)[0] == "ifup --force eth0"


STACK = Wanted(
    (
        Device("eth0"),
        Device("eth1"),
        Device("trunk", BOND, ("eth0", "eth1"), mode="active-backup"),
        Device("trunk.7", VLAN, parent="trunk", vlan=7),
        Device("vmbr0", BRIDGE, ("trunk.7",), method=STATIC, addresses=(ADDRESS,)),
    )
)


def test_a_bridge_on_a_vlan_on_a_bond_that_are_not_there():
    node = facts({"eth0": link(), "eth1": link()}, [("eth0", ADDRESS)])
    apply, undo, _boot = ifupdown.turns(STACK, {}, node)
    # The bridge is ready before anything is taken down, with the address of the first card.
    made = f"ip link add vmbr0 address {MAC} type bridge stp_state 0 forward_delay 0"
    assert lines(apply.before) == [made]
    ups = [line for line in lines(apply.after) if line.startswith("ifup") and "act" not in line]
    assert ups == ["ifup --force trunk", "ifup trunk.7", "ifup --force vmbr0"]
    assert [line.split()[-1] for line in lines(undo.before)] == ["vmbr0", "trunk.7", "trunk"]


# Seen with ifupdown 0.8.41 and ifenslave 2.13.
ON_A_BOND = [
    "ifdown --force --ignore-errors --no-scripts trunk.7",
    "ifup trunk.7",
    "ip link set dev eth0 up",
    "ip link set dev eth1 up",
]


def test_no_force_reaches_a_bond_by_way_of_its_vlan():
    node = facts({"eth0": link(), "eth1": link()}, [("eth0", ADDRESS)])
    apply, _undo, _boot = ifupdown.turns(STACK, {}, node)
    start = lines(apply.after).index(ON_A_BOND[0])
    assert lines(apply.after)[start : start + 4] == ON_A_BOND


def test_a_vlan_that_the_kernel_refuses_fails_before_anything_is_taken_down():
    wanted = Wanted(
        (
            Device("eth0"),
            Device("eth0.7", VLAN, parent="eth0", vlan=7, method=STATIC, addresses=(ADDRESS,)),
        )
    )
    apply, _undo, _boot = ifupdown.turns(wanted, {}, facts({"eth0": link()}, [("eth0", ADDRESS)]))
    assert lines(apply.before) == ["ip link add link eth0 name eth0.7 type vlan id 7"]


def test_a_vlan_of_another_id_is_made_anew_and_joins_the_bridge_that_stays():
    trunk = link("bond", bond={"mode": "active-backup", "ports": ["eth0", "eth1"]})
    node = facts(
        {
            "eth0": link(master="trunk"),
            "eth1": link(master="trunk"),
            "trunk": trunk,
            "trunk.7": link("vlan", vlan={"parent": "trunk", "id": 8}, master="vmbr0"),
            "vmbr0": link("bridge"),
        },
        [("vmbr0", ADDRESS)],
        bridges={"vmbr0": {"ports": ["trunk.7"], "stp": False, "forward_delay": 0}},
    )
    apply, undo, _boot = ifupdown.turns(STACK, {}, node)
    assert apply.before == ()
    assert lines(apply.after) == [
        "ifup --no-act --force trunk.7",
        "ip link del dev trunk.7",
        *ON_A_BOND,
        "test -e /sys/class/net/trunk.7",
        "ip link set dev trunk.7 master vmbr0",
        "ip link set dev trunk.7 up",
    ]
    assert lines(undo.after)[:4] == ON_A_BOND


def test_a_second_port_of_a_bond_is_down_when_it_joins():
    wanted = Wanted(STACK.devices[:3])
    trunk = link("bond", bond={"mode": "active-backup", "ports": ["eth0"]})
    node = facts({"eth0": link(master="trunk"), "eth1": link(), "trunk": trunk})
    apply, _undo, _boot = ifupdown.turns(wanted, {}, node)
    assert lines(apply.after)[-3:] == [
        "ip link set dev eth1 down",
        "ip link set dev eth1 master trunk",
        "ip link set dev eth1 up",
    ]


def test_an_address_that_files_drop_is_left_to_what_does_so_for_every_backend():
    links = {"eth0": link(master="vmbr0"), "vmbr0": link("bridge")}
    ports = {"vmbr0": {"ports": ["eth0"], "stp": False, "forward_delay": 0}}
    node = facts(links, [("vmbr0", "192.0.2.9/24")], [("vmbr0", GATEWAY)], bridges=ports)
    plan = replace(BRIDGED, dropped=("192.0.2.9",))
    apply, undo, _boot = ifupdown.turns(plan, {}, node)
    assert lines(apply.before) == []
    assert lines(apply.after)[0] == f"ip address add {ADDRESS} broadcast + dev vmbr0"
    assert not any("del" in line for line in lines(apply.after))
    assert undo.after == snapshot.STEPS
