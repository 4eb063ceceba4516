"""Facts of a node with a card, before and after its address has moved to a bridge."""

from __future__ import annotations


def _link(kind, master="", **more):
    return {"kind": kind, "mac": "02:00:00:00:00:07", "mtu": 1500, "up": True, "master": master,
            **more}  # fmt: skip


def _facts(links, bridges, holder):
    address = {"link": holder, "address": "192.0.2.10", "prefix": 24, "family": 4,
               "scope": "global", "dynamic": False}  # fmt: skip
    route = {"to": "default", "type": "unicast", "family": 4, "table": "main",
             "via": "192.0.2.1", "dev": holder, "metric": 0, "proto": "static"}  # fmt: skip
    entry = {"interface": "eth0", "uuid": "d78d3437-904b-4115-a6bd-c062a8ea757f", "auto": True,
             "type": "ethernet", "file": "x"}  # fmt: skip
    return {
        "links": {"links": links},
        "bridges": {"bridges": bridges},
        "addresses": {
            "addresses": [address],
            "routes": {"ipv4": [route], "ipv6": []},
            "rules": [],
            "tables": {"main": 254},
            "proxies": [],
        },
        "forwarding": {},
        "interface_files": {"networkmanager": {"entries": [entry]}},
    }


def plain_facts():
    """Return the facts of a node whose address is on eth0."""
    return _facts({"eth0": _link("physical")}, {}, "eth0")


def bridged_facts():
    """Return those of a node whose address is on vmbr0, with eth0 as its port."""
    links = {"eth0": _link("physical", "vmbr0"), "vmbr0": _link("bridge")}
    bridges = {"vmbr0": {"ports": ["eth0"], "stp": False, "forward_delay": 0.0}}
    return _facts(links, bridges, "vmbr0")
