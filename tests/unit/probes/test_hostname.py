from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import hostname
from saltext.muster.probes.source import unknown

INSTALLED = {"/usr/bin/cloud-init": ""}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("node1\n", "node1"),
        ("node1", "node1"),
        ("# a comment\n\n  node1.example.com  \nnode2\n", "node1.example.com"),
        ("node1\r\n", "node1"),
        ("Node1\n", "Node1"),
        ("# only comments\n", ""),
        ("", ""),
    ],
)
def test_configured(host, text, name):
    assert hostname.read(host({"/etc/hostname": text}))["configured"] == name


def test_no_file_is_no_name_and_an_unreadable_one_is_unknown(host):
    assert hostname.read(host())["configured"] == ""
    assert unknown(hostname.read(host({"/etc/hostname/": ""}))["configured"])


def test_running(host):
    assert hostname.read(host({"/proc/sys/kernel/hostname": "n1\n"}))["running"] == "n1"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("preserve_hostname: true", True),
        ("preserve_hostname: True  # kept", True),
        ("preserve_hostname: yes", True),
        ("preserve_hostname:\tfalse", False),
        ("preserve_hostname:", False),
        ("preserve_hostname: null", False),
        ("manage_etc_hosts: localhost", "localhost"),
        ("manage_etc_hosts: 'template'", "template"),
        ("manage_etc_hosts: On", True),
    ],
)
def test_a_setting(line, wanted):
    assert list(hostname.cloud_settings(line).values()) == [wanted]


@pytest.mark.parametrize(
    "line",
    [
        "# preserve_hostname: true",
        "  preserve_hostname: true",
        "preserve_hostname true",
        "preserve_hostname:true",
        "not_preserve_hostname: true",
        "{preserve_hostname: true}",
    ],
)
def test_no_setting(line):
    assert hostname.cloud_settings(line) == {}


def test_the_last_file_wins(host):
    files = {
        **INSTALLED,
        "/etc/cloud/cloud.cfg": "preserve_hostname: false\nmanage_etc_hosts: true\n",
        "/etc/cloud/cloud.cfg.d/05_a.cfg": "preserve_hostname: false\n",
        "/etc/cloud/cloud.cfg.d/99_b.cfg": "preserve_hostname: true\n",
        "/etc/cloud/cloud.cfg.d/99_c.cfg.old": "preserve_hostname: false\n",
    }
    assert hostname.read(host(files))["cloud_init"] == {
        "installed": True,
        "preserve_hostname": True,
        "manage_etc_hosts": True,
    }


@pytest.mark.parametrize(
    ("files", "installed"),
    [
        ({}, False),
        ({"/etc/cloud/cloud.cfg": "preserve_hostname: false\n"}, False),
        (INSTALLED, True),
        ({**INSTALLED, "/etc/cloud/cloud-init.disabled": ""}, False),
        ({**INSTALLED, "/proc/cmdline": "ro cloud-init=disabled\n"}, False),
    ],
)
def test_installed_means_that_it_will_run(host, files, installed):
    assert hostname.read(host(files))["cloud_init"]["installed"] is installed


def test_an_unreadable_setting_makes_all_of_them_unknown(host):
    files = {
        "/etc/cloud/cloud.cfg": "preserve_hostname: true\n",
        "/etc/cloud/cloud.cfg.d/a.cfg/": "",
    }
    assert unknown(hostname.read(host(files))["cloud_init"])


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    assert "\n" not in hostname.parse(text)
    hostname.cloud_settings(text)


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.lists(LABEL, min_size=1, max_size=4), st.lists(st.sampled_from(["# c\n", "\n"])))
def test_what_is_rendered_is_read_back(labels, before):
    name = ".".join(labels)
    assert hostname.parse("".join(before) + f" {name}\t\n") == name
