from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _ini, resolver
from saltext.muster.probes.source import unknown

NM = "/etc/NetworkManager/NetworkManager.conf"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nameserver 192.0.2.53\n", (["192.0.2.53"], [])),
        ("nameserver\t2001:DB8::53 # c\n", (["2001:db8::53"], [])),
        ("nameserver fe80::1%eno1\n", (["fe80::1"], [])),
        # Not at the margin, in a comment, another word: the C library sees nothing.
        (" nameserver 192.0.2.53\n#nameserver 1\n;nameserver 1\nnameservers 1\n", ([], [])),
        ("nameserver ns1.example.com\nnameserver \nnameserver\n", ([], ["ns1.example.com", ""])),
        ("nameserver 192.0.2.1 192.0.2.2\r\n", (["192.0.2.1"], [])),
        ("", ([], [])),
    ],
)
def test_resolv_conf(text, wanted):
    assert resolver.parse(text) == wanted


def test_no_file_is_no_nameserver(host):
    found = resolver.read(host({"/etc/": ""}))
    assert (found["nameservers"], found["odd"], found["link"]) == ([], [], "")


def test_a_link_whose_target_was_not_captured_is_unknown(host):
    links = {"/etc/resolv.conf": "../run/systemd/resolve/stub-resolv.conf"}
    found = resolver.read(host({"/etc/": ""}, links=links))
    assert "not captured" in found["nameservers"]["unknown"]
    assert found["link"] == links["/etc/resolv.conf"]


def test_resolved_s_files_in_their_order(host):
    conf = "/resolved.conf.d/"
    files = {
        "/etc/systemd/resolved.conf": "[Resolve]\nDNS=192.0.2.1 192.0.2.2\nDNS=192.0.2.3\n",
        "/usr/lib/systemd/resolved.conf": "[Resolve]\nDNS=192.0.2.99\n",
        f"/usr/lib/systemd{conf}50-a.conf": "[Resolve]\nDNS=\nDNS=192.0.2.4\n",
        # Later by its name, though its folder comes first.
        f"/etc/systemd{conf}60-b.conf": "[Resolve]\nDNS=192.0.2.5\n[Other]\nDNS=192.0.2.98\n",
        # Hidden by /etc's file of the same name.
        f"/run/systemd{conf}60-b.conf": "[Resolve]\nDNS=192.0.2.97\n",
        f"/etc/systemd{conf}c.txt": "[Resolve]\nDNS=192.0.2.96\n",
        f"/usr/lib/systemd{conf}70-d.conf": "[Resolve]\nDNS=192.0.2.95\n",
    }
    source = host(files, links={f"/etc/systemd{conf}70-d.conf": "/dev/null"})
    found = resolver.read(source)["resolved"]
    assert found["dns"] == ["192.0.2.4", "192.0.2.5"]
    assert found["files"] == [
        "/etc/systemd/resolved.conf", f"/usr/lib/systemd{conf}50-a.conf",
        f"/etc/systemd{conf}60-b.conf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({}, ""), ({NM: "[main]\ndns=none\n"}, "none"),
        ({NM: "[main]\ndns=none\ndns=default\n"}, "default"),
        ({NM: "dns=none\n[logging]\ndns=none\n"}, ""),
        # usr, then run, then the main file, then etc; of one name the folder nearest to etc.
        ({"/usr/lib/NetworkManager/conf.d/z.conf": "[main]\ndns=a\n",
          "/run/NetworkManager/conf.d/a.conf": "[main]\ndns=b\n"}, "b"),
        ({"/run/NetworkManager/conf.d/z.conf": "[main]\ndns=b\n", NM: "[main]\ndns=c\n"}, "c"),
        ({"/etc/NetworkManager/conf.d/a.conf": "[main]\ndns=d\n", NM: "[main]\ndns=c\n"}, "d"),
        ({"/etc/NetworkManager/conf.d/z.conf": "[main]\n", NM: "[main]\n",
          "/usr/lib/NetworkManager/conf.d/z.conf": "[main]\ndns=a\n"}, ""),
        ({NM: "[main]\ndns=none\n", "/etc/NetworkManager/conf.d/z.conf":
          "[main]\ndns=d\n[.config]\nenable=false\n"}, "none"),
        ({NM: "[main]\n", "/etc/NetworkManager/conf.d/z.conf":
          "[main]\ndns=d\n[.config]\nenable=true\n"}, "d"),
        ({NM: "[main]\ndns=c\n", "/etc/NetworkManager/conf.d/z.conf":
          "[logging]\nlevel=a\n[.config]\nenable=env:X\n"}, "c"),
    ],
)  # fmt: skip
def test_networkmanager_s_files_in_their_order(host, files, wanted):
    assert resolver.read(host({"/etc/": "", **files}))["networkmanager"]["dns"] == wanted


def test_a_snippet_with_a_condition_is_unknown(host):
    text = "[main]\ndns=d\n[.config]\nenable=nm-version:1.40\n"
    found = resolver.read(host({"/etc/NetworkManager/conf.d/z.conf": text}))["networkmanager"]
    assert "nm-version:1.40" in found["dns"]["unknown"]
    assert found["installed"] is False


def test_networkmanager_s_unit(host):
    unit = "NetworkManager.service"
    files = {
        f"/usr/lib/systemd/system/{unit}": "[Unit]\n",
        "/sys/fs/cgroup/system.slice/": "",
        f"/sys/fs/cgroup/system.slice/{unit}/cgroup.events": "populated 1\n",
    }
    found = resolver.read(host(files))["networkmanager"]
    assert (found["installed"], found["enabled"], found["active"]) == (True, False, True)


def test_an_empty_root(host):
    found = resolver.read(host())
    assert unknown(found["nameservers"])
    assert unknown(found["networkmanager"]["dns"])


@given(st.text())
def test_no_text_stops_a_parser(text):
    resolver.parse(text)
    resolver.dns_servers(_ini.settings(text, continued=True), ["a"])
    resolver.main_setting([_ini.settings(text)], "dns")
