from __future__ import annotations

from saltext.muster.components.network import proxies
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.facts import Facts

ADDRESS = "2001:db8::2"
WANTED = Wanted((Device("vmbr0", "bridge"),), proxies={"vmbr0": (ADDRESS,)})


def facts(*entries):
    return Facts({"addresses": {"proxies": [{"address": a, "link": n} for a, n in entries]}})


def test_an_entry_that_is_missing_is_told():
    assert proxies.missing(WANTED, facts(), [proxies.UNIT]) == [f"{ADDRESS} dev vmbr0"]
    there = facts(("2001:db8:0::2", "vmbr0"))
    assert proxies.missing(WANTED, there, [proxies.UNIT]) == []
    assert proxies.missing(WANTED, there, []) == [f"{proxies.UNIT} enabled"]


def test_the_unit_is_written_once_and_goes_with_the_last_entry():
    edited = proxies.edit(WANTED, None)
    text = edited[proxies.PATH]
    assert f"ExecStart=ip -6 neigh replace proxy {ADDRESS} dev vmbr0\n" in text
    assert proxies.edit(WANTED, text) == {}
    assert proxies.edit(Wanted(()), text) == {proxies.PATH: None}
    assert proxies.edit(Wanted(()), None) == {}


def test_the_way_back_ends_what_was_not_there_before():
    _apply, undo, boot = proxies.turns(WANTED, None)
    words = [step.argv for step in undo.before]
    assert ("ip", "-6", "neigh", "del", "proxy", ADDRESS, "dev", "vmbr0") in words
    assert not any("restart" in step.argv for step in undo.after)
    assert [step.argv[1:3] for step in boot] == [("--no-reload", "disable")]


def test_entries_that_are_no_longer_wanted_are_taken_away():
    old = proxies.text(WANTED)
    gone = ("ip", "-6", "neigh", "del", "proxy", ADDRESS, "dev", "vmbr0")
    apply, undo, _boot = proxies.turns(Wanted(WANTED.devices), old)
    assert gone in [step.argv for step in apply.before]
    assert ("systemctl", "restart", proxies.UNIT) in [step.argv for step in undo.after]


def test_the_way_back_starts_what_was_there_before():
    _apply, undo, boot = proxies.turns(WANTED, "old")
    assert ("systemctl", "restart", proxies.UNIT) in [step.argv for step in undo.after]
    assert boot == ()
