from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.firewall import zone

from .made import made, rule

#: As firewall-cmd 1.3.3 prints it.
INFO = """\
muster (default, active)
  target: DROP
  icmp-block-inversion: no
  interfaces: eth0
  sources:
  services:
  ports:
  rich rules:
\trule protocol value="igmp" accept
\trule family="ipv4" source address="192.0.2.0/24" port port="22" protocol="tcp" accept
"""


def spoken(*rules, dhcp6=False):
    return [zone.spoken(each) for each in zone.rules(made(*rules), dhcp6)]


def test_rules_are_spoken_as_firewalld_does():
    values, rich = zone.told(INFO)
    assert (values["target"], values["services"]) == ("DROP", "")
    assert sorted(spoken(rule())) == sorted(rich)


def test_anybody_and_icmp():
    assert spoken(rule(first=5900, last=6900, peers=["any"]))[1:] == [
        'rule port port="5900-6900" protocol="tcp" accept'
    ]
    assert spoken(rule("icmp", 0, peers=["192.0.2.1", "2001:db8::/32"]))[1:] == [
        'rule family="ipv4" source address="192.0.2.1" protocol value="icmp" accept',
        'rule family="ipv6" source address="2001:db8::/32" protocol value="ipv6-icmp" accept',
    ]
    assert len(spoken(rule("icmp", 0, peers=["any"]))) == 3


def test_what_comes_by_an_interface_of_its_own_is_left_to_that_zone():
    assert spoken(rule(interface="virbr0")) == ['rule protocol value="igmp" accept']


def test_many_peers_are_a_set():
    peers = [f"192.0.2.{n}" for n in range(1, 31)]
    asked = made(rule(peers=peers))
    assert 'source ipset="muster-peers1"' in zone.spoken(zone.rules(asked, False)[1])
    assert zone.sets(asked) == {"muster-peers1": ("inet", tuple(peers))}
    found = zone.files(asked, False, "", ["muster-peers7.xml", "other.xml"])
    assert found[f"{zone.SETS}/muster-peers7.xml"] == ""
    assert f"{zone.SETS}/other.xml" not in found
    entries = ElementTree.fromstring(found[f"{zone.SETS}/muster-peers1.xml"].encode())
    assert [each.text for each in entries.iter("entry")] == peers


def test_the_zone_s_file_says_the_same():
    tree = ElementTree.fromstring(zone.zone_text(zone.rules(made(rule()), True)).encode())
    assert tree.get("target") == "DROP"
    assert [each.find("port").attrib for each in tree.iter("rule") if each.find("port") is not None]
    assert all(each.find("accept") is not None for each in tree.iter("rule"))


@given(
    st.lists(st.sampled_from(["# x", "DefaultZone=public", "LogDenied=off", " DefaultZone = a"]))
)
def test_only_the_default_zone_of_the_settings_is_changed(rows):
    text = "".join(f"{row}\n" for row in rows)
    new = zone.defaulted(text)
    left = [row for row in new.splitlines() if "DefaultZone" not in row]
    assert left == [row for row in rows if "DefaultZone" not in row]
    assert "DefaultZone=muster" in new.splitlines()
    assert zone.defaulted(new) == new


def test_a_set_is_told_with_its_family():
    info = (
        "muster-peers1\n  type: hash:net\n  options: family=inet6\n  entries: ::1 2001:db8::/32\n"
    )
    assert zone.set_told(info) == ("inet6", {"::1", "2001:db8::/32"})


def test_zones_with_interfaces_and_sources():
    active = (
        "public\n  interfaces: eth0 eth1\nlibvirt\n  interfaces: virbr0\n  sources: 192.0.2.1\n"
    )
    assert zone.bound(active) == {"public": ["eth0", "eth1"], "libvirt": ["virbr0", "192.0.2.1"]}


def test_what_runs_only_is_seen_and_order_and_interfaces_are_not():
    kept = "dmz\n  interfaces: \n  ports: 1/tcp 2/tcp\n\nmuster\n  target: DROP\n"
    now = "dmz (active)\n  interfaces: eth1\n  ports: 2/tcp 1/tcp\n\nmuster\n  target: default\n"
    assert zone.settled(now) == zone.settled(kept)
    assert zone.settled(now.replace("2/tcp", "3/tcp")) != zone.settled(kept)
