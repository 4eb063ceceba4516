from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import frr
from saltext.muster.probes.source import Absent, Unreadable, unknown

CONFIG = """router bgp 65000
 neighbor 192.0.2.250 password secret-word
bgp community-list standard GUESTS permit 65000:7
route-map X permit 10
 set community 65000:100 no-export additive
 set large-community 65000:1:2
 set extcommunity rt 65000:9
"""


def test_summary():
    peers = {"192.0.2.250": {"state": "Established"}, "192.0.2.251": {"state": "Active"}}
    text = "% a warning\n" + json.dumps({"ipv4Unicast": {"peers": peers}, "l2VpnEvpn": {}})
    assert frr.parse_summary(text) == [
        {"address": "192.0.2.250", "family": "ipv4Unicast", "state": "Established"},
        {"address": "192.0.2.251", "family": "ipv4Unicast", "state": "Active"},
    ]
    assert len(frr.parse_summary(json.dumps({"peers": peers}))) == 2
    assert frr.parse_summary("{}") == []


@pytest.mark.parametrize("text", ["", "no BGP", "{", "[]", "{" * 99999])
def test_what_is_no_summary(text):
    with pytest.raises(Unreadable, match="vtysh said"):
        frr.parse_summary(text)


def test_communities():
    assert frr.parse_communities(CONFIG) == ["65000:100", "65000:1:2", "no-export"]
    assert frr.parse_communities(" set community none\n") == []


def test_a_node_of_a_fabric(host):
    source = host(
        {"/etc/frr/daemons": "bgpd=yes\nospfd=no\nbgpd_options=\" -A 127.0.0.1\"\n",
         "/etc/frr/frr.conf": CONFIG, "/usr/lib/frr/bgpd": ""},
        run=lambda argv: "{}",
    )  # fmt: skip
    found = frr.read(source)
    assert found == {
        "installed": True,
        "daemons": {"bgpd": "yes", "ospfd": "no"},
        "neighbors": [],
        "communities": ["65000:100", "65000:1:2", "no-export"],
    }
    assert "secret-word" not in str(found)
    assert [each["what"] for each in source.left_out] == ["/etc/frr/frr.conf"]


def test_without_frr(host):
    def run(argv):
        raise Absent("vtysh is not installed")

    found = frr.read(host(run=run))
    assert found == {"installed": False, "daemons": {}, "neighbors": [], "communities": []}


def test_a_daemon_that_does_not_answer(host):
    def run(argv):
        raise Unreadable("vtysh: exit status 1")

    assert unknown(frr.read(host(run=run))["neighbors"])


@given(st.text(), st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(
    st.sampled_from(["peers", "state", "ipv4Unicast", "x"]), inner)))  # fmt: skip
def test_parsers_never_raise_anything_else(text, data):
    frr.parse_communities(text)
    for each in (text, json.dumps(data)):
        try:
            frr.parse_summary(each)
        except Unreadable:
            pass
