from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import chrony
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import chrony as probe

MAIN = "/etc/chrony/chrony.conf"
SOURCES = ["10.77.0.1"]
ON = {"installed": True, "enabled": True, "masked": False, "active": True}
OFF = {"installed": False, "enabled": False, "masked": False, "active": False}
SYNCHRONISED = {
    "refid": "0A4D0001",
    "name": "10.77.0.1",
    "stratum": 11,
    "offset": 0.0,
    "leap": "Normal",
}


def source(name="10.77.0.1", kind="server", file=MAIN):
    return {"kind": kind, "name": name, "options": "iburst", "file": file, "line": 1}


def facts(unit="chrony.service", state=(), others=(), tracking=SYNCHRONISED, sources=None):
    services = {unit: {**ON, **dict(state)}, **dict(others)}
    sources = [source()] if sources is None else sources
    return Facts(
        {"chrony": {"services": services, "config": MAIN, "sources": sources, "tracking": tracking}}
    )


def test_nothing_differs():
    assert chrony.diff(facts(), SOURCES) == {}


def test_the_units_other_name():
    assert chrony.diff(facts("chronyd.service"), SOURCES) == {}


def test_without_the_package_nothing_else_is_judged():
    found = chrony.diff(facts(state=OFF, tracking={"unknown": "x"}), SOURCES)
    assert found == {"package": {"old": "absent", "new": "chrony is installed"}}


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ({"enabled": False}, {"enabled": {"old": "disabled", "new": "enabled"}}),
        ({"enabled": False, "masked": True}, {"enabled": {"old": "masked", "new": "enabled"}}),
    ],
)
def test_enabled(state, wanted):
    assert chrony.diff(facts(state=state), SOURCES) == wanted


def test_a_daemon_that_does_not_run_is_not_synchronised():
    found = chrony.diff(facts(state={"active": False}), SOURCES)
    assert set(found) == {"active", "synchronised"}
    assert chrony.diff(facts(state={"active": False}), SOURCES, live=False) == {}


def test_whether_it_runs_is_no_guess():
    with pytest.raises(Unread):
        chrony.diff(facts(state={"active": {"unknown": "no cgroups"}}), SOURCES)


@pytest.mark.parametrize(
    ("state", "live", "image"),
    [
        ({"enabled": True}, True, True),
        ({"active": True}, True, False),
        ({"installed": True}, False, False),
        ({"active": {"unknown": "no cgroups"}}, False, False),
    ],
)
def test_there_is_one_time_service(state, live, image):
    other = {"systemd-timesyncd.service": {**OFF, **state}}
    wanted = {"other_services": {"old": ["systemd-timesyncd.service"], "new": []}}
    assert chrony.diff(facts(others=other), SOURCES) == (wanted if live else {})
    assert chrony.diff(facts(others=other), SOURCES, live=False) == (wanted if image else {})


@pytest.mark.parametrize(
    ("tracking", "said"),
    [
        ({"refid": "7F7F0101", "stratum": 10}, "its own local reference"),
        ({"refid": "00000000", "stratum": 0, "leap": "Not synchronised"}, "no source"),
        ({"leap": "Not synchronised"}, "leap status Not synchronised"),
        ({"stratum": 0}, "stratum 0"),
        ({"stratum": 16}, "stratum 16"),
    ],
)
def test_what_is_not_synchronised(tracking, said):
    found = chrony.diff(facts(tracking={**SYNCHRONISED, **tracking}), SOURCES)
    assert set(found) == {"synchronised"}
    assert said in found["synchronised"]["old"]


@pytest.mark.parametrize("leap", ["Normal", "Insert second", "Delete second"])
def test_a_leap_second_is_synchronised(leap):
    assert chrony.diff(facts(tracking={**SYNCHRONISED, "leap": leap}), SOURCES) == {}


def test_a_silent_chronyc_is_not_synchronised():
    found = chrony.diff(facts(tracking={"unknown": "506 Cannot talk to daemon"}), SOURCES)
    assert "506" in found["synchronised"]["old"]


@pytest.mark.parametrize(
    ("have", "differs"),
    [
        ([source("10.77.0.1", "pool")], False),
        ([source(), source("192.168.1.1", file="/run/chrony-dhcp/eth0.sources")], False),
        ([], True),
        ([source("other")], True),
        ([source(), source("other")], True),
        ([source(), source()], True),
        ([source("10.77.0.1", "peer")], True),
    ],
)
def test_sources(have, differs):
    assert set(chrony.diff(facts(sources=have), SOURCES)) == ({"sources"} if differs else set())


def test_the_order_of_sources_says_nothing():
    have = [source("a"), source("b")]
    assert chrony.diff(facts(sources=have), ["b", "a", "b"]) == {}


def test_a_restart_that_never_came_is_seen():
    found = chrony.diff(facts(), SOURCES, flagged=True)
    assert "not yet read" in found["sources"]["old"]
    assert chrony.diff(facts(), SOURCES, live=False, flagged=True) == {}


def test_a_live_node_is_not_restarted_without_consent():
    found = chrony.diff(facts(sources=[]), SOURCES, why="it has 3 guests")
    assert "3 guests" in found["sources"]["pending"]
    assert "muster_consent" in found["sources"]["pending"]


def test_starting_a_stopped_daemon_needs_no_consent():
    found = chrony.diff(facts(sources=[], state={"active": False}), SOURCES, why="3 guests")
    assert "pending" not in found["sources"]


def test_included_sources_are_named():
    dhcp = source("192.168.1.1", file="/run/chrony-dhcp/eth0.sources")
    (note,) = chrony.foreign_note(facts(sources=[source(), dhcp]))
    assert "192.168.1.1 (/run/chrony-dhcp/eth0.sources)" in note
    assert chrony.foreign_note(facts()) == []


DEBIAN = """\
# Welcome to the chrony configuration file.
confdir /etc/chrony/conf.d
pool 2.debian.pool.ntp.org iburst
sourcedir /run/chrony-dhcp
driftfile /var/lib/chrony/chrony.drift
makestep 1 3
"""


def test_edit_of_debians_own_file():
    assert chrony.edit(DEBIAN, SOURCES) == DEBIAN.replace(
        "pool 2.debian.pool.ntp.org iburst\n",
        "# muster commented this out: pool 2.debian.pool.ntp.org iburst\nserver 10.77.0.1 iburst\n",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "server 10.77.0.1 iburst\n"),
        ("makestep 1 3", "makestep 1 3\nserver 10.77.0.1 iburst\n"),
        ("makestep 1 3\r\n", "makestep 1 3\r\nserver 10.77.0.1 iburst\r\n"),
        ("server 10.77.0.1 key 7\n", "server 10.77.0.1 key 7\n"),
        (" SERVER\t10.77.0.1", " SERVER\t10.77.0.1"),
        (
            "peer 10.77.0.1\n",
            "# muster commented this out: peer 10.77.0.1\nserver 10.77.0.1 iburst\n",
        ),
        (
            "server 10.77.0.1\nserver 10.77.0.1\n",
            "server 10.77.0.1\n# muster commented this out: server 10.77.0.1\n",
        ),
        ("! server x\n% pool y\n", "! server x\n% pool y\nserver 10.77.0.1 iburst\n"),
    ],
)
def test_edit(text, wanted):
    assert chrony.edit(text, SOURCES) == wanted


LINES = st.lists(
    st.sampled_from(
        ["server a", "server b iburst", "pool a", "peer b", "\x0bserver c", "  Server\ta key 1\r"]
        + ["makestep 1 3", "", "# server a", "server", "confdir /etc/chrony/conf.d"]
    )
    | st.text(st.characters(exclude_characters="\n"), max_size=12)
)
WANTED = st.lists(st.sampled_from(["a", "b", "d"]), min_size=1)


@given(LINES, WANTED)
def test_edit_satisfies_the_probe_and_keeps_the_rest(given_lines, wanted):
    text = "\n".join(given_lines)
    new = chrony.edit(text, wanted)
    sources, inclusions = probe.parse_config(new, MAIN)
    assert sorted(each["name"] for each in sources) == sorted(set(wanted))
    assert inclusions == probe.parse_config(text, MAIN)[1]
    assert chrony.edit(new, wanted) == new
    gone = {each["line"] for each in probe.parse_config(text, MAIN)[0]}
    rest = [raw for n, raw in enumerate(text.split("\n"), 1) if n not in gone and raw]
    left = iter(new.split("\n"))
    assert all(any(raw == line for line in left) for raw in rest)


@pytest.mark.parametrize(
    ("sources", "wait", "said"),
    [
        ([], 60, "sources: []"),
        ("10.77.0.1", 60, "sources: '10.77.0.1'"),
        (None, 60, "sources: None"),
        (["10.77.0.1\nallow all"], 60, "neither a host name nor an address"),
        (["127.127.1.0"], 60, "127.127.1.0"),
        (["a b"], 60, "'a b'"),
        (["ntp.example.com"], -1, "wait: -1"),
        (["ntp.example.com"], 601, "wait: 601"),
        (["ntp.example.com"], "60", "wait: '60'"),
        (["ntp.example.com"], True, "wait: True"),
        (["ntp.example.com"], 1.5, "wait: 1.5"),
    ],
)
def test_bad_arguments(sources, wait, said):
    with pytest.raises(InvalidArgument, match="muster_chrony: ") as found:
        chrony.check(sources, wait)
    assert said in str(found.value)


@pytest.mark.parametrize("wait", [0, 600])
def test_the_bounds_of_wait(wait):
    chrony.check(["ntp.example.com", "2001:db8::1", "10.77.0.1"], wait)


def test_what_chronyc_says_of_sources():
    text = (
        "^,*,10.77.0.1,10,6,377,23,0.000012,0.000012,0.0001\n"
        "^,?,10.77.0.2,0,6,0,4294967295,0.0,0.0,0.0\nnonsense\n"
    )
    assert chrony.parse_sources(text) == {
        "10.77.0.1": "selected, stratum 10, reach 377",
        "10.77.0.2": "unreachable, stratum 0, reach 0",
    }
