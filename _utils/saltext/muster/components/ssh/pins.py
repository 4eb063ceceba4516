"""The cluster's nodes with the keys that they sent, and with those that they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from saltext.muster.components.ssh import keys, known
from saltext.muster.components.ssh.mine import HOST_KEYS, Mine
from saltext.muster.components.ssh.programs import Run

#: Seconds that a node has to show its key.
_SECONDS = 5


def hosts(rows: Sequence[Mapping[str, Any]], mine: Mine) -> list[known.Host]:
    """Return the nodes of the cluster's shared list with the keys that they sent."""
    told = mine.of([row["id"] for row in rows if row.get("id")], HOST_KEYS)
    return known.hosts(rows, {id_: keys.received(data) for id_, data in told.items()})


def shown(found: Iterable[known.Host], run: Run) -> dict[str, keys.Key]:
    """Return the key that each node shows at its address: a hint to wait, never a pin.

    A node is asked for one key, of the best type that it sent; one that does not answer is not
    in the result.
    """
    asked: dict[str, list[str]] = {}
    for host in found:
        if host.keys:
            asked.setdefault(_word(host.keys[0].kind), []).append(host.address)
    seen: dict[str, keys.Key] = {}
    for kind, addresses in asked.items():
        argv = ["ssh-keyscan", "-T", str(_SECONDS), "-t", kind, "-f", "-"]
        for line in run(argv, "".join(f"{each}\n" for each in addresses)).output.split("\n"):
            address, _, rest = line.partition(" ")
            key = keys.parse(rest)
            if key and address in addresses:
                seen[address] = key
    return seen


def missing(found: Iterable[known.Host]) -> list[str]:
    """Return the ids of nodes that sent no keys."""
    return [host.id for host in found if not host.keys]


def stale(found: Iterable[known.Host], seen: Mapping[str, keys.Key]) -> list[str]:
    """Return the ids of nodes that show another key than they sent."""
    return [
        host.id for host in found if host.keys and seen.get(host.address) not in (None, *host.keys)
    ]


def problems(absent: Sequence[str], other: Sequence[str], wait: int) -> list[str]:
    """Return who must do what about missing and stale keys, for a person."""
    told = []
    if absent:
        told.append(
            f"{known.told(absent)} sent no host key to Salt's mine within {wait} s:"
            " run state.apply there"
        )
    if other:
        told.append(
            f"{known.told(other)} shows another host key than it sent to Salt's mine, also"
            f" {wait} s later: if it was reinstalled, run state.apply there; if not, somebody"
            " else answers at its address"
        )
    return told


def _word(kind: str) -> str:
    """Return a type of keys in ssh-keyscan's word."""
    return "ecdsa" if kind.startswith("ecdsa") else kind.removeprefix("ssh-")
