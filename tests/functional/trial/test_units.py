"""Units of a trial, as systemd reads them."""

from __future__ import annotations

import pytest

from saltext.muster.trial import runner, units


def lines(text, key):
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def test_the_rollback_comes_before_all_that_sets_up_a_network():
    text = units.rollback_text("/opt/salt/bin/python3")
    (before,) = lines(text, "Before")
    wanted = "network-pre.target networking.service NetworkManager.service nftables.service"
    assert set(wanted.split()) < set(before.split())
    assert lines(text, "DefaultDependencies") == ["no"]
    assert lines(text, "ConditionPathExists") == ["/var/lib/muster/trial/trial.json"]
    assert lines(text, "ExecStart") == [
        '"/opt/salt/bin/python3" "-I" "-B" "/var/lib/muster/trial/run.py" "boot"'
    ]


def test_odd_characters_of_a_path_reach_systemd_as_they_are():
    text = units.rollback_text('/opt/100% "a" $b\\c/python')
    assert r'"/opt/100%% \"a\" $$b\\c/python"' in lines(text, "ExecStart")[0]


def test_the_timer_is_later_than_the_job_that_it_stands_in_for():
    command = units.arm("/bin/python3", "abc", 60)
    assert f"--on-active={60 + units.GRACE}s" in command
    assert command[-2:] == ["deadline", "abc"]


def test_each_trial_has_units_of_its_own():
    """What one leaves running keeps its unit loaded: systemd makes none of that name then."""
    for command in (units.start, units.finish, lambda python, id_: units.arm(python, id_, 60)):
        names = [
            [word for word in command("/bin/python3", id_) if word.startswith("--unit=")]
            for id_ in ("abc", "abd")
        ]
        assert len(names[0]) == 1
        assert names[0] != names[1]
    assert f"--unit={runner.unit('abc')}" in units.start("/bin/python3", "abc")
    assert units.finish("/bin/python3", "abc") != units.finish("/bin/python3", "abc")


def test_a_command_that_fails_is_told_in_its_own_words():
    with pytest.raises(units.Refused, match="sh failed: no luck; look at systemctl status"):
        units.call(["sh", "-c", "echo no luck >&2; exit 1"])
    with pytest.raises(units.Refused, match="/nowhere did not work"):
        units.call(["/nowhere"])
