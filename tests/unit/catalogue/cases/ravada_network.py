"""Ravada: wake on LAN."""

from __future__ import annotations

from tests.support.hosts import Case

NODE, MASTER = "ravada", "ravada-master"
ASK = "ethtool eno1"


def card(supports: str, now: str) -> dict[str, str]:
    """Return what ethtool prints of eno1."""
    return {ASK: f"Settings for eno1:\n\tSupports Wake-on: {supports}\n\tWake-on: {now}\n"}


BRIDGED = {
    "ip addr show": "2: eno1: <UP> mtu 1500\n9: br0: <UP> mtu 1500\n"
    "    inet 192.0.2.11/24 scope global br0\n       valid_lft forever preferred_lft forever\n"
}

CASES = (
    Case("RAV-031", NODE, "pass", "eno1: supports pumbg, Wake-on g"),
    Case("RAV-031", NODE, "pass", commands=card("ug", "ug")),
    Case("RAV-031", NODE, "fail", "supports pumbg, Wake-on d", commands=card("pumbg", "d")),
    Case("RAV-031", NODE, "fail", "Wake-on umb", commands=card("pumbg", "umb")),
    Case("RAV-031", NODE, "fail", "knows no magic packet", commands=card("d", "d")),
    Case("RAV-031", NODE, "unknown", "ethtool is not installed", commands={ASK: None}),
    Case(
        "RAV-031", NODE, "unknown", "nothing of wake on LAN",
        commands={ASK: "Settings for eno1:\n\tSpeed: 1000Mb/s\n\tLink detected: yes\n"},
    ),
    Case(
        "RAV-031", NODE, "unknown", "no link has the node's address",
        plan={"declared/address": "192.0.2.99"},
    ),
    Case("RAV-031", NODE, "skip", "does not ask", plan={"declared/wake_on_lan": False}),
    Case("RAV-031", MASTER, "skip", "for role node"),
    # The address is the bridge's: its port decides, not the other card.
    Case(
        "RAV-031", NODE, "pass", "eno1: supports", commands=BRIDGED,
        files={"/sys/class/net/br0/ifindex": "9\n", "/sys/class/net/br0/bridge/stp_state": "0\n",
               "/sys/class/net/br0/brif/eno1/state": "3\n"},
    ),
    Case(
        "RAV-031", NODE, "fail", "eno2: supports pumbg, Wake-on d", commands=BRIDGED,
        files={"/sys/class/net/br0/ifindex": "9\n", "/sys/class/net/br0/bridge/stp_state": "0\n",
               "/sys/class/net/br0/brif/eno2/state": "3\n"},
    ),
    Case(
        "RAV-031", NODE, "unknown", "no physical Ethernet card", commands=BRIDGED,
        files={"/sys/class/net/br0/ifindex": "9\n", "/sys/class/net/br0/bridge/stp_state": "0\n"},
    ),
)  # fmt: skip
