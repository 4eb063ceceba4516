from __future__ import annotations

import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import sriov
from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.facts import Facts, Unread

WANTED = {"eno1": 4}


def facts(**links):
    return Facts({"links": {"links": links}})


def card(current=0, total=8):
    return {"kind": "physical", "sriov": {"total": total, "current": current}}


def differs(current=0, used=None, why=""):
    boot = sriov.wanted_boot(WANTED)
    return sriov.diff(facts(eno1=card(current)), WANTED, boot, used or {}, why)


def test_a_card_with_its_functions_differs_in_nothing():
    assert differs(4) == {}


def test_other_numbers_are_told():
    assert differs(2) == {"functions": {"old": {"eno1": 2}, "new": {"eno1": 4}}}


def test_on_a_live_node_they_wait():
    assert differs(0, why="2 running guest(s)")["functions"]["pending"] == (
        "the node is live: 2 running guest(s)"
    )


def test_while_in_use_they_wait_even_with_consent():
    assert "drain the node" in differs(2, {"eno1": ["eno1's virtfn0"]})["functions"]["pending"]


@pytest.mark.parametrize(
    ("current", "wanted", "written"),
    [(0, 4, [4]), (4, 0, [0]), (2, 4, [0, 4]), (4, 4, []), (0, 0, [])],
)
def test_a_number_is_changed_from_none_only(current, wanted, written):
    assert sriov.writes(current, wanted) == written


def test_a_link_without_functions_can_have_none():
    with pytest.raises(Refused, match="br0 can have 0 virtual functions, wanted 1"):
        sriov.possible(facts(br0={"kind": "bridge"}), {"br0": 1})
    assert sriov.current(facts(br0={"kind": "bridge"}), "br0") == 0


def test_a_number_that_could_not_be_read_is_not_guessed():
    unread = {"kind": "physical", "sriov": {"unknown": "no right"}}
    with pytest.raises(Unread):
        sriov.possible(facts(eno1=unread), WANTED)


NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", fullmatch=True)


@given(st.dictionaries(NAMES, st.integers(0, 65535), min_size=1, max_size=4))
def test_a_unit_has_a_command_for_each_card_and_waits_for_its_device(functions):
    sriov.check(functions)
    lines = sriov.unit_text(functions).splitlines()
    commands = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    assert len(commands) == len(functions)
    for (name, count), command in zip(functions.items(), commands, strict=True):
        shell, option, script = shlex.split(command)
        assert (shell, option) == ("/bin/sh", "-c")
        assert f"echo {count} > {sriov.counter(name)}" in script
    (after,) = [line for line in lines if line.startswith("After=")]
    devices = re.findall(r"sys-subsystem-net-devices-(\S+)\.device", after)
    assert [re.sub(r"\\x2d", "-", each) for each in devices] == list(functions)


def test_the_unit_comes_before_what_uses_the_functions_and_never_holds_the_network_up():
    lines = sriov.unit_text(WANTED).splitlines()
    (before,) = [line for line in lines if line.startswith("Before=")]
    for consumer in ("network-pre.target", "pvcnoded.service", "libvirtd.service"):
        assert consumer in before
    assert "TimeoutStartSec=60" in lines


@given(st.text(max_size=20))
def test_no_other_name_gets_into_the_unit(name):
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", name, re.ASCII):
        return
    with pytest.raises(InvalidArgument):
        sriov.check({name: 1})
