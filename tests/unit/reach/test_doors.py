from __future__ import annotations

import pytest

from saltext.muster.facts import Facts, Unread
from saltext.muster.reach import asked, doors
from saltext.muster.reach.asked import Door


def facts(*listening):
    entries = [
        {"protocol": p, "address": a, "port": n, "programs": [name]} for p, a, n, name in listening
    ]
    return Facts({"sockets": {"listening": entries}})


@pytest.mark.parametrize(
    ("bound", "address", "state"),
    [
        ("0.0.0.0", "192.0.2.1", asked.USED),
        ("::", "192.0.2.1", asked.USED),
        ("192.0.2.1", "192.0.2.1", asked.USED),
        ("2001:db8::1", "2001:db8:0::1", asked.USED),
        ("127.0.0.1", "192.0.2.1", asked.FREE),
        ("192.0.2.2", "192.0.2.1", asked.FREE),
    ],
)
def test_a_program_listens_at_an_address_or_everywhere(bound, address, state):
    door = Door("tcp", address, 22)
    found = doors.tcp([door], facts(("tcp", bound, 22, "sshd"), ("udp", address, 22, "x")))
    assert found == {door: (state, "sshd" if state == asked.USED else "")}


def test_sockets_that_cannot_be_read_are_no_free_port():
    with pytest.raises(Unread):
        doors.tcp([Door("tcp", "192.0.2.1", 22)], Facts({"sockets": {"unknown": "no right"}}))
