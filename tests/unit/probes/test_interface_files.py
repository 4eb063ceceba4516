from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import facts
from saltext.muster.probes import (
    _ifcfg,
    _ifupdown,
    _ini,
    _interfaces,
    _keyfile,
    _leases,
    _netplan,
    interface_files,
)
from saltext.muster.probes.source import Unreadable, unknown

#: The stanza of Ganeti's tutorial, with its own example's values.
XEN_BR0 = """auto xen-br0
iface xen-br0 inet static
        address 10.0.0.7
        netmask 255.255.255.0
        network 10.0.0.0
        broadcast 10.0.0.255
        gateway 10.0.0.1
        bridge_ports eth0
        bridge_stp off
        bridge_fd 0
"""


def shape(entry):
    """Return the parts of an entry that most tests are about."""
    return entry["interface"], entry["ipv4"], entry["ipv6"], entry["addresses"], entry["auto"]


def shapes(found):
    return [shape(entry) for entry in found["entries"]]


def test_the_tutorial_s_stanza(host):
    (entry,) = _ifupdown.read(host({_ifupdown.MAIN: XEN_BR0}))["entries"]
    assert shape(entry) == ("xen-br0", "static", "", ["10.0.0.7/24"], True)
    assert entry["file"] == _ifupdown.MAIN
    assert entry["options"]["bridge_ports"] == "eth0"
    assert entry["options"]["bridge_stp"] == "off"


def test_ifupdown_s_syntax():
    text = (
        "# a comment\nauto lo \\\n  eno1\nallow-hotplug eno2\n\n"
        "iface eno1 inet \\\n static\n address 192.0.2.11/24\n up ip route add secret\n"
        "iface eno1 inet6 static\n\taddress 2001:db8::1\n\tnetmask 64\n"
        "iface eno2 inet dhcp\niface eno3 inet manual\niface eno4\niface eno5 inet6 auto\n"
        "mapping eth0\n script /x\niface\nno-auto-down eno1\n"
    )
    entries, auto, inclusions = _ifupdown.parse(text, "/f")
    assert [shape(each)[:4] for each in entries] == [
        ("eno1", "static", "", ["192.0.2.11/24"]),
        ("eno1", "", "static", ["2001:db8::1/64"]),
        ("eno2", "dhcp", "", []),
        ("eno3", "manual", "", []),
        ("eno4", "inherited", "", []),
        ("eno5", "", "auto", []),
    ]
    assert auto == {"lo", "eno1", "eno2"}
    assert inclusions == []
    assert "up" not in entries[0]["options"]


def test_ifupdown_s_inclusions(host):
    files = {
        _ifupdown.MAIN: (
            "source interfaces.d/*.cfg\nsource-directory /etc/network/more\n"
            "source /etc/network/folder\nsource /etc/network/gone/*\n"
        ),
        "/etc/network/interfaces.d/a.cfg": "iface a inet manual\nsource /etc/network/interfaces\n",
        "/etc/network/interfaces.d/b": "iface b inet manual\n",
        "/etc/network/interfaces.d/sub/x.cfg": "iface x inet manual\n",
        "/etc/network/more/c": "iface c inet manual\nauto c\n",
        "/etc/network/more/d.dpkg-old": "iface d inet manual\n",
        "/etc/network/folder/e": "iface e inet manual\n",
    }
    found = _ifupdown.read(host(files))
    assert [shape(entry)[0] for entry in found["entries"]] == ["a", "c", "e"]
    assert [entry["auto"] for entry in found["entries"]] == [False, True, False]
    assert found["unread"] == ["/etc/network/interfaces.d/b"]
    assert "/etc/network/more/d.dpkg-old" not in found["files"]


@pytest.mark.parametrize("word", ["$(hostname)", "~/x", "{a,b}", "`id`"])
def test_an_inclusion_that_a_shell_would_expand_is_unknown(host, word):
    found = interface_files.read(host({_ifupdown.MAIN: f"source {word}\n"}))
    assert "needs a shell" in found["ifupdown"]["unknown"]


def test_ifupdown_s_files_without_end_are_unknown(host):
    files = {f"/etc/n{i}": f"source /etc/n{i + 1}\n" for i in range(20)}
    files[_ifupdown.MAIN] = "source /etc/n0\n"
    assert "nested too deep" in interface_files.read(host(files))["ifupdown"]["unknown"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BOOTPROTO=none\nIPADDR=192.0.2.1\nPREFIX=24\n", ("eno1", "static", ["192.0.2.1/24"])),
        ("BOOTPROTO=\"static\"\nIPADDR='192.0.2.1'\n", ("eno1", "static", ["192.0.2.1"])),
        ("IPADDR=192.0.2.1\nNETMASK=255.255.254.0\n", ("eno1", "static", ["192.0.2.1/23"])),
        ("IPADDR=192.0.2.1\nNETMASK=255.0.255.0\n", ("eno1", "static", ["192.0.2.1"])),
        ("IPADDR=192.0.2.1 # main\n", ("eno1", "static", ["192.0.2.1"])),
        ("", ("eno1", "manual", [])), ("DEVICE=x\n", ("x", "manual", [])),
        ("BOOTPROTO=DHCP\n", ("eno1", "dhcp", [])), ("BOOTPROTO=bootp\n", ("eno1", "dhcp", [])),
        ("BOOTPROTO=ibft\n", ("eno1", "ibft", [])),
        ("IPADDR0=192.0.2.1\nPREFIX0=24\nIPADDR1=192.0.2.2\nPREFIX1=25\n",
         ("eno1", "static", ["192.0.2.1/24", "192.0.2.2/25"])),
    ],
)  # fmt: skip
def test_ifcfg(text, wanted):
    entry = _ifcfg.parse(text, "/etc/sysconfig/network-scripts/ifcfg-eno1")
    assert (entry["interface"], entry["ipv4"], entry["addresses"]) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ""), ("IPV6INIT=yes\n", "auto"), ("IPV6INIT=yes\nIPV6_AUTOCONF=no\n", "manual"),
        ("IPV6INIT=yes\nIPV6ADDR=2001:db8::1/64\n", "static"), ("DHCPV6C=yes\n", "dhcp"),
    ],
)  # fmt: skip
def test_ifcfg_s_ipv6(text, wanted):
    assert _ifcfg.parse(text, "ifcfg-a")["ipv6"] == wanted


def test_ifcfg_s_backups_are_no_configuration(host):
    names = (
        "ifcfg-eno1",
        "ifcfg-eno1.bak",
        "ifcfg-eno1~",
        "ifcfg-lo",
        "ifcfg-a.rpmsave",
        "route-a",
    )
    source = host({f"{_ifcfg.FOLDER}/{name}": "ONBOOT=no\n" for name in names})
    assert shapes(_ifcfg.read(source)) == [("eno1", "manual", "", [], False)]


def test_networkmanager_s_connections(host):
    folder = _keyfile.NM_FOLDERS[0]
    head = "[connection]\nid=a\ninterface-name={}\ntype=ethernet\n"
    files = {
        f"{folder}/a.nmconnection": head.format("a") + "[ipv4]\naddress1=192.0.2.1/24,192.0.2.254\n"
        "address2=192.0.2.2/24\nmethod=manual\n[ipv6]\nmethod=ignore\n",
        f"{folder}/b": head.format("b") + "autoconnect=false\n",
        f"{folder}/c": head.format("c") + "master=br0\nslave-type=bridge\n",
        f"{folder}/d": head.format("d") + "[ipv4]\nmethod=disabled\n[ipv6]\nmethod=manual\n"
        "addresses=2001:db8::1/64;2001:db8::2/64;\n",
        f"{folder}/e": head.format("e") + "[ipv4]\nmethod=shared\n[ipv6]\nmethod=dhcp\n",
        f"{folder}/lo": "[connection]\nid=lo\ntype=loopback\n",
        f"{folder}/.hidden": head,
        f"{folder}/f~": head,
    }
    assert shapes(_keyfile.nm(host(files))) == [
        ("a", "static", "manual", ["192.0.2.1/24", "192.0.2.2/24"], True),
        ("b", "dhcp", "auto", [], False),
        ("c", "manual", "manual", [], True),
        ("d", "manual", "static", ["2001:db8::1/64", "2001:db8::2/64"], True),
        ("e", "shared", "dhcp", [], True),
    ]


def test_passwords_are_left_out(host):
    source = host(
        {
            f"{_keyfile.NM_FOLDERS[0]}/wifi": "[wifi-security]\npsk=geheim\n",
            "/etc/netplan/a.yaml": "network:\n  wifis:\n    w:\n      password: geheim\n",
            _ifupdown.MAIN: "iface w inet dhcp\n  wpa-psk geheim\n",
        }
    )
    found = interface_files.read(source)
    assert "geheim" not in str(found)
    assert len(source.left_out) == 3


def test_networkd_s_own_files(host):
    files = {
        "/etc/systemd/network/10-a.network": "[Match]\nName=eno1\n"
        "[Network]\nAddress=192.0.2.1/24\n",
        "/etc/systemd/network/10-a.network.d/x.conf": "[Network]\nDHCP=ipv4\n",
        "/etc/systemd/network/20-b.network": "[Match]\nName=eno* ens*\n[Network]\nDHCP=yes\n",
        "/run/systemd/network/10-netplan-eno3.network": "[Match]\nName=eno3\n",
        "/etc/systemd/network/30-c.network": "[Match]\nName=c\n[Address]\nAddress=192.0.2.3/24\n"
        "[Network]\nAddress=\nAddress=192.0.2.4/24\n",
        "/etc/systemd/network/40-d.link": "[Match]\nName=d\n",
    }
    source = host(files, links={"/etc/systemd/network/50-e.network": "/dev/null"})
    assert shapes(_keyfile.networkd(source)) == [
        ("eno1", "dhcp", "manual", ["192.0.2.1/24"], True),
        ("eno* ens*", "dhcp", "dhcp", [], True),
        ("c", "static", "manual", ["192.0.2.4/24"], True),
    ]


NETPLAN = """network:
  version: 2
  renderer: networkd
  ethernets:
    eno1:
      addresses: [192.0.2.11/24, 2001:db8::11/64]
      routes:
        - to: default
          via: 192.0.2.1
    id0:
      match: {macaddress: 3c:ec:ef:10:20:31}
      set-name: eno2
      dhcp4: yes
  bridges:
    br0:
      interfaces: [eno3]
      addresses:
        - 192.0.2.12/24:
            label: br0:0
        - 192.0.2.13/24
"""


def test_netplan(host):
    assert shapes(_netplan.read(host({"/etc/netplan/a.yaml": NETPLAN}))) == [
        ("eno1", "static", "static", ["192.0.2.11/24", "2001:db8::11/64"], True),
        ("eno2", "dhcp", "manual", [], True),
        ("br0", "static", "manual", ["192.0.2.12/24", "192.0.2.13/24"], True),
    ]


def test_netplan_s_files_are_put_together(host):
    line = "network:\n  ethernets:\n    eno1:\n"
    files = {
        "/etc/netplan/a.yaml": f"{line}      dhcp4: true\n      addresses: [192.0.2.1/24]\n",
        "/etc/netplan/b.yaml": f"{line}      dhcp4: false\n      addresses: [192.0.2.2/24]\n",
        # Hidden by the file of the same name in /run, and no YAML by its name.
        "/lib/netplan/b.yaml": f"{line}      dhcp6: true\n",
        "/etc/netplan/c.yaml.bak": f"{line}      dhcp4: true\n",
        "/run/netplan/c.yaml": "",
        "/etc/netplan/c.yaml": f"{line}      dhcp4: true\n",
    }
    found = _netplan.read(host(files))
    assert shapes(found) == [("eno1", "static", "manual", ["192.0.2.1/24", "192.0.2.2/24"], True)]
    assert found["entries"][0]["file"] == "/etc/netplan/b.yaml"


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("dhcp4: maybe", "neither yes nor no"), ("addresses: x", "no list"),
        ("addresses: [x]", "is none"), ("match: [a]", "no mapping"), ("dhcp4: &a yes", "line 4"),
    ],
)  # fmt: skip
def test_netplan_that_is_not_understood_is_unknown(host, inner, why):
    text = f"network:\n  ethernets:\n    a:\n      {inner}\n"
    found = interface_files.read(host({"/etc/netplan/a.yaml": text}))
    assert why in found["netplan"]["unknown"]


LEASES = """default-duid "\\000\\001";
lease {
  interface "eno1";
  fixed-address 192.0.2.7;
  option subnet-mask 255.255.255.0;
  expire 4 2026/11/19 01:02:03;
}
lease {
  interface "eno1";
  fixed-address 192.0.2.8;
  expire 5 2026/11/20 1:02:03;
}
lease6 {
  interface "eno2";
  ia-na 11:22 {
    iaaddr 2001:db8::7 {
    }
  }
}
"""


def test_dhclient_s_leases_the_last_of_each_interface():
    assert _leases.parse_dhclient(LEASES) == [
        {"interface": "eno1", "address": "192.0.2.8", "expires": "2026-11-20 01:02:03"},
        {"interface": "eno2", "address": "2001:db8::7", "expires": ""},
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("never", "never"), ("epoch 0", "1970-01-01 00:00:00"), ("", ""),
        ("7 2026/1/1 0:00:00", ""),
        ("epoch 99999999999", ""), ("3 2026/1/2 3:04:05", "2026-01-02 03:04:05"),
    ],
)  # fmt: skip
def test_dhclient_s_dates(text, wanted):
    assert _leases.date(text) == wanted


def test_leases_of_all_clients(host):
    uuid, other = (f"{digit}f4b2c7e-6b0c-4c55-9d0e-0f4f3d1c7a11" for digit in "89")
    stat = "{} ({}) S 1 7 7 0 -1 4194560 100 0 0 0 5 5 0 0 20 0 1 0 1500 10000000 1000 184"
    files = {
        "/var/lib/dhcp/dhclient.eno1.leases": LEASES,
        "/var/lib/dhcpcd/eno3.lease": bytes(16) + bytes([192, 0, 2, 9]) + bytes(220),
        "/var/lib/dhcpcd/eno4.lease": b"short",
        "/run/systemd/netif/leases/5": "# private\nADDRESS=192.0.2.10\n",
        f"/var/lib/NetworkManager/internal-{uuid}-eno6.lease": "ADDRESS=192.0.2.12\n",
        f"/var/lib/NetworkManager/internal-{other}-eno7.lease": "ADDRESS=192.0.2.13\n",
        "/run/NetworkManager/devices/6": f"[device]\nconnection-uuid={uuid}\n",
        "/sys/class/net/eno5/ifindex": "5\n",
        "/sys/class/net/bonding_masters": "",
        "/proc/7/stat": stat.format(7, "dhclient"),
        "/proc/7/cmdline": "dhclient\0-4\0eno5\0",
        "/proc/8/stat": stat.format(8, "dhcpcd"),
        "/proc/8/cmdline": "dhcpcd: [manager] [ip4]\0",
        "/proc/9/stat": stat.format(9, "dhclient"),
        "/proc/10/stat": stat.format(10, "sshd"),
    }
    found = interface_files.read(host(files))
    assert [(e["client"], e["interface"], e["address"]) for e in found["leases"]] == [
        ("dhclient", "eno1", "192.0.2.8"),
        ("dhclient", "eno2", "2001:db8::7"),
        ("dhcpcd", "eno3", "192.0.2.9"),
        ("networkd", "eno5", "192.0.2.10"),
        ("NetworkManager", "eno6", "192.0.2.12"),
    ]
    assert found["clients"] == [
        {"client": "dhclient", "interfaces": ["eno5"]},
        {"client": "dhcpcd", "interfaces": []},
    ]


def test_nothing_there(host):
    found = interface_files.read(host({"/etc/": ""}))
    assert all(found[key]["entries"] == [] for key in ("ifupdown", "ifcfg", "netplan", "networkd"))
    assert found["leases"] == []
    assert unknown(found["clients"])
    assert all(unknown(value) for key, value in interface_files.read(host()).items() if key == "x")


def test_one_unreadable_file_leaves_the_other_backends(host):
    found = interface_files.read(host({"/etc/netplan/a.yaml/": "", _ifupdown.MAIN: XEN_BR0}))
    assert unknown(found["netplan"])
    assert shapes(found["ifupdown"])[0][0] == "xen-br0"


PATHS = (
    _ifupdown.MAIN, "/etc/netplan/a.yaml", f"{_ifcfg.FOLDER}/ifcfg-eno1", "/etc/resolv.conf",
    f"{_keyfile.NM_FOLDERS[0]}/a", "/etc/systemd/network/a.network", "/etc/systemd/resolved.conf",
    "/var/lib/dhcp/dhclient.leases", "/var/lib/dhcpcd/a.lease", "/run/systemd/netif/leases/2",
    "/run/NetworkManager/devices/2", "/etc/NetworkManager/conf.d/a.conf", "/etc/yum.conf",
    "/var/lib/NetworkManager/internal-8f4b2c7e-6b0c-4c55-9d0e-0f4f3d1c7a11-a.lease",
    "/proc/net/route", "/proc/net/ipv6_route", "/proc/net/if_inet6", "/etc/apt/apt.conf",
    "/sys/class/net/a/ifindex", "/sys/class/net/a/type",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "binary", "empty", "nul"])
def test_odd_files_never_stop_a_probe(host, tmp_path, kind):
    source = host({"/sys/class/net/a/device/": ""})
    for path in PATHS:
        here = tmp_path / "root" / path.lstrip("/")
        here.parent.mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            here.mkdir()
        elif kind == "fifo":
            os.mkfifo(here)
        elif kind == "loop":
            here.symlink_to(here.name)
        else:
            here.write_bytes({"binary": bytes(range(256)) * 40, "nul": bytes(9999)}.get(kind, b""))
    names = ("interface_files", "resolver", "reach", "wol", "ipmi")
    found = facts.collect(names, source=source)
    assert [name for name in names if set(found[name]) == {"unknown"}] == []
    json.dumps(found).encode("utf-8")


def test_settings_in_sections():
    text = "a=1\n[S]\n#b=2\n;c=3\n d = 4 \ne=5\\\n# in between\n  6\n[T]\nodd\n"
    wanted = [("", "a", "1"), ("S", "d", "4"), ("S", "e", "5   6")]
    assert _ini.settings(text, continued=True) == wanted
    assert _ini.settings("[S]\na=1\\\nb=2") == [("S", "a", "1\\"), ("S", "b", "2")]


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode("utf-8", "backslashreplace"))))
def test_no_text_stops_a_parser(text):
    _ifupdown.parse(text, "/f")
    _ifcfg.parse(text, "/f")
    _keyfile.parse_nm(text, "/f")
    _keyfile.parse_networkd(text, "/f")
    _leases.parse_dhclient(text)
    _leases.date(text)
    _interfaces.with_prefix(text, text)
    _interfaces.family(text)


json_values = st.recursive(
    st.text(max_size=5) | st.sampled_from(["192.0.2.1/24", "true", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["ethernets", "bridges", "a", "dhcp4", "addresses", "match", "set-name"]),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values, json_values)
def test_no_netplan_stops_the_reader(old, new):
    try:
        _netplan.entries({"ethernets": _netplan.merge(old, new)}, {})
    except Unreadable:
        pass
