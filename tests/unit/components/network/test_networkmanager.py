"""NetworkManager's profiles: what is changed in them, and the commands there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import networkmanager
from saltext.muster.components.network.keyfile import Keyfile
from saltext.muster.components.network.networkmanager import DISPATCHER, FOLDER, edit
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
from saltext.muster.probes import _keyfile

from .support import bridged_facts, plain_facts

MAC = "02:00:00:00:00:07"
ETH0 = f"{FOLDER}/eth0.nmconnection"
#: As nmcli of NetworkManager 1.42 writes it.
PLAIN = """\
[connection]
id=eth0
uuid=d78d3437-904b-4115-a6bd-c062a8ea757f
type=ethernet
interface-name=eth0
timestamp=1700000000

# the uplink
[ethernet]

[ipv4]
address1=192.0.2.10/24,192.0.2.1
dns=192.0.2.53;
method=manual

[ipv6]
addr-gen-mode=default
method=auto

[proxy]
"""
VMBR0 = Device(
    "vmbr0",
    BRIDGE,
    ("eth0",),
    method=STATIC,
    addresses=("192.0.2.10/24",),
    gateways=("192.0.2.1",),
    mac=MAC,
)
BRIDGED = Wanted((Device("eth0"), VMBR0))


def after(wanted, files):
    found = {**files, **edit(wanted, files)}
    return {path: text for path, text in found.items() if text is not None}


def profile(files, name):
    return next(
        Keyfile(text)
        for path, text in files.items()
        if path != DISPATCHER and Keyfile(text).get("connection", "interface-name") == name
    )


def test_the_address_its_gateway_and_name_servers_move_to_the_bridge():
    files = after(BRIDGED, {ETH0: PLAIN})
    bridge, port = profile(files, "vmbr0"), profile(files, "eth0")
    assert bridge.items("ipv4") == {
        "method": "manual",
        "address1": "192.0.2.10/24,192.0.2.1",
        "dns": "192.0.2.53;",
    }
    assert bridge.get("ipv6", "method") == "auto", "as it was"
    assert bridge.items("bridge") == {
        "stp": "false",
        "forward-delay": "0",
        "mac-address": MAC.upper(),
    }
    assert port.get("connection", "master") == "vmbr0"
    assert port.get("connection", "slave-type") == "bridge"
    assert not port.items("ipv4")
    assert not port.items("ipv6")


def test_a_profile_keeps_its_uuid_its_comments_and_what_the_plan_does_not_tell():
    text = after(BRIDGED, {ETH0: PLAIN})[ETH0]
    for line in ("uuid=d78d3437-904b-4115-a6bd-c062a8ea757f", "# the uplink", "[proxy]"):
        assert line in text.split("\n")


def test_what_says_it_already_stays_byte_for_byte():
    files = after(BRIDGED, {ETH0: PLAIN})
    assert edit(BRIDGED, files) == {}


def test_a_foreign_layout_that_says_it_in_other_words_stays():
    bridge = (
        "[connection]\nid=Bridge\nuuid=u1\ntype=bridge\ninterface-name=vmbr0\n"
        "[802-3-ethernet]\ncloned-mac-address=02:00:00:00:00:09\n"
        "[bridge]\nstp=no\nforward-delay=0\n"
        "[ipv4]\nmethod=manual\naddresses=192.0.2.10/24;\ngateway=192.0.2.1\n"
        "[ipv6]\nmethod=ignore\n"
    )
    port = (
        "[connection]\nid=Port\nuuid=u2\ntype=802-3-ethernet\ninterface-name=eth0\n"
        "controller=vmbr0\nport-type=bridge\n"
    )
    files = {f"{FOLDER}/a": bridge, f"{FOLDER}/b": port}
    assert edit(BRIDGED, files).keys() == {DISPATCHER}


def test_a_second_profile_of_a_device_is_not_brought_up_by_itself_any_more():
    other = PLAIN.replace("id=eth0\n", "id=office\n").replace("d78d", "aaaa")
    dhcp = other.replace("method=manual", "method=auto")
    files = after(BRIDGED, {ETH0: PLAIN, f"{FOLDER}/office": dhcp})
    changed = Keyfile(files[f"{FOLDER}/office"])
    assert changed.get("connection", "autoconnect") == "false"
    assert changed.get("ipv4", "method") == "auto", "kept for whoever wants it"


def test_a_profile_for_any_card_loses_against_the_device_s_own():
    anyone = "[connection]\nid=any\nuuid=u\ntype=ethernet\nautoconnect-priority=5\n"
    files = {f"{FOLDER}/any": anyone}
    new = after(BRIDGED, files)
    assert new[f"{FOLDER}/any"] == anyone
    assert profile(new, "eth0").get("connection", "autoconnect-priority") == "6"


def test_backups_and_hidden_files_are_none_of_networkmanager_s():
    files = {f"{FOLDER}/{name}": PLAIN for name in (".x", "eth0~", "eth0.bak", "eth0.rpmsave")}
    assert not set(edit(BRIDGED, files)) & set(files)


def test_a_profile_that_came_with_a_package_is_not_changed_but_told():
    path = "/usr/lib/NetworkManager/system-connections/eth0.nmconnection"
    with pytest.raises(Refused, match=path):
        edit(BRIDGED, {path: PLAIN})


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
                rules=(Rule(100, 500, "192.0.2.10/32"), Rule(100, 501, "2001:db8::10/128")),
            ),
        )
    )
    files = after(wanted, {ETH0: PLAIN})
    assert edit(wanted, files) == {}
    bond, vlan, bridge = (profile(files, name) for name in ("bond0", "bond0.77", "vmbr0"))
    assert bond.items("bond") == {"mode": "802.3ad", "miimon": "100"}
    assert bond.get("ethernet", "mtu") == "9000"
    assert bond.get("ipv4", "method") == bond.get("ipv6", "method").replace(
        "link-local", "disabled"
    )
    assert vlan.items("vlan") == {"id": "77", "parent": "bond0"}
    assert vlan.get("connection", "master") == "vmbr0"
    assert profile(files, "eth1").get("connection", "slave-type") == "bond"
    assert bridge.get("ipv6", "method") == "manual"
    assert bridge.get("ipv6", "address1") == "2001:db8::10/64"
    assert bridge.get("ipv6", "gateway") == "2001:db8::1"
    four = bridge.items("ipv4")
    assert (four["route1"], four["route1_options"]) == ("198.51.100.0/24,192.0.2.9", "table=100")
    assert (four["route2"], four["route2_options"]) == ("0.0.0.0/0", "table=100")
    assert four["routing-rule1"] == "priority 500 from 192.0.2.10/32 table 100"
    assert bridge.get("ipv6", "routing-rule1").startswith("priority 501 from 2001:db8::10/128")


@pytest.mark.parametrize(
    ("now", "accept_ra", "addresses", "wanted"),
    [
        ("auto", None, (), "auto"), ("ignore", None, (), "ignore"), ("auto", 0, (), "link-local"),
        ("disabled", 0, (), "disabled"), ("disabled", 2, (), "auto"),
        ("auto", None, ("2001:db8::1/64",), "auto"), ("auto", 0, ("2001:db8::1/64",), "manual"),
        ("disabled", None, ("2001:db8::1/64",), "manual"),
    ],
)  # fmt: skip
def test_what_routers_advertise_is_taken_as_wanted(now, accept_ra, addresses, wanted):
    text = PLAIN.replace("method=auto", f"method={now}")
    device = Device("eth0", method=STATIC, addresses=("192.0.2.10/24", *addresses),
                    accept_ra=accept_ra)  # fmt: skip
    found = Keyfile(after(Wanted((device,)), {ETH0: text})[ETH0])
    assert found.get("ipv6", "method") == wanted


def test_muster_reads_what_it_wrote_as_static():
    """By the probe that judges VMM-041."""
    files = after(BRIDGED, {ETH0: PLAIN})
    entries = [_keyfile.parse_nm(t, p) for p, t in files.items() if p != DISPATCHER]
    found = {entry["interface"]: (entry["ipv4"], entry["addresses"]) for entry in entries}
    assert found == {"eth0": ("manual", []), "vmbr0": ("static", ["192.0.2.10/24"])}


KEYS = st.sampled_from(["id", "uuid", "type", "interface-name", "method", "address1", "x", "#y"])
LINES = st.one_of(
    st.sampled_from(["", "# note", "[ipv4]", "[ipv6]", "[connection]", "[bridge]", "[ethernet]"]),
    st.tuples(KEYS, st.sampled_from(["", "eth0", "auto", "manual", "1.2.3.4/8,", "a;b"])).map(
        "=".join
    ),
)


@given(st.lists(LINES, max_size=20))
def test_editing_any_profile_twice_is_editing_it_once(lines):
    files = {ETH0: "\n".join(lines) + "\n"}
    once = after(BRIDGED, files)
    assert edit(BRIDGED, once) == {}


@given(st.lists(LINES, max_size=20))
def test_profiles_of_other_devices_keep_their_bytes(lines):
    path = f"{FOLDER}/other"
    files = {path: "\n".join(["[connection]", "type=wifi", *lines, "[end]"])}
    given_name = Keyfile(files[path]).get("connection", "interface-name")
    if given_name != "eth0":
        assert path not in edit(BRIDGED, files)


def argvs(turn):
    return [" ".join(step.argv) for step in (*turn.before, *turn.after)]


def test_a_bridge_comes_up_before_its_port_and_all_goes_back():
    files = {ETH0: PLAIN}
    apply, undo, boot = networkmanager.turns(BRIDGED, edit(BRIDGED, files), plain_facts())
    there = argvs(apply)
    ups = [line for line in there if "connection up" in line]
    assert [("eth0" in line) for line in ups] == [False, True]
    assert "d78d3437" in ups[1]
    assert there.index(next(line for line in there if "connection load" in line)) < there.index(
        ups[0]
    )
    back = argvs(undo)
    assert back[0].endswith("connection reload")
    assert any("device delete vmbr0" in line for line in back)
    assert any("connection up uuid d78d3437" in line for line in back)
    assert back[-1].endswith("undo6.ip")
    assert boot == ()


def test_where_only_files_differ_nothing_is_brought_up_or_down():
    apply, undo, _boot = networkmanager.turns(
        BRIDGED, edit(BRIDGED, {ETH0: PLAIN}), bridged_facts()
    )
    assert [line for line in argvs(apply) if "connection load" not in line] == [
        f"chmod 0755 {DISPATCHER}"
    ]
    assert argvs(undo) == ["nmcli --wait 20 connection reload"]


def test_a_bridge_that_is_reapplied_gets_its_forward_delay_again():
    other = Wanted((Device("eth0"), replace(VMBR0, addresses=("192.0.2.11/24",))))
    apply, _undo, _boot = networkmanager.turns(other, edit(other, {ETH0: PLAIN}), bridged_facts())
    there = argvs(apply)
    assert there.index("nmcli --wait 20 device reapply vmbr0") < there.index(
        "ip link set dev vmbr0 type bridge stp_state 0 forward_delay 0"
    )
