from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _identity, identity, updates
from saltext.muster.probes.source import Unreadable, unknown

FSID = "8d1e61d5-0f6b-4f5e-9d3c-0c8f6a0a7a11"


def test_a_new_server_is_nothing_yet(host):
    found = identity.read(host({"/proc/self/status": "Uid:\t0\t0\t0\t0\n"}))
    assert found == {
        "ganeti": "", "pvc": False, "vmmanager": False, "ceph": "", "ravada": "", "uid": 0,
        "guests": {"libvirt_running": [], "libvirt_defined": [], "containers": []},
    }  # fmt: skip


def test_what_a_node_is(host):
    found = identity.read(host({
        "/var/lib/ganeti/ssconf_cluster_name": "c.example.com\n", "/etc/pvc/pvcnoded.yaml": "",
        "/opt/ispsystem/": "", "/etc/ceph/ceph.conf": f"[global]\nfsid = {FSID}\n",
        "/usr/share/perl5/Ravada.pm": "package Ravada;\nour $VERSION = '2.3.1';\n",
    }))  # fmt: skip
    assert (found["ganeti"], found["pvc"], found["vmmanager"]) == ("c.example.com", True, True)
    assert (found["ceph"], found["ravada"]) == (FSID, "2.3.1")


def test_guests(host):
    found = identity.read(host({
        "/run/libvirt/qemu/a.pid": "7\n", "/run/libvirt/qemu/driver.pid": "1\n",
        "/etc/libvirt/qemu/a.xml": "", "/etc/libvirt/qemu/b.xml": "",
        "/etc/libvirt/qemu/networks/default.xml": "",
        "/var/snap/lxd/common/lxd/containers/c1/": "", "/var/lib/lxc/c2/": "",
    }))["guests"]  # fmt: skip
    assert found == {
        "libvirt_running": ["a"], "libvirt_defined": ["a", "b"], "containers": ["c1", "c2"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"fsid = {FSID}\n", FSID),
        (f"\tfsid={FSID.upper()} ; mine\n", FSID),
        (f"# fsid = {FSID}\n", ""),
        ("fsid = 12\n", ""),
        ("", ""),
    ],
)
def test_fsid(text, wanted):
    assert _identity.parse_fsid(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("our $VERSION = '2.3.1';\n", "2.3.1"), ('our $VERSION="0.4.0-beta1";\n', "0.4.0-beta1")],
)
def test_ravada(text, wanted):
    assert identity.parse_ravada(f"package Ravada;\n{text}") == wanted


@pytest.mark.parametrize("text", ["", "our $VERSION = $x;", "# our $VERSION = '1';"])
def test_a_module_without_a_version_is_unreadable(text):
    with pytest.raises(Unreadable):
        identity.parse_ravada(text)


def test_an_unreadable_file_is_not_no_cluster(host):
    found = identity.read(host({"/etc/ceph/ceph.conf/": ""}))
    assert unknown(found["ceph"])
    assert unknown(found["uid"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("\n0 updates can be applied immediately.\n\n", 0),
        ("\n12 updates can be applied immediately.\n3 of these updates are security.\n", 12),
        ("\n5 packages can be updated.\n0 updates are security updates.\n", 5),
    ],
)
def test_due_updates(host, text, number):
    assert updates.parse_notes(text) == number
    source = host({"/var/lib/update-notifier/updates-available": text})
    assert updates.read(source)["pending"] == number


def test_no_count_of_updates_is_not_none_due(host):
    assert unknown(updates.read(host())["pending"])
    assert unknown(
        updates.read(host({"/var/lib/update-notifier/updates-available": "x"}))["pending"]
    )


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    _identity.parse_fsid(text)
    for parse in (identity.parse_ravada, identity.parse_uid, updates.parse_notes):
        try:
            parse(text)
        except Unreadable:
            pass
