from __future__ import annotations

import pytest

from saltext.muster.probes import os
from saltext.muster.probes.source import Source, unknown

from .conftest import DATA

UBUNTU = """\
PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.1 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
"""
DEBIAN = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'


@pytest.mark.parametrize(
    ("version", "codename"),
    [("8.8", "Sapphire Caracal"), ("8.9", "Midnight Oncilla"), ("9.3", "Shamrock Pampas Cat")],
)
def test_captured_almalinux(version, codename):
    assert os.read(Source(str(DATA / f"almalinux-{version}"))) == {
        "id": "almalinux",
        "name": "AlmaLinux",
        "version_id": version,
        "codename": codename,
        "id_like": ["rhel", "centos", "fedora"],
        "family": "redhat",
        "release": f"AlmaLinux release {version} ({codename})",
    }


def test_debian_tells_its_point_release(host):
    found = os.read(host({"/etc/os-release": DEBIAN, "/etc/debian_version": "12.11\n"}))
    assert (found["family"], found["version_id"], found["release"]) == ("debian", "12", "12.11")
    assert found["codename"] == "bookworm"


def test_ubuntu_does_not_pass_for_the_debian_it_was_made_from(host):
    found = os.read(host({"/etc/os-release": UBUNTU, "/etc/debian_version": "trixie/sid\n"}))
    assert found["release"] == "Ubuntu 24.04.1 LTS"
    assert (found["id"], found["family"]) == ("ubuntu", "debian")


def test_a_version_is_text_and_no_float(host):
    found = os.read(host({"/etc/os-release": "ID=almalinux\nVERSION_ID=8.10\n"}))
    assert found["version_id"] == "8.10"


def test_debian_testing_has_no_version(host):
    found = os.read(host({"/etc/os-release": "ID=debian\nVERSION_CODENAME=forky\n"}))
    assert unknown(found["version_id"])
    assert "VERSION_ID" in found["version_id"]["unknown"]
    assert found["codename"] == "forky"


def test_the_vendor_file_counts_when_there_is_none_in_etc(host):
    source = host({"/usr/lib/os-release": DEBIAN}, links={"/etc/os-release": "/gone"})
    assert os.read(source)["id"] == "debian"


def test_without_os_release_an_old_system_still_names_itself(host):
    found = os.read(host({"/etc/redhat-release": "CentOS release 6.10 (Final)\n"}))
    assert found["release"] == "CentOS release 6.10 (Final)"
    assert unknown(found["id"])
    assert unknown(found["family"])


@pytest.mark.parametrize(
    ("ids", "family"),
    [
        (["rocky", "rhel", "fedora"], "redhat"),
        (["linuxmint", "ubuntu", "debian"], "debian"),
        (["opensuse-leap", "suse"], "suse"),
        (["strange", "rhel"], "redhat"),
    ],
)
def test_family(ids, family):
    assert os.family(ids) == family


@pytest.mark.parametrize("ids", [[], ["plan9"], ["rhe", "debia"]])
def test_a_stranger_has_no_family(ids):
    assert unknown(os.family(ids))
