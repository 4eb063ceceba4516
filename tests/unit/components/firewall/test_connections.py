from __future__ import annotations

from saltext.muster.components.firewall import connections
from saltext.muster.components.firewall.connections import Connection

#: As the kernel prints them: an established one, one to itself, one that listens.
TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 15004D0A:C03C 01004D0A:1199 01 00000000:00000000 02:000004F1 00000000     0        0 49 2 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 02:000004F1 00000000     0        0 50 2 0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 51 1 0
"""
MAPPED = """\
  sl  local_address                         remote_address                        st tx_queue
   0: 0000000000000000FFFF000015004D0A:0016 0000000000000000FFFF000001004D0A:C350 01 0:0
   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:C350 01 0:0
"""


def test_established_connections_with_others_are_read():
    assert list(connections.parse(TCP)) == [Connection(49212, "10.77.0.1", 4505)]


def test_ipv4_in_ipv6_is_ipv4():
    assert connections.of([MAPPED]) == [
        Connection(22, "10.77.0.1", 50000),
        Connection(22, "2001:db8::2", 50000),
    ]


def test_what_is_no_table_gives_nothing():
    assert connections.of(["", "x\ny z\n", "\n\n"]) == []


def test_who_is_connected_to_a_port():
    found = [Connection(22, "b", 1), Connection(22, "a", 2), Connection(80, "c", 3)]
    assert connections.to_ports(found, [22, 443]) == {22: ["a", "b"], 443: []}
