"""Plans of firewalls, and nodes that they are for."""

from __future__ import annotations

from saltext.muster.components.firewall.wanted import Wanted, wanted
from saltext.muster.facts import Facts


def rule(protocol="tcp", first=22, last=None, peers=("192.0.2.0/24",), interface="", **more):
    found = {"protocol": protocol, "first": first, "last": first if last is None else last}
    found.update(peers=list(peers), interface=interface, rows=["RAV-028"], why=["SSH"])
    return {**found, **more}


def data(*rules, admin=("192.0.2.0/24",), masters=("192.0.2.1",), confirm=60):
    found = {"rules": list(rules), "admin": list(admin), "masters": list(masters)}
    return {**found, "confirm": confirm}


def made(*rules, **more) -> Wanted:
    return wanted(data(*rules, **more))


def node(ports=("22",), listening=((22, "0.0.0.0", "sshd"),)):
    sockets = [
        {"protocol": "tcp", "port": port, "address": address, "programs": [program]}
        for port, address, program in listening
    ]
    return Facts({"sshd": {"effective": {"port": list(ports)}}, "sockets": {"listening": sockets}})
