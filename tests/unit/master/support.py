"""A valid cluster file, and what changes of it give."""

from __future__ import annotations

import textwrap

import yaml

from saltext.muster.master import loading

PATH = "/etc/muster/clusters/demo.yaml"

VALID = textwrap.dedent(
    """\
    version: 1
    name: demo
    platform: ganeti
    tier: test
    networks:
      main: {cidr: 10.77.0.0/24, bridge: gnt-br, interface: eth0, gateway: 10.77.0.1}
    cluster: {name: cluster.example.com, address: 10.77.0.100}
    time: {sources: [10.77.0.1], wait: 60}
    hosts: [{address: 10.77.0.2, names: [master.example.com, master]}]
    options: {minor_count: 128, drbd: true}
    nodes:
      node1.example.com: {address: 10.77.0.11}
      node2.example.com: {address: 10.77.0.12}
    waivers:
      - {requirement: GNT-034, reason: no DRBD here, owner: ops, expires: 2027-06-30}
    """
)


def data():
    """Return the valid file's data, to be changed."""
    tree = yaml.safe_load(VALID)
    tree["waivers"][0]["expires"] = "2027-06-30"
    return tree


def of_text(text):
    """Return what a text gives as a cluster file."""
    return loading.from_bytes(PATH, text.encode() if isinstance(text, str) else text)


def of(tree):
    """Return what data gives as a cluster file."""
    return of_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))


def cluster(**changes):
    """Return the valid cluster with some top level keys changed (None = left out)."""
    tree = {key: value for key, value in {**data(), **changes}.items() if value is not None}
    found = of(tree)
    assert not found.problems, found.problems
    return found.cluster
