"""Real sockets on this machine's own loopback; other hosts are in tests/lab/test_reach.py."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from saltext.muster.errors import Refused
from saltext.muster.reach import asked, attempts, datagrams, doors, listener
from saltext.muster.reach.asked import Door, Try

TOKEN = "m0123456789abcdef"
LOOP = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


@pytest.fixture(params=LOOP, ids=["IPv4", "IPv6"])
def bound(request):
    """A function that binds a socket of this kind, and gives it with its door."""
    opened = []

    def bind(kind):
        one = socket.socket(request.param, kind)
        opened.append(one)
        one.bind((LOOP[request.param], 0))
        protocol = "tcp" if kind == socket.SOCK_STREAM else "udp"
        return one, Door(protocol, *one.getsockname()[:2])

    yield bind
    for one in opened:
        one.close()


def tried(*tries, seconds=1):
    return [each["result"] for each in attempts.attempts(tries, TOKEN, seconds)]


def test_a_tcp_port_is_open_when_somebody_listens_and_closed_when_not(bound):
    listening, there = bound(socket.SOCK_STREAM)
    listening.listen()
    _idle, nobody = bound(socket.SOCK_STREAM)
    assert tried(Try(there, asked.USED), Try(nobody, asked.FREE)) == [asked.OPEN, asked.CLOSED]


def test_the_address_that_was_sent_from_is_told(bound):
    listening, there = bound(socket.SOCK_STREAM)
    listening.listen()
    (told,) = attempts.attempts([Try(there)], TOKEN, 4)
    assert told["source"] == there.address


def test_a_udp_port_is_open_when_muster_answers_at_it(bound):
    free, there = bound(socket.SOCK_DGRAM)
    free.close()
    assert doors.udp([there], TOKEN, 10) == {there: (asked.ECHO, "")}
    assert tried(Try(there, asked.ECHO)) == [asked.OPEN]


def test_a_program_keeps_its_udp_port_and_what_arrives_is_seen_beside_it(bound):
    program, there = bound(socket.SOCK_DGRAM)
    # Without root's rights nothing is seen beside a program.
    state, result = asked.WITNESS, asked.OPEN
    if os.geteuid():
        state, result = asked.USED, asked.UNANSWERED
    assert doors.udp([there], TOKEN, 10) == {there: (state, "")}
    assert tried(Try(there, state)) == [result]
    assert program.recv(100) == datagrams.question(TOKEN)


def test_a_program_that_says_nothing_is_never_called_open(bound):
    _program, there = bound(socket.SOCK_DGRAM)
    assert tried(Try(there, asked.USED)) == [asked.UNANSWERED]


def test_a_program_that_answers_is_open_though_muster_does_not_listen(bound):
    program, there = bound(socket.SOCK_DGRAM)

    def answer():
        _data, sender = program.recvfrom(100)
        program.sendto(b"what?", sender)

    thread = threading.Thread(target=answer)
    thread.start()
    assert tried(Try(there, asked.USED)) == [asked.OPEN]
    thread.join()


def test_a_strange_answer_is_none_where_musters_own_is_due(bound):
    program, there = bound(socket.SOCK_DGRAM)
    sent = threading.Event()

    def answer():
        _data, sender = program.recvfrom(100)
        program.sendto(b"what?", sender)
        program.sendto(datagrams.question(TOKEN), sender)
        sent.set()

    thread = threading.Thread(target=answer)
    thread.start()
    assert tried(Try(there, asked.ECHO)) == [asked.FILTERED]
    thread.join()
    assert sent.is_set()


def test_a_udp_port_that_nobody_has_is_closed(bound):
    free, there = bound(socket.SOCK_DGRAM)
    free.close()
    assert tried(Try(there, asked.UNKNOWN)) == [asked.CLOSED]


def test_another_token_is_given_no_answer(bound):
    free, there = bound(socket.SOCK_DGRAM)
    free.close()
    assert doors.udp([there], "m" + "f" * 16, 10)[there][0] == asked.ECHO
    assert tried(Try(there, asked.ECHO)) == [asked.FILTERED]


def test_an_address_of_somebody_else_is_told_and_the_rest_is_answered(bound):
    free, there = bound(socket.SOCK_DGRAM)
    free.close()
    strange = Door("udp", "192.0.2.77", 9)
    found = doors.udp([strange, there], TOKEN, 2)
    assert found[strange] == (asked.UNKNOWN, "the node does not have the address 192.0.2.77")
    assert found[there] == (asked.ECHO, "")


def test_nothing_to_try_is_nothing():
    assert attempts.attempts([], TOKEN, 4) == []
    assert doors.udp([], TOKEN, 4) == {}


def test_the_answer_of_one_is_no_question_to_another():
    assert datagrams.answer(TOKEN) != datagrams.question(TOKEN)
    assert len(datagrams.answer(TOKEN)) == len(datagrams.question(TOKEN))


def test_what_cannot_start_is_told_with_its_last_words(monkeypatch, tmp_path):
    broken = tmp_path / "listener.py"
    broken.write_text("raise SystemExit('no such thing')\n")
    monkeypatch.setattr(listener, "__file__", str(broken))
    with pytest.raises(Refused, match=r"did not start: no such thing; run .* by hand"):
        doors.udp([Door("udp", "127.0.0.1", 9)], TOKEN, 1)
