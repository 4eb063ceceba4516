"""ifupdown's files: foreign layouts that are right stay, others change by the least."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import ifupdown
from saltext.muster.components.network.ifupdown import text
from saltext.muster.components.network.ifupdown.stanzas import HEADER
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

MAIN = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"
LO = "auto lo\niface lo inet loopback\n"
SOURCE = f"source {FOLDER}/*\n"
PLAIN = "auto eth0\niface eth0 inet static\n\taddress 192.0.2.10/24\n\tgateway 192.0.2.1\n"


def bridge(name="vmbr0", ports=("eth0",), **more):
    fixed = {"addresses": ("192.0.2.10/24",), "gateways": ("192.0.2.1",), "method": STATIC}
    return Device(name, BRIDGE, tuple(ports), **{**fixed, **more})


BRIDGED = Wanted((Device("eth0"), bridge()))
BRIDGE_TEXT = """\
auto vmbr0
iface vmbr0 inet static
    address 192.0.2.10
    netmask 255.255.255.0
    network 192.0.2.0
    broadcast 192.0.2.255
    gateway 192.0.2.1
    bridge_ports eth0
    bridge_stp off
    bridge_fd 0
    bridge_waitport 0
    bridge_hw eth0
"""


def after(wanted, files):
    """Return the files as edited, having seen that editing them again changes nothing."""
    edited = ifupdown.edit(wanted, files)
    new = {path: body for path, body in {**files, **edited}.items() if body is not None}
    assert ifupdown.edit(wanted, new) == {}
    return new


def own(body):
    return body.replace(HEADER, "")


RIGHT = {
    "ganeti, as its documentation has it": LO + BRIDGE_TEXT,
    "other words, another order": LO
    + "iface eth0 inet manual\nauto vmbr0\niface vmbr0 inet static\n"
    "  bridge-fd 0\n  bridge-stp no\n  bridge-ports eth0 tap7\n  gateway 192.0.2.1\n"
    "  address 192.0.2.10/24\n  post-up ethtool -K eth0 tso off\n",
    "plugged in": LO + BRIDGE_TEXT.replace("auto vmbr0", "allow-hotplug vmbr0"),
    "no STP told": LO + BRIDGE_TEXT.replace("    bridge_stp off\n", ""),
    "a backslash": LO + BRIDGE_TEXT.replace("bridge_ports eth0", "bridge_ports \\\n eth0"),
    "another address besides": LO
    + BRIDGE_TEXT
    + "iface vmbr0 inet static\n    address 198.51.100.1/32\n",
}


@pytest.mark.parametrize("layout", RIGHT)
def test_a_foreign_layout_that_says_what_is_wanted_stays(layout):
    assert ifupdown.edit(BRIDGED, {MAIN: RIGHT[layout]}) == {}


WRONG = {
    "no forward delay": BRIDGE_TEXT.replace("    bridge_fd 0\n", ""),
    "STP": BRIDGE_TEXT.replace("stp off", "stp on"),
    "another address": BRIDGE_TEXT.replace("192.0.2.10", "192.0.2.11"),
    "another prefix": BRIDGE_TEXT.replace("255.255.255.0", "255.255.0.0"),
    "another gateway": BRIDGE_TEXT.replace("192.0.2.1\n", "192.0.2.254\n"),
    "no gateway": BRIDGE_TEXT.replace("    gateway 192.0.2.1\n", ""),
    "another port": BRIDGE_TEXT.replace("ports eth0", "ports eth1"),
    "not at boot": BRIDGE_TEXT.replace("auto vmbr0\n", ""),
    "DHCP": "auto vmbr0\niface vmbr0 inet dhcp\n    bridge_ports eth0\n    bridge_fd 0\n",
    "DHCP besides": BRIDGE_TEXT + "iface vmbr0 inet dhcp\n",
    "an address on the port": BRIDGE_TEXT + "iface eth0 inet static\n    address 192.0.2.77/24\n",
    "DHCP on the port": BRIDGE_TEXT + "auto eth0\niface eth0 inet dhcp\n",
}


@pytest.mark.parametrize("layout", WRONG)
def test_a_layout_that_says_something_else_is_corrected(layout):
    files = after(BRIDGED, {MAIN: LO + WRONG[layout]})
    stanzas = [line for body in files.values() for line in body.splitlines() if "iface vm" in line]
    assert "192.0.2.77" not in str(files)
    if "port" not in layout or layout == "another port":
        assert stanzas == ["iface vmbr0 inet static"]


def test_a_plain_card_becomes_a_bridge_with_ganetis_stanza():
    files = after(BRIDGED, {MAIN: f"# installer\n{SOURCE}\n{LO}\n# primary\n{PLAIN}# end\n"})
    assert files == {
        MAIN: f"# installer\n{SOURCE}\n{LO}\n# primary\n# end\n",
        f"{FOLDER}/eth0": f"{HEADER}iface eth0 inet manual\n",
        f"{FOLDER}/vmbr0": HEADER + BRIDGE_TEXT,
    }


def test_only_the_name_goes_from_a_line_that_has_others():
    main = f"{SOURCE}auto lo   eth0\teth1\nallow-hotplug eth0\niface lo inet loopback\n"
    files = after(BRIDGED, {MAIN: main + PLAIN.replace("auto eth0\n", "")})
    assert files[MAIN] == f"{SOURCE}auto lo\teth1\niface lo inet loopback\n"


def test_an_alias_of_the_port_goes_with_it():
    alias = "auto eth0:1\niface eth0:1 inet static\n  address 203.0.113.5/24\n"
    files = after(BRIDGED, {MAIN: SOURCE + LO + PLAIN + alias})
    assert "203.0.113.5" not in str(files)
    assert files[MAIN] == SOURCE + LO


def test_the_line_that_includes_the_folder_is_added_once():
    assert after(BRIDGED, {MAIN: LO + PLAIN})[MAIN] == f"{LO}source {FOLDER}/*\n"
    assert after(BRIDGED, {})[MAIN] == f"{LO}source {FOLDER}/*\n"
    assert after(BRIDGED, {MAIN: "auto lo"})[MAIN] == f"auto lo\nsource {FOLDER}/*\n"


def test_a_file_that_nobody_reads_does_not_come_into_force():
    stale = {f"{FOLDER}/old": "auto eth9\niface eth9 inet dhcp\n"}
    files = after(BRIDGED, {MAIN: LO + PLAIN, **stale})
    assert files[MAIN] == f"{LO}source {FOLDER}/eth0\nsource {FOLDER}/vmbr0\n"
    with pytest.raises(Refused, match="nothing reads this file"):
        ifupdown.edit(BRIDGED, {MAIN: LO, f"{FOLDER}/vmbr0": stale[f"{FOLDER}/old"]})


def test_a_folder_takes_no_name_with_a_dot():
    """``source-directory`` passes over eth0.7: that file gets a line of its own."""
    wanted = Wanted((Device("eth0"), Device("eth0.7", VLAN, parent="eth0", vlan=7)))
    files = after(wanted, {MAIN: f"{LO}source-directory {FOLDER}\n"})
    assert files[MAIN] == f"{LO}source-directory {FOLDER}\nsource {FOLDER}/eth0.7\n"


def test_a_device_is_moved_to_its_own_file_where_the_platform_wants_it_split():
    files = {MAIN: LO + BRIDGE_TEXT}
    assert ifupdown.edit(BRIDGED, files) == {}
    split = Wanted(BRIDGED.devices, split=True)
    assert own(after(split, files)[f"{FOLDER}/vmbr0"]) == BRIDGE_TEXT


def test_stanzas_of_others_in_an_own_file_stay():
    other = "# by hand\nauto eth9\niface eth9 inet dhcp\n"
    files = after(BRIDGED, {MAIN: LO + SOURCE, f"{FOLDER}/vmbr0": f"{other}auto vmbr0\n"})
    assert files[f"{FOLDER}/vmbr0"] == f"{HEADER}{other}\n{BRIDGE_TEXT}"


def test_a_file_left_empty_is_removed():
    edited = ifupdown.edit(BRIDGED, {MAIN: LO + SOURCE, f"{FOLDER}/setup": PLAIN})
    assert edited[f"{FOLDER}/setup"] is None


def test_what_belongs_to_the_address_goes_with_it_and_the_rest_stays():
    stanza = PLAIN + "\tdns-nameservers 192.0.2.53\n\tmetric 7\n\thwaddress 02:00:00:00:00:01\n"
    more = "\tup ip route add 198.51.100.0/24 via 192.0.2.2\n"
    files = after(BRIDGED, {MAIN: SOURCE + LO + stanza + more})
    assert own(files[f"{FOLDER}/eth0"]) == (
        "iface eth0 inet manual\n    hwaddress 02:00:00:00:00:01\n"
    )
    body = files[f"{FOLDER}/vmbr0"]
    assert "    dns-nameservers 192.0.2.53\n    metric 7\n" in body
    assert "    up ip -4 route replace 198.51.100.0/24 via 192.0.2.2 dev vmbr0\n" in body


def test_a_gateway_that_the_plan_does_not_tell_goes_with_the_address():
    wanted = Wanted((Device("eth0"), bridge(gateways=())))
    assert "    gateway 192.0.2.1\n" in after(wanted, {MAIN: SOURCE + PLAIN})[f"{FOLDER}/vmbr0"]


def test_a_bridges_own_settings_and_ports_of_others_stay():
    old = BRIDGE_TEXT.replace("stp off", "stp on").replace("ports eth0", "ports eth0 dummy3")
    body = after(BRIDGED, {MAIN: SOURCE + old + "    bridge_vlan_aware yes\n    mtu 1400\n"})
    assert "    bridge_ports eth0 dummy3\n" in body[f"{FOLDER}/vmbr0"]
    assert "    bridge_vlan_aware yes\n" in body[f"{FOLDER}/vmbr0"]
    assert "    mtu 1400\n" in body[f"{FOLDER}/vmbr0"]


STACK = Wanted(
    (
        Device("eth0"),
        Device("eth1"),
        Device("trunk", BOND, ("eth0", "eth1"), mode="802.3ad", mtu=9000),
        Device("trunk.7", VLAN, parent="trunk", vlan=7),
        bridge("br7", ("trunk.7",)),
        Device("storage", VLAN, parent="trunk", vlan=30),
    )
)


def test_a_bridge_on_a_vlan_on_a_bond():
    files = after(STACK, {MAIN: SOURCE + LO + PLAIN})
    assert own(files[f"{FOLDER}/trunk"]) == (
        "auto trunk\niface trunk inet manual\n    bond-mode 802.3ad\n"
        "    bond-slaves eth0 eth1\n    bond-miimon 100\n    bond-lacp-rate 1\n    mtu 9000\n"
    )
    assert own(files[f"{FOLDER}/trunk.7"]) == (
        "auto trunk\nauto trunk.7\niface trunk.7 inet manual\n    vlan-raw-device trunk\n"
    )
    assert own(files[f"{FOLDER}/storage"]) == (
        "auto trunk\nauto storage\niface storage inet manual\n    vlan-raw-device trunk\n"
        "    pre-up test -e /sys/class/net/storage ||"
        " ip link add link trunk name storage type vlan id 30\n"
        "    post-down ip link del storage || true\n"
    )
    # br7 is read first: what it is made of must be up before it.
    assert own(files[f"{FOLDER}/br7"]).startswith("auto trunk\nauto trunk.7\nauto br7\niface br7")
    assert f"{FOLDER}/eth0" in files
    assert f"{FOLDER}/eth1" not in files  # nothing was wrong with it


def test_other_ways_to_write_bonds_and_vlans_stay():
    text = (
        "auto trunk\niface trunk inet manual\n  bond-mode 4\n  mtu 9000\n"
        "allow-trunk eth0 eth1\niface eth0 inet manual\n  bond-master trunk\n"
        "iface eth1 inet manual\n  bond-master trunk\n"
        "auto storage\niface storage inet manual\n  vlan-raw-device trunk\n  vlan-id 30\n"
    )
    assert ifupdown.edit(STACK, {MAIN: LO + text + BRIDGE_TEXT.replace("vmbr0", "br7").replace(
        "ports eth0", "ports trunk.7")}) == {}  # fmt: skip


def test_both_ip_versions_with_routes_and_rules_in_tables():
    blue = bridge(
        addresses=("192.0.2.10/24", "198.51.100.9/32", "2001:db8::10/64", "2001:db8::11/64"),
        gateways=("192.0.2.1", "fe80::1"),
        accept_ra=0,
        routes=(Route("default", "192.0.2.2", 100), Route("2001:db8:5::/48", "2001:db8::9")),
        rules=(Rule(100, 500, "192.0.2.10/32"),),
    )
    files = after(Wanted((Device("eth0"), blue), tables={"blue": 100}), {MAIN: SOURCE + PLAIN})
    assert own(files[f"{FOLDER}/vmbr0"]) == (
        BRIDGE_TEXT + "\niface vmbr0 inet static\n    address 198.51.100.9\n"
        "    netmask 255.255.255.255\n"
        "    up ip -4 route replace default via 192.0.2.2 dev vmbr0 table 100\n"
        "    down ip -4 route del default via 192.0.2.2 dev vmbr0 table 100 || true\n"
        "    up ip -4 rule del priority 500 from 192.0.2.10/32 table 100 || true\n"
        "    up ip -4 rule add priority 500 from 192.0.2.10/32 table 100\n"
        "    down ip -4 rule del priority 500 from 192.0.2.10/32 table 100 || true\n"
        "\niface vmbr0 inet6 static\n    address 2001:db8::10/64\n    gateway fe80::1\n"
        "\niface vmbr0 inet6 static\n    address 2001:db8::11/64\n    accept_ra 0\n"
        "    up ip -6 route replace 2001:db8:5::/48 via 2001:db8::9 dev vmbr0\n"
        "    down ip -6 route del 2001:db8:5::/48 via 2001:db8::9 dev vmbr0 || true\n"
    )
    assert files["/etc/iproute2/rt_tables.d/muster.conf"].endswith("\n100 blue\n")


def test_routes_and_rules_that_a_stanza_has_in_other_words_are_right():
    device = bridge(routes=(Route("198.51.100.0/24", "192.0.2.2", 100),), rules=(Rule(100, 5),))
    wanted = Wanted((Device("eth0"), device), tables={"blue": 100})
    text = BRIDGE_TEXT + "  post-up ip route add 198.51.100.0/24 via 192.0.2.2 table blue\n"
    files = {MAIN: LO + text + "  up ip rule add from all lookup blue pref 5\n"}
    assert set(ifupdown.edit(wanted, files)) == {"/etc/iproute2/rt_tables.d/muster.conf"}


def test_a_rule_that_goes_with_an_address_is_set_where_it_is_there_already():
    """The card that it came with is not taken down: `ip rule add` alone would fail."""
    routed = PLAIN + "  up ip rule add from all lookup 7 pref 5\n"
    text = own(
        after(Wanted((Device("eth0"), bridge())), {MAIN: SOURCE + routed})[f"{FOLDER}/vmbr0"]
    )
    lines = [line.strip() for line in text.splitlines() if " rule " in line]
    assert lines == [
        "up ip -4 rule del priority 5 from all table 7 || true",
        "up ip -4 rule add priority 5 from all table 7",
        "down ip -4 rule del priority 5 from all table 7 || true",
    ]


def test_a_rule_that_a_stanza_takes_away_at_its_start_is_no_rule_of_it():
    wanted = Wanted((Device("eth0"), bridge(rules=(Rule(7, 5),))))
    gone = "  up ip rule del from all lookup 7 pref 5 || true\n"
    rule = "  up ip rule add from all lookup 7 pref 5\n"
    assert f"{FOLDER}/vmbr0" in ifupdown.edit(wanted, {MAIN: LO + BRIDGE_TEXT + gone})
    assert ifupdown.edit(wanted, {MAIN: LO + BRIDGE_TEXT + gone + rule}) == {}


def test_accept_ra_without_an_address():
    files = after(Wanted((Device("eth0", accept_ra=0),)), {MAIN: LO})
    assert own(files[f"{FOLDER}/eth0"]) == (
        "auto eth0\niface eth0 inet manual\n    up sysctl -q -w net/ipv6/conf/eth0/accept_ra=0\n"
    )


REFUSED = {
    "a command": (PLAIN + "  post-up ethtool -K eth0 tso off\n", "ethtool -K eth0 tso off"),
    "a mapping": ("mapping eth0\n  script /x\n" + PLAIN, "mapping line names eth0"),
    "another method": ("iface eth0 inet ppp\n", "iface eth0 inet ppp is none of"),
    "a template": ("iface eth0 inherits other\n", "inherits other is none of"),
    "an option alone": ("auto eth0\n  mtu 1400\n", "'mtu 1400' belongs to no stanza"),
    "a shell": ("source $(x)\n", "muster reads /etc/network/interfaces"),
    "another folder": ("source /root/*\n", "move the stanzas there"),
    "a folder beside": (f"source {FOLDER}-more/*\n", "move the stanzas there"),
    "a folder too deep": (f"source {FOLDER}/a/b/c\n", "move the stanzas there"),
    "a hidden file": (f"source {FOLDER}/.eth0\n", "move the stanzas there"),
    "no address": ("iface eth0 inet static\n  address 192.0.2.300\n", "is no address; correct it"),
    "a rival of the port": ("iface br9 inet manual\n  bridge_ports eth0\n", "br9 has eth0, which"),
    "a rival of the address": (
        "iface eth9 inet static\n  address 192.0.2.10/24\n",
        "eth9 has 192.0.2.10, which vmbr0 is to have",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_lost_or_cannot_be_judged_is_refused_with_file_and_remedy(case):
    given_text, words = REFUSED[case]
    with pytest.raises(Refused) as caught:
        ifupdown.edit(BRIDGED, {MAIN: given_text})
    assert MAIN in str(caught.value)
    assert words in str(caught.value)


def test_files_in_a_circle_and_deep_ones():
    assert (
        after(BRIDGED, {MAIN: f"{SOURCE}{PLAIN}", f"{FOLDER}/a": SOURCE})[f"{FOLDER}/a"] == SOURCE
    )


def test_packages_that_are_missing_are_told_by_what_ifupdown_runs_of_them(tmp_path):
    assert ifupdown.needs(Wanted((Device("eth0"),)), str(tmp_path)) == []
    told = ifupdown.needs(STACK, str(tmp_path))
    paths = [text.partition(" ")[0] for text in told]
    assert paths == [f"{tmp_path}/ifenslave", f"{tmp_path}/bridge"]
    assert "install the package bridge-utils" in told[1]
    (tmp_path / "ifenslave").touch()
    assert ifupdown.needs(STACK, str(tmp_path)) == told[1:]


# -- properties -------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "# a comment", "", "   ", "#auto eth0", "auto eth9", "auto eth9 eth0", "allow-hotplug eth0",
        "no-auto-down eth9", "iface eth9 inet dhcp", "  hostname x", "\tup echo \\", "   a\\b",
        "iface eth0 inet static", "  address 192.0.2.10/24", "  gateway 192.0.2.1", "  mtu 1400",
        "iface vmbr0 inet manual", "  bridge_ports none", "iface eth9:1 inet static",
        "  address 198.51.100.1", "  netmask 255.255.255.0", "iface eth0 inet6 auto",
        "mapping eth9", "source /etc/network/interfaces.d/*", "rename x=y", "\u00e4 \x0c \udc80",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


@given(st.text())
def test_the_parts_of_a_text_are_the_text(body):
    assert "".join(part.raw for part in text.parts(body)) == body


def _foreign(body):
    """Return the parts that are no business of eth0 and vmbr0."""
    found = []
    for part in text.parts(body):
        names = {text.device(name) for name in part.head[1:]}
        if part.kind == text.AUTO:
            found += [f"{part.head[0]} {n}" for n in sorted(names - {"eth0", "vmbr0"})]
        elif part.kind != text.IFACE or not names & {"eth0", "vmbr0"}:
            found.append(part.raw.rstrip("\n"))
    return found


@given(TEXTS, TEXTS)
def test_editing_twice_changes_nothing_more_and_foreign_bytes_stay(main, other):
    files = {MAIN: main, f"{FOLDER}/other": other}
    try:
        edited = ifupdown.edit(BRIDGED, files)
    except Refused as err:
        assert "; " in str(err)  # with a remedy
        return
    new = {**files, **edited}
    assert ifupdown.edit(BRIDGED, {p: b for p, b in new.items() if b is not None}) == {}
    for path, body in files.items():
        kept = _foreign(new[path] or "")
        assert kept[: len(_foreign(body))] == _foreign(body) or not body.strip()


@pytest.mark.parametrize("addresses", [(), ("192.0.2.11/24",), ("2001:db8::2/64",)])
def test_what_is_taken_of_routers_is_said_whatever_addresses_there_are(addresses):
    method = "static" if addresses else "manual"
    device = Device("eth0", method=method, addresses=addresses, accept_ra=0)
    files = {"/etc/network/interfaces": "auto lo\niface lo inet loopback\n"}
    edited = {**files, **ifupdown.edit(Wanted((device,)), files)}
    assert "accept_ra" in edited["/etc/network/interfaces.d/eth0"]
    assert ifupdown.edit(Wanted((device,)), edited) == {}
