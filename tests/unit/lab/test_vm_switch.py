"""What the switch of the lab's virtual machines does with frames."""

from __future__ import annotations

import asyncio
import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.vm import switch
from lab.vm.switch import Switch, Table, lacp_answer, split, tagged

EVERYBODY = b"\xff" * 6
MASTER = bytes.fromhex("020000000001")
MACHINE = bytes.fromhex("525400772900")


def frame(to, source, text=b"text"):
    return to + source + b"\x08\x00" + text


def lacp(system=b"\x52\x54\x00\x77\x29\x00", state=0x4D):
    own = struct.pack("!H6sHHHB3x", 65535, system, 9, 255, 1, state)
    words = b"\x01\x14" + own + b"\x02\x14" + bytes(18) + b"\x03\x10" + bytes(14 + 52)
    return bytes.fromhex("0180c2000002") + MACHINE + b"\x88\x09\x01\x01" + words


@given(st.binary(min_size=14, max_size=60), st.integers(1, 4094))
def test_a_tag_put_on_is_read_again(plain, vlan):
    if plain[12:14] != b"\x81\x00":
        assert split(tagged(plain, vlan)) == (vlan, plain)
        assert split(tagged(plain, 0)) == (0, plain)


def test_the_uplink_gets_a_carried_vlans_frame_without_the_tag():
    sent = frame(MASTER, MACHINE)
    table = Table(1, frozenset({77}))
    assert list(table.from_port(0, tagged(sent, 77), 0)) == [(None, sent)]


@given(st.integers(1, 4094).filter(lambda vlan: vlan != 77))
def test_no_other_vlan_is_carried(vlan):
    sent = tagged(frame(EVERYBODY, MACHINE), vlan)
    assert not list(Table(2, frozenset({77})).from_port(0, sent, 0))


def test_an_answer_goes_where_the_machine_spoke_last_with_its_tag():
    table = Table(2, frozenset({77}))
    answer = frame(MACHINE, MASTER)
    list(table.from_port(0, frame(EVERYBODY, MACHINE), 0))
    assert list(table.from_uplink(answer, 0)) == [(0, answer)]
    list(table.from_port(1, tagged(frame(EVERYBODY, MACHINE), 77), 0))
    assert list(table.from_uplink(answer, 0)) == [(1, tagged(answer, 77))]


def test_what_everybody_gets_is_sent_in_every_network_on_every_port():
    asked = frame(EVERYBODY, MASTER)
    out = list(Table(2, frozenset({77})).from_uplink(asked, 0))
    assert out == [(0, asked), (0, tagged(asked, 77)), (1, asked), (1, tagged(asked, 77))]


def test_ports_of_one_machine_reach_each_other_in_one_network_only():
    table = Table(2, frozenset({77}))
    other = bytes.fromhex("525400772901")
    list(table.from_port(1, tagged(frame(EVERYBODY, other), 77), 0))
    assert not list(table.from_port(0, frame(other, MACHINE), 0))
    sent = tagged(frame(other, MACHINE), 77)
    assert list(table.from_port(0, sent, 0)) == [(1, sent)]


def test_ports_that_speak_lacp_are_one_until_they_are_silent():
    table = Table(2, frozenset())
    asked = frame(EVERYBODY, MASTER)
    table.speaks_lacp(0, now=10)
    table.speaks_lacp(1, now=10)
    assert [port for port, _ in table.from_uplink(asked, 11)] == [0]
    assert [port for port, _ in table.from_port(0, frame(EVERYBODY, MACHINE), 11)] == [None]
    assert [port for port, _ in table.from_uplink(asked, 15)] == [0, 1]


def test_lacp_is_answered_with_the_ports_number_and_what_was_said():
    asked = lacp()
    answer = lacp_answer(1, asked)
    assert answer is not None
    assert len(answer) == len(asked) == 124
    assert struct.unpack("!H", answer[30:32])[0] == 2
    assert answer[38:56] == asked[18:36]
    assert lacp_answer(1, frame(EVERYBODY, MACHINE, bytes(200))) is None
    assert lacp_answer(1, asked[:100]) is None


@pytest.fixture
def uplink():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


async def through(tmp_path, uplink, carrier_of):
    """Return a reader and a writer of a running switch's one port."""
    path = str(tmp_path / "port")
    carrier = Switch(uplink.fileno(), [path], frozenset({77}))
    running = asyncio.create_task(carrier.run())
    while not os.path.exists(path):
        await asyncio.sleep(0)
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        return await carrier_of(reader, writer)
    finally:
        writer.write_eof()
        await reader.read()
        running.cancel()


async def one(reader):
    (size,) = struct.unpack("!I", await reader.readexactly(4))
    return await reader.readexactly(size)


def test_frames_pass_between_a_socket_and_the_uplink(tmp_path, uplink):
    async def talk(reader, writer):
        sent = tagged(frame(MASTER, MACHINE), 77)
        writer.write(struct.pack("!I", len(sent)) + sent)
        there = await asyncio.to_thread(uplink[1].recv, 100)
        uplink[1].send(frame(MACHINE, MASTER))
        return there, await one(reader)

    there, back = asyncio.run(through(tmp_path, uplink[0], talk))
    assert there == frame(MASTER, MACHINE)
    assert back == tagged(frame(MACHINE, MASTER), 77)


def test_a_frame_is_dropped_while_too_many_wait(tmp_path, uplink, monkeypatch):
    async def talk(reader, writer):
        sent = frame(MASTER, MACHINE)
        writer.write(struct.pack("!I", len(sent)) + sent)
        await asyncio.to_thread(uplink[1].recv, 100)
        with monkeypatch.context() as full:
            full.setattr(switch, "_MOST_WAITING", 0)
            uplink[1].send(frame(MACHINE, MASTER, b"first"))
            # The switch reads the uplink in its own turn of the loop.
            for _ in range(10):
                await asyncio.sleep(0)
        uplink[1].send(frame(MACHINE, MASTER, b"second"))
        return await one(reader)

    assert asyncio.run(through(tmp_path, uplink[0], talk)) == frame(MACHINE, MASTER, b"second")
