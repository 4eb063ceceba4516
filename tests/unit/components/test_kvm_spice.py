from __future__ import annotations

import os

import pytest

from saltext.muster.components import kvm_spice
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts, Unread


def facts(id_="debian", like=(), family="debian", exists=False, link="", executable=False):
    system = {"id": id_, "id_like": list(like), "family": family}
    found = {"exists": exists, "link": link, "executable": executable}
    return Facts({"os": system, "kvm_spice": found})


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ({"id_": "debian"}, True),
        ({"id_": "devuan", "like": ["debian"]}, True),
        ({"id_": "ubuntu", "like": ["debian"]}, False),
        ({"id_": "linuxmint", "like": ["ubuntu", "debian"]}, False),
        ({"id_": "fedora", "family": "redhat"}, False),
        ({"id_": "rocky", "like": ["rhel"], "family": "redhat"}, False),
    ],
)
def test_only_systems_like_debian_need_it(system, wanted):
    assert bool(kvm_spice.diff(facts(**system))) is wanted


def test_an_unknown_system_is_no_guess():
    with pytest.raises(Unread):
        kvm_spice.diff(facts(family={"unknown": "no family"}))


@pytest.mark.parametrize(
    ("state", "old"),
    [
        ({}, "absent"),
        ({"exists": True}, "no link and no program"),
        ({"exists": True, "link": "/gone"}, "link to /gone"),
    ],
)
def test_diff(state, old):
    assert kvm_spice.diff(facts(**state)) == {"link": {"old": old, "new": "link to /usr/bin/kvm"}}


def test_whatever_is_a_program_is_right():
    link = "/usr/bin/qemu-system-x86_64"
    assert kvm_spice.diff(facts(exists=True, link=link, executable=True)) == {}
    assert kvm_spice.diff(facts(exists=True, executable=True)) == {}


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "kvm"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def make(tmp_path, program):
    kvm_spice.make(str(tmp_path / "kvm-spice"), "/usr/bin/kvm", str(program))
    return os.readlink(tmp_path / "kvm-spice")


def test_an_absent_link_is_made(tmp_path, program):
    assert make(tmp_path, program) == "/usr/bin/kvm"
    assert sorted(os.listdir(tmp_path)) == ["kvm", "kvm-spice"]


def test_a_dangling_link_is_replaced(tmp_path, program):
    (tmp_path / "kvm-spice").symlink_to("gone")
    left = tmp_path / ".kvm-spice.muster-1"
    left.symlink_to("by a killed run")
    os.utime(left, (0, 0), follow_symlinks=False)
    assert make(tmp_path, program) == "/usr/bin/kvm"
    assert sorted(os.listdir(tmp_path)) == ["kvm", "kvm-spice"]


@pytest.mark.parametrize("folder", [True, False])
def test_what_is_no_link_is_never_overwritten(tmp_path, program, folder):
    real = tmp_path / "kvm-spice"
    real.mkdir() if folder else real.write_text("mine")
    with pytest.raises(Refused, match=r"never overwritten.*run again"):
        make(tmp_path, program)
    assert real.is_dir() if folder else real.read_text() == "mine"


@pytest.mark.parametrize("mode", [None, 0o644])
def test_kvm_must_be_there_first(tmp_path, program, mode):
    program.unlink() if mode is None else program.chmod(mode)
    with pytest.raises(Refused, match="install qemu-system-x86"):
        make(tmp_path, program)
    assert not os.path.lexists(tmp_path / "kvm-spice")
