from __future__ import annotations

import errno

import pytest

from saltext.muster.reach import asked, icmp, judging
from saltext.muster.reach.asked import Door, Try

OWN, PEER, ROUTER = "192.0.2.1", "192.0.2.2", "192.0.2.254"


def tcp(state=asked.FREE):
    return Try(Door("tcp", PEER, 22), state)


def udp(state=asked.ECHO):
    return Try(Door("udp", PEER, 53), state)


@pytest.mark.parametrize(
    ("one", "number", "said", "wanted"),
    [
        (tcp(), errno.ECONNREFUSED, None, asked.CLOSED),
        (tcp(asked.UNKNOWN), errno.ECONNREFUSED, None, asked.CLOSED),
        (tcp(asked.USED), errno.ECONNREFUSED, None, asked.REFUSED),
        (tcp(), errno.ECONNREFUSED, (icmp.PORT, PEER), asked.REFUSED),
        (tcp(), errno.EHOSTUNREACH, (icmp.PROHIBITED, PEER), asked.REFUSED),
        (tcp(), errno.EHOSTUNREACH, (icmp.PROHIBITED, ROUTER), asked.REFUSED),
        (tcp(), errno.EHOSTUNREACH, (icmp.HOST, PEER), asked.REFUSED),
        (tcp(), errno.EHOSTUNREACH, (icmp.HOST, ROUTER), asked.UNREACHABLE),
        (tcp(), errno.ENETUNREACH, (icmp.NET, ROUTER), asked.UNREACHABLE),
        (tcp(), errno.EHOSTUNREACH, (icmp.HOST, OWN), asked.UNREACHABLE),
        (tcp(), errno.ECONNREFUSED, (icmp.PORT, OWN), asked.REFUSED),
        (tcp(), errno.EHOSTUNREACH, None, asked.UNREACHABLE),
        (tcp(), errno.ENETUNREACH, None, asked.UNREACHABLE),
        (tcp(), errno.EACCES, None, asked.REFUSED),
        (tcp(), errno.ETIMEDOUT, None, asked.FILTERED),
        (tcp(), errno.EMFILE, None, asked.ERROR),
        (udp(), errno.ECONNREFUSED, None, asked.REFUSED),
        (udp(asked.USED), errno.ECONNREFUSED, None, asked.REFUSED),
        (udp(asked.UNKNOWN), errno.ECONNREFUSED, None, asked.CLOSED),
        (udp(), errno.ECONNREFUSED, (icmp.PORT, PEER), asked.REFUSED),
        (udp(asked.WITNESS), errno.ECONNREFUSED, (icmp.PORT, PEER), asked.REFUSED),
        (udp(asked.UNKNOWN), errno.ECONNREFUSED, (icmp.PORT, PEER), asked.CLOSED),
        (udp(), errno.EPERM, None, asked.REFUSED),
    ],
)
def test_an_end_is_called_by_who_said_what(one, number, said, wanted):
    result, why = judging.failed(one, number, said, OWN)
    assert result == wanted
    assert why


def test_silence_is_a_filter_only_where_an_answer_was_due():
    assert judging.silent(tcp())[0] == asked.FILTERED
    assert judging.silent(udp(asked.ECHO))[0] == asked.FILTERED
    assert judging.silent(udp(asked.WITNESS))[0] == asked.FILTERED
    assert judging.silent(udp(asked.USED))[0] == asked.UNANSWERED
    assert judging.silent(udp(asked.UNKNOWN))[0] == asked.UNANSWERED


@pytest.mark.parametrize("number", sorted(errno.errorcode))
@pytest.mark.parametrize("one", [tcp(), udp()])
def test_no_failure_is_ever_called_open(one, number):
    assert judging.failed(one, number, None, OWN)[0] != asked.OPEN


def test_after_many_refusals_silence_may_be_one_more():
    assert "refused perhaps" in judging.silent(tcp(), judging.REFUSALS)[1]
    assert "refused" not in judging.silent(tcp(), judging.REFUSALS - 1)[1]
