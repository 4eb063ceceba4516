"""Waking nodes by the magic packet: the node's own cards, and those of others that it wakes.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import ipaddress
import re
import shutil
import sys
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts
from saltext.muster.components import border, magic_packet, wake_on_lan
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_wake"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_NET = "/sys/class/net"
_ADDRESSES = ("addresses", "addresses")
_PERMANENT = re.compile(r"^Permanent address: ([0-9a-fA-F:]{17})$", re.M)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_wake: cards are looked at below /sys"
    return __virtualname__


@_border
def addresses(interfaces: list[str], root: str | None = None) -> dict[str, str]:
    """
    Return the addresses that cards are woken by: their permanent ones, where they tell them.

    interfaces
        Names of cards, such as ``[eno1]``, or those of a bond.

    root
        A folder below which files are read in place of ``/``; no card is asked.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_wake.addresses '[eno1]'
    """
    wake_on_lan.check(interfaces)
    border.demand("muster_wake", [border.root_problem(root)])
    found = {name: _mac(Source(root or "/"), name) for name in interfaces}
    if problem := magic_packet.cards_problem(found):
        raise Refused(f"{problem}; name the node's own cards in the cluster file")
    return found


@_border
def diff(interfaces: list[str]) -> dict[str, dict[str, Any]]:
    """
    Return ``registry`` unless the master keeps these cards' addresses, by which it wakes them.

    interfaces
        Names of cards, such as ``[eno1]``, or those of a bond.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_wake.diff '[eno1]'
    """
    own, kept = addresses(interfaces), _kept()
    return {} if kept == own else {"registry": {"old": kept, "new": own}}


@_border
def apply(interfaces: list[str]) -> list[str]:
    """
    Send these cards' addresses to the master, which keeps them in the node's mine; return notes.

    interfaces
        Names of cards, such as ``[eno1]``, or those of a bond.

    Raises CommandExecutionError when the master does not keep them.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_wake.apply '[eno1]'
    """
    own = addresses(interfaces)
    __salt__["mine.send"](magic_packet.MINE, interfaces)
    if _kept() != own:
        raise Refused(
            "the master does not keep this node's mine; see minion_data_cache in its"
            " configuration, or write the node's `mac` into the cluster file"
        )
    return []


@_border
def send(macs: list[str], network: str) -> dict[str, Any]:
    """
    Send magic packets into a network that this node is in; return from where, and to whom.

    macs
        Addresses of the cards to wake, such as ``[52:54:00:12:34:56]``.

    network
        The network to send into, such as ``192.0.2.0/24``.

    Raises CommandExecutionError when this node is not in that network.

    CLI Example:

    .. code-block:: bash

        salt node2.example.com muster_wake.send '["52:54:00:12:34:56"]' 192.0.2.0/24
    """
    _demand_wake(macs, network)
    way = magic_packet.way(facts.Facts(facts.collect(("addresses",))).get(*_ADDRESSES), network)
    if way is None:
        raise Refused(f"this node has no IPv4 address in {network}; let another node send")
    magic_packet.send(way, macs)
    return {**vars(way), "ports": list(magic_packet.PORTS)}


def _demand_wake(macs: Any, network: Any) -> None:
    given = macs if isinstance(macs, (list, tuple)) and 0 < len(macs) <= magic_packet.MOST else [""]
    wrong = [mac for mac in given if magic_packet.mac_problem(mac)]
    problems = [f"{mac!r:.40} {magic_packet.mac_problem(mac)}" for mac in wrong]
    try:
        ipaddress.ip_network(network if isinstance(network, str) else "")
    except ValueError:
        problems.append(f"network: {network!r:.60} is none, such as 192.0.2.0/24")
    border.demand("muster_wake", problems)


def _kept() -> Any:
    """Return what the master's mine has of this node; None = nothing."""
    id_ = __opts__["id"]
    return __salt__["mine.get"](id_, magic_packet.MINE, "list").get(id_)


def _mac(source: Source, name: str) -> str:
    """Return a card's permanent address, or the one that it has where none is told."""
    folder = f"{_NET}/{name}"
    if not source.exists(f"{folder}/ifindex"):
        raise Refused(f"there is no network card {name}; name the node's own in the cluster file")
    # A port of a bond has the bond's address, and tells its own elsewhere.
    mac = source.text_or(f"{folder}/bonding_slave/perm_hwaddr").strip()
    if not mac and source.live and shutil.which("ethtool"):
        done = __salt__["cmd.run_all"](["ethtool", "-P", name], python_shell=False, timeout=30)
        told = _PERMANENT.search(done["stdout"])
        # A virtual card has none, and says so with zeros or in words.
        mac = told.group(1) if told and told.group(1).strip("0:") else ""
    return (mac or source.text(f"{folder}/address").strip()).lower()
