from __future__ import annotations

import os

import pytest

STATE = "muster_kvm_spice.linked"
SYSTEMS = {
    "debian": "ID=debian\n",
    "ubuntu": "ID=ubuntu\nID_LIKE=debian\n",
    "mint": 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    "rocky": 'ID=rocky\nID_LIKE="rhel centos fedora"\n',
}


@pytest.fixture
def debian(node):
    node.write("/etc/os-release", SYSTEMS["debian"])
    node.write("/usr/bin/kvm", "#!/bin/sh\n", mode=0o755)
    return node


@pytest.mark.parametrize("link", [None, "/gone", "/etc/os-release"])
def test_debian_gets_the_link(converged, debian, testmode, link):
    if link:
        debian.link("/usr/bin/kvm-spice", link)
    old = f"link to {link}" if link else "absent"
    changes = converged(STATE)["changes"]
    assert changes == {"link": {"old": old, "new": "link to /usr/bin/kvm"}}
    assert testmode or os.readlink(debian.path("/usr/bin/kvm-spice")) == "/usr/bin/kvm"


@pytest.mark.parametrize("link", ["/usr/bin/kvm", "kvm", "../bin/kvm"])
def test_a_link_that_works_stays(converged, debian, link):
    debian.link("/usr/bin/kvm-spice", link)
    assert converged(STATE)["changes"] == {}


def test_a_real_program_stays(converged, debian):
    debian.write("/usr/bin/kvm-spice", "mine", mode=0o755)
    assert converged(STATE)["changes"] == {}


def test_a_real_file_is_never_overwritten(fails, debian):
    debian.write("/usr/bin/kvm-spice", "mine")
    assert "never overwritten" in fails(STATE, both=False)


def test_kvm_must_be_there_first(fails, node):
    node.write("/etc/os-release", SYSTEMS["debian"])
    assert "install qemu-system-x86" in fails(STATE, both=False)


@pytest.mark.parametrize("system", ["ubuntu", "mint", "rocky"])
def test_elsewhere_nothing_is_done(converged, node, system):
    node.write("/etc/os-release", SYSTEMS[system])
    assert converged(STATE)["changes"] == {}
    assert not node.path("/usr").exists()


def test_an_unknown_system_is_no_guess(fails):
    assert "os-release" in fails(STATE)
