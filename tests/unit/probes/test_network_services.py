"""Forwarding, bridges as brctl shows them, ndppd, and PVC's list of cards."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import bridges, forwarding, ndppd, pvcnoded
from saltext.muster.probes.source import Unreadable, unknown

V6 = "/proc/sys/net/ipv6/conf"
V4 = "/proc/sys/net/ipv4/ip_forward"


def test_forwarding(host):
    files = {V4: "1\n"}
    for name, forward, proxy in (
        ("all", 1, 0),
        ("vmbr0", 1, 1),
        ("bond0.100", 0, 2),
        ("eno1", 0, 0),
    ):
        files[f"{V6}/{name}/forwarding"] = f"{forward}\n"
        files[f"{V6}/{name}/proxy_ndp"] = f"{proxy}\n"
    files["/etc/sysctl.d/9.conf"] = "net.ipv4.ip_forward=1\nvm.swappiness = 10\n"
    assert forwarding.read(host(files)) == {
        "ipv4": True, "ipv6": True, "proxy_ndp": ["bond0.100", "vmbr0"],
        "configured": {"net.ipv4.ip_forward": "1"},
    }  # fmt: skip


def test_no_forwarding_and_no_ipv6(host):
    found = forwarding.read(host({V4: "0\n"}))
    assert (found["ipv4"], found["proxy_ndp"], unknown(found["ipv6"])) == (False, [], True)


def test_nothing_is_known_of_an_empty_root(host):
    found = forwarding.read(host())
    assert all(unknown(found[key]) for key in ("ipv4", "ipv6", "proxy_ndp"))


def test_a_setting_that_is_no_number(host):
    found = forwarding.read(host({V4: "yes\n", f"{V6}/all/proxy_ndp": "x\n"}))
    assert unknown(found["ipv4"]) and unknown(found["proxy_ndp"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("net.ipv4.ip_forward = 1", {"net.ipv4.ip_forward": "1"}),
        ("-net.ipv4.ip_forward=0", {"net.ipv4.ip_forward": "0"}),
        ("net/ipv4/ip_forward=1", {"net.ipv4.ip_forward": "1"}),
        ("net/ipv6/conf/bond0.100/proxy_ndp = 1", {"net.ipv6.conf.bond0/100.proxy_ndp": "1"}),
        ("net.ipv6.conf.bond0/100.proxy_ndp = 1", {"net.ipv6.conf.bond0/100.proxy_ndp": "1"}),
        ("# net.ipv4.ip_forward = 1", {}),
        ("; net.ipv4.ip_forward = 1", {}),
        ("net.ipv4.ip_forward", {}),
        ("net.ipv4.ip_forward_use_pmtu = 1", {}),
        ("net.ipv4.ip_forward = 0\nnet.ipv4.ip_forward = 1", {"net.ipv4.ip_forward": "1"}),
    ],
)
def test_settings(line, expected):
    assert forwarding.settings(f"{line}\n") == expected


def test_files_of_settings_hide_and_follow_one_another(host):
    found = forwarding.read(
        host(
            {
                "/etc/sysctl.d/50-a.conf": "net.ipv4.ip_forward = 0\n",
                "/usr/lib/sysctl.d/50-a.conf": "net.ipv6.conf.all.forwarding = 1\n",
                "/usr/lib/sysctl.d/60-b.conf": "net.ipv4.ip_forward = 1\n",
                "/etc/sysctl.conf": "net.ipv6.conf.all.proxy_ndp = 1\n",
            }
        )
    )
    assert found["configured"] == {"net.ipv4.ip_forward": "1", "net.ipv6.conf.all.proxy_ndp": "1"}


#: The tutorial's sample; and two bridges, one of two ports, one of none.
BRCTL = "bridge name bridge id STP enabled interfaces\nxen-br0 8000.0020fc1ed55d no eth0\n"
BRIDGES = (
    "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"
    "vmbr0\t\t8000.3cecef102030\tyes\t\teno1\n\t\t\t\t\t\t\tvnet0\n"
    "empty-br\t\t8000.000000000000\tno\t\t\n"
)


def test_brctl():
    found = bridges.parse_brctl(BRCTL)
    assert (found["xen-br0"]["ports"], found["xen-br0"]["stp"]) == (["eth0"], False)
    assert unknown(found["xen-br0"]["forward_delay"])
    found = bridges.parse_brctl(BRIDGES)
    assert [(name, bridge["ports"], bridge["stp"]) for name, bridge in found.items()] == [
        ("vmbr0", ["eno1", "vnet0"], True), ("empty-br", [], False),
    ]  # fmt: skip


def test_brctl_is_asked_where_sysfs_is_not_there(host):
    asked = []
    source = host(run=lambda argv: asked.append(argv) or BRCTL)
    assert list(bridges.read(source)["bridges"]) == ["xen-br0"]
    assert asked == [["brctl", "show"]]
    host({"/sys/class/net/lo/ifindex": "1\n"})
    assert bridges.read(source)["bridges"] == {}


SAMPLE = "proxy enp3s0f0 {\n rule 2a01:4f8:13b:9a7::/64 {\n iface vmbr0\n }\n}\n"


def proxy(interface, *rules):
    keys = ("prefix", "method", "interface")
    listed = [dict(zip(keys, rule, strict=True)) for rule in rules]
    return {"interface": interface, "rules": listed}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SAMPLE, [proxy("enp3s0f0", ("2a01:4f8:13b:9a7::/64", "iface", "vmbr0"))]),
        ("", []),
        ("route-ttl 30000\naddress-ttl = 30000\n", []),
        ("proxy a {}", [proxy("a")]),
        ("proxy a\n", [proxy("a")]),
        ("proxy {}", [proxy("")]),
        ("proxy = \"a\" { rule '::1' { static } }", [proxy("a", ("::1", "static", ""))]),
        (
            "proxy a { # one\n router no // two\n rule ::/0 { /* 3 */ auto }\n rule 1:: { }\n}\n",
            [proxy("a", ("::/0", "auto", ""), ("1::", "", ""))],
        ),
        ("# proxy a {\n/* proxy b {\n */ proxy c {}\n/* open", [proxy("c")]),
        ("proxy a {}\nproxy b {}\n", [proxy("a"), proxy("b")]),
        ("proxy a {", None),
        ("proxy a { rule ::/0 {", None),
        ("proxy a }", None),
        ("}", None),
        ("{", None),
        ("proxy a\n{\n}\n", None),
        ("x {" * 30 + "}" * 30, None),
    ],
)
def test_proxies_of_ndppd(text, expected):
    assert ndppd.proxies(text) == expected


def test_ndppd_without_a_file(host):
    found = ndppd.read(host({"/usr/sbin/": ""}))
    assert (found["installed"], found["configured"], found["proxies"]) == (False, False, [])
    assert found["service"]["installed"] is False


def test_ndppd_installed_and_configured(host, tmp_path):
    source = host({"/usr/sbin/ndppd": "ELF", ndppd.FILE: SAMPLE})
    (tmp_path / "root/usr/sbin/ndppd").chmod(0o755)
    found = ndppd.read(source)
    assert (found["installed"], found["configured"], len(found["proxies"])) == (True, True, 1)


def test_a_broken_file_of_ndppd_is_no_empty_one(host):
    assert unknown(ndppd.read(host({ndppd.FILE: "proxy a {"}))["proxies"])
    assert unknown(ndppd.read(host())["installed"])


def test_ndppd_as_another_name_of_a_unit(host):
    source = host(
        {"/usr/lib/systemd/system/other.service": "[Unit]\n"},
        links={"/etc/systemd/system/ndppd.service": "/usr/lib/systemd/system/other.service"},
    )
    assert unknown(ndppd.read(source)["service"])


OLD = """\
pvc:
  system:
    fencing:
      ipmi:
        pass: S3cret!
    configuration:
      networking:
        # sriov_enable: Enable or disable
        sriov_enable: True
        sriov_device:
            # The physical device name
          - phy: ens1f1
            mtu: 9000
            vfcount: 8
          - phy: ens1f0

            vfcount: 0
        upstream:
          device: ens4
"""
NEW = """\
guest_networking:
  sriov_enable: no

  sriov_device:

      # one that is not found is ignored
    - device: ens1f1
      mtu: 9000
      vfcount: 4

# Ceph configuration
ceph:
  secret: 7
"""


@pytest.mark.parametrize(
    ("text", "enabled", "devices"),
    [
        (OLD, True, {"ens1f1": 8, "ens1f0": 0}),
        (NEW, False, {"ens1f1": 4}),
        (NEW.replace("no\n", '"on"\n'), True, {"ens1f1": 4}),
        ("sriov_enable: yes\n", True, {}),
        ("sriov_device: []\n", False, {}),
        ("sriov_device:\n", False, {}),
        ("sriov_device:\n- phy: a\n  vfcount: 2\nsriov_enable: yes\n", True, {"a": 2}),
        ("  # sriov_device:\n", False, {}),
        ("", False, {}),
    ],
)
def test_cards_with_virtual_functions(text, enabled, devices):
    assert pvcnoded.sriov(text) == {"enabled": enabled, "devices": devices}


@pytest.mark.parametrize(
    "text",
    ["sriov_device:\n  - vfcount: 2\n", "sriov_device:\n  - phy: a\n    vfcount: many\n",
     "sriov_device:\n  - a\n", "sriov_device: a\n", "sriov_device: {a: 2}\n",
     "sriov_device:\n  - phy: [a]\n"],
)  # fmt: skip
def test_a_list_of_cards_that_is_none(text):
    with pytest.raises(Unreadable):
        pvcnoded.sriov(text)


@pytest.mark.parametrize(("path", "text"), list(zip(pvcnoded.FILES, (NEW, OLD, OLD), strict=True)))
def test_pvcs_passwords_stay_out(host, path, text):
    source = host({path: text})
    found = pvcnoded.read(source)
    assert found["file"] == path
    assert "S3cret!" not in json.dumps(found)
    assert [note["what"] for note in source.left_out] == [path]


def test_no_pvc(host):
    source = host()
    assert pvcnoded.read(source) == {"file": "", "sriov": {"enabled": False, "devices": {}}}
    assert source.left_out == []


@given(st.text())
def test_nothing_stops_the_parsers(text):
    json.dumps([forwarding.settings(text), bridges.parse_brctl(text), ndppd.proxies(text)])
    for before in ("", "sriov_device:\n", "sriov_device:\n  - phy: "):
        try:
            json.dumps(pvcnoded.sriov(before + text))
        except Unreadable:
            pass


@given(st.text(alphabet="{}\n =#/*\"'aproxyrule:/ "))
def test_nothing_stops_the_parser_of_ndppd(text):
    json.dumps([ndppd.proxies(text), ndppd.proxies(f"proxy a {{ rule {text} }}")])
