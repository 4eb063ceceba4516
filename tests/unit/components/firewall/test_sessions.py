"""What logind prints, as of systemd 252."""

from __future__ import annotations

from saltext.muster.components.firewall import sessions

LISTED = "  3    0 root -     pts/0\n c1 1000 anna seat0 tty2\n"
SHOWN = "Remote=yes\nRemoteHost=192.0.2.9\n\nRemote=no\n"


def test_sessions_are_listed_by_their_id():
    assert sessions.ids(LISTED) == ["3", "c1"]
    assert sessions.ids("\n") == []


def test_people_at_the_console_come_from_nowhere():
    assert sessions.peers(SHOWN) == ["192.0.2.9"]
    assert sessions.peers("") == []


def test_addresses_are_written_as_the_kernels_table_has_them():
    text = "Remote=yes\nRemoteHost=::ffff:192.0.2.9\n\nRemoteHost=FE80::1%eth0\nRemote=yes\n"
    assert sessions.peers(text) == ["192.0.2.9", "fe80::1"]


def test_a_host_that_is_told_by_its_name_makes_all_of_it_unknown():
    assert sessions.peers(f"{SHOWN}\nRemote=yes\nRemoteHost=laptop.example.com\n") is None
    assert sessions.peers("Remote=yes\n") is None
