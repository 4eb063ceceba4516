from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.errors import InvalidArgument
from saltext.muster.reach import asked
from saltext.muster.reach.asked import Door, Try

TOKEN = "m0123456789abcdef"


def test_sound_tries_are_taken_and_addresses_normal():
    given = [["tcp", "2001:DB8::0:1", 22, "used"], ["udp", "192.0.2.1", 53, "echo"]]
    assert asked.tries(given, TOKEN, 5) == [
        Try(Door("tcp", "2001:db8::1", 22), "used"),
        Try(Door("udp", "192.0.2.1", 53), "echo"),
    ]
    assert asked.doors([["udp", "192.0.2.1", 53]], TOKEN, 1) == [Door("udp", "192.0.2.1", 53)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["icmp", "192.0.2.1", 1, "used"], "wanted tcp or udp"),
        (["tcp", "example.com", 1, "used"], "no IP address"),
        (["tcp", "127.0.0.1", 1, "used"], "no address that other hosts"),
        (["tcp", "fe80::1%eth0", 1, "used"], "no address that other hosts"),
        (["tcp", "224.0.0.1", 1, "used"], "no address that other hosts"),
        (["tcp", "192.0.2.1", 0, "used"], "wanted 1 to 65535"),
        (["tcp", "192.0.2.1", 65536, "used"], "wanted 1 to 65535"),
        (["tcp", "192.0.2.1", True, "used"], "wanted 1 to 65535"),
        (["tcp", "192.0.2.1", "22", "used"], "wanted 1 to 65535"),
        (["tcp", "192.0.2.1", 22, "open"], "wanted one of echo"),
        (["tcp", "192.0.2.1", 22], "list of lists"),
        ("tcp", "list of lists"),
    ],
)
def test_what_is_no_try_is_told(row, message):
    with pytest.raises(InvalidArgument, match=message):
        asked.tries([row], TOKEN, 5)


@pytest.mark.parametrize("token", ["", "0123456789abcdef", "m0123", "m" + "g" * 16, 5, None])
def test_a_token_is_of_hexadecimal_digits(token):
    with pytest.raises(InvalidArgument, match="token"):
        asked.doors([], token, 5)


@pytest.mark.parametrize("seconds", [0, 3.9, 61, True, "5", None, float("nan")])
def test_a_try_has_seconds_within_bounds(seconds):
    with pytest.raises(InvalidArgument, match="seconds"):
        asked.tries([], TOKEN, seconds)


def test_there_are_no_more_tries_than_sockets_can_be_open():
    row = ["tcp", "192.0.2.1", 22, "used"]
    assert len(asked.tries([row] * asked.MOST, TOKEN, 5)) == asked.MOST
    with pytest.raises(InvalidArgument, match="501 ports at once: wanted 500 at most"):
        asked.tries([row] * (asked.MOST + 1), TOKEN, 5)


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidArgument) as told:
        asked.tries([["x", "192.0.2.1", 0, "used"]], "t", 0)
    for word in ("protocol", "port", "token", "seconds"):
        assert word in str(told.value)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(JUNK, JUNK, JUNK)
def test_anything_else_is_refused_by_name(given, token, seconds):
    with pytest.raises(InvalidArgument, match="muster_reach"):
        asked.tries(given, token, seconds)
