from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import ipmi, wol
from saltext.muster.probes.source import Absent, Unreadable, unknown

#: Written after the driver igb's; without root the two lines are not there.
ETHTOOL = (
    "Settings for eno1:\n\tSpeed: 1000Mb/s\n\tSupports Wake-on: pumbg\n\tWake-on: g\n"
    "\tLink detected: yes\n"
)
LAN = (
    "Set in Progress         : Set Complete\nIP Address Source       : Static Address\n"
    "IP Address              : 192.0.2.111\nSubnet Mask             : 255.255.255.0\n"
    "SNMP Community String   : geheim\n802.1q VLAN ID          : Disabled\n"
)


def card(name, **more):
    """Return the files of a physical Ethernet card."""
    folder = f"/sys/class/net/{name}"
    return {f"{folder}/type": "1\n", f"{folder}/device/": "", **more}


def test_ethtool_s_letters():
    assert wol.parse(ETHTOOL) == {"supports": "pumbg", "wake_on": "g"}


@pytest.mark.parametrize(
    "text", ["", "Settings for eno1:\n\tLink detected: no\n", "\tWake-on: g\n", "Wake-on: G\n"]
)
def test_no_letters_are_no_answer(text):
    with pytest.raises(Unreadable):
        wol.parse(text)


def test_only_physical_ethernet_cards_are_asked(host):
    files = {
        **card("eno1"),
        **card("eno2"),
        **card("vf0", **{"/sys/class/net/vf0/device/physfn/": ""}),
        **card("ib0", **{"/sys/class/net/ib0/type": "32\n"}),
        "/sys/class/net/br0/type": "1\n",
    }

    def run(argv):
        assert argv[0] == "ethtool"
        if argv[1] == "eno2":
            raise Unreadable("ethtool eno2: exit status 75")
        return ETHTOOL

    found = wol.read(host(files, run=run))["nics"]
    assert set(found) == {"eno1", "eno2"}
    assert found["eno1"]["wake_on"] == "g"
    assert "exit status 75" in found["eno2"]["unknown"]


def test_at_most_eight_cards_are_asked(host):
    asked = []
    files = {path: text for number in range(12) for path, text in card(f"e{number}").items()}
    wol.read(host(files, run=lambda argv: asked.append(argv) or ETHTOOL))
    assert len(asked) == wol.LIMIT == 8


def test_a_card_s_name_is_never_an_option(host):
    found = wol.read(host(card("-s"), run=lambda argv: ETHTOOL))["nics"]
    assert unknown(found["-s"])


def test_without_sys_nothing_is_known(host):
    assert unknown(wol.read(host())["nics"])


def test_the_controller_s_address_without_its_community_string(host):
    source = host({"/dev/ipmi0": ""}, run=lambda argv: LAN)
    found = ipmi.read(source)
    assert found == {
        "device": True,
        "lan": {"address": "192.0.2.111", "origin": "Static Address", "vlan": "Disabled"},
    }
    assert [note["what"] for note in source.left_out] == ["ipmitool lan print"]


@pytest.mark.parametrize("address", ["0.0.0.0", "255.255.255.255", "none", ""])
def test_an_address_that_is_none(address):
    assert ipmi.parse(f"IP Address              : {address}\n")["address"] == ""


def test_a_lan_without_address_line():
    with pytest.raises(Unreadable, match="names no IP address"):
        ipmi.parse("Invalid channel: 1\n")


def test_no_tool_and_no_folder_are_unknown(host):
    def run(argv):
        raise Absent("ipmitool is not installed")

    found = ipmi.read(host(run=run))
    assert "not installed" in found["lan"]["unknown"]
    assert unknown(found["device"])


@given(st.text())
def test_no_text_stops_a_parser(text):
    for parse in (wol.parse, ipmi.parse):
        try:
            parse(text)
        except Unreadable:
            pass
