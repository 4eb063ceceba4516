"""Run in a node: print the UDP datagrams to ports 7 and 9 that its eth0 hears, as JSON."""

import json
import socket
import struct
import sys

IPV4, UDP = 0x0800, 17


def datagram(frame):
    """Return what is in a frame, or None for anything but UDP over IPv4."""
    ethertype = struct.unpack("!H", frame[12:14])[0]
    packet = frame[14:]
    if ethertype != IPV4 or packet[9] != UDP:
        return None
    start = (packet[0] & 15) * 4
    port, length = struct.unpack("!HH", packet[start + 2 : start + 6])
    return {
        "to": frame[:6].hex(":"),
        "from": frame[6:12].hex(":"),
        "source": socket.inet_ntoa(packet[12:16]),
        "destination": socket.inet_ntoa(packet[16:20]),
        "port": port,
        "data": packet[start + 8 : start + length].hex(),
    }


def main(ready, count):
    """Listen on eth0 until so many datagrams came; ready is a file that says that it listens."""
    found = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4)) as card:
        card.bind(("eth0", 0))
        card.settimeout(300)
        open(ready, "w").close()
        while len(found) < count:
            heard = datagram(card.recv(65535))
            if heard and heard["port"] in (7, 9):
                found.append(heard)
    print(json.dumps(found))


main(sys.argv[1], int(sys.argv[2]))
