"""The hosts component: /etc/hosts edited by meaning, in one write.

A record is an address with its names, the FQDN first. A line is right when it has a record's
address, the record's FQDN first and all its names; right lines and foreign ones keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from saltext.muster.components.border import DOMAIN, SHOWN, address_problem, demand, name_problem
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import hosts as probe

PATH = "/etc/hosts"
LOCALHOST = "127.0.0.1 localhost"

_WORD = re.compile("[^ \t\r\v\f]+")


class Record(NamedTuple):
    """An address and its names, the FQDN first."""

    address: str
    names: tuple[str, ...]


class Wanted:
    """What the hosts file must say: the node's own record and the cluster's."""

    def __init__(self, own: Record, cluster: Sequence[Record] = ()) -> None:
        self.own = own
        self.records = list(dict.fromkeys([*cluster, own]))
        self.by_name: dict[str, list[Record]] = {}
        self.by_address: dict[str, list[Record]] = {}
        for record in self.records:
            self.by_address.setdefault(record.address, []).append(record)
            for name in record.names:
                self.by_name.setdefault(name, []).append(record)

    def claimed(self, names: Iterable[str]) -> bool:
        """Say whether any of the names belongs to a record."""
        return any(name.lower() in self.by_name for name in names)

    def right(self, address: str, names: Sequence[str]) -> list[Record]:
        """Return the records that a line satisfies."""
        return [
            record
            for record in self.by_name.get(names[0], ())
            if record.address == address
            and record.names[0] == names[0]
            and set(record.names) <= set(names)
        ]

    def wrong_names(self, address: str, names: Sequence[str]) -> set[str]:
        """Return the names on a line that belong to records elsewhere."""
        kept = {name for record in self.right(address, names) for name in record.names}
        return {n for n in names if n.lower() in self.by_name and n not in kept}


def wanted(address: Any, names: Any, cluster: Any = ()) -> Wanted:
    """Return what is wanted, from a node plan's values and the cluster's shared list.

    address is the node's; names are its FQDN and its short name; cluster is a list of
    ``{"address", "names"}``. Raises InvalidArgument with all that is wrong.
    """
    demand("muster_hosts", _problems("", address, names))
    if not isinstance(cluster, (list, tuple)):
        demand("muster_hosts", ["shared: no list of hosts"])
    entries = [entry if isinstance(entry, Mapping) else {} for entry in cluster]
    demand(
        "muster_hosts",
        (
            problem
            for number, entry in enumerate(entries)
            for problem in _problems(f"shared[{number}].", entry.get("address"), entry.get("names"))
        ),
    )
    return Wanted(_record(address, names), [_record(e["address"], e["names"]) for e in entries])


def diff(entries: Sequence[Mapping[str, Any]], want: Wanted) -> Diff:
    """Return what the hosts file's entries (the probe's) say otherwise than is wanted.

    Source: GNT-012, GNT-013, GNT-056, VMM-048.
    """
    met: set[Record] = set()
    wrong: set[str] = set()  # names that are on a line where they must not be
    looped, off, localhost = "", "", False
    for entry in entries:
        address, names = entry["address"], entry["names"]
        localhost = localhost or (address == "127.0.0.1" and "localhost" in names)
        if not want.claimed(names):
            continue
        met.update(want.right(address, names))
        bad = {name.lower() for name in want.wrong_names(address, names)}
        wrong |= bad
        if not bad.isdisjoint(want.own.names):
            text = f"{address} {' '.join(names)}"[:200]
            if is_loopback(address):
                looped = looped or text
            else:
                off = off or text
    found: Diff = {}
    if off or want.own not in met:
        found["address"] = {"old": off or "absent", "new": line(want.own)}
    if looped or not localhost:
        old = looped or f"no line {LOCALHOST}"
        found["loopback"] = {"old": old, "new": f"{LOCALHOST}, no loopback line with this node"}
    found.update(_cluster(want, met, wrong))
    return found


def edit(text: str, want: Wanted) -> str:
    """Return the hosts file's text as wanted: right and foreign lines keep their bytes.

    Any node of a cluster gets the same bytes from the same text.
    """
    lines = text.split("\n")
    entries, _ = probe.parse(text)
    met = {r for e in entries for r in want.right(e["address"], e["names"])}
    dropped: set[int] = set()
    localhost = False
    for entry in entries:
        index, address, names = entry["line"] - 1, entry["address"], entry["names"]
        localhost = localhost or (address == "127.0.0.1" and "localhost" in names)
        wrong = want.wrong_names(address, names) if want.claimed(names) else set()
        if not wrong:
            continue
        left = [name for name in names if name not in wrong]
        record = _missing(want, met, address, names)
        if record:
            met.add(record)
            left = [*record.names, *(name for name in left if name not in record.names)]
        if left:
            lines[index] = _rewritten(lines[index], left)
        else:
            dropped.add(index)
    kept = [raw for index, raw in enumerate(lines) if index not in dropped]
    added = [line(record) for record in want.records if record not in met]
    return _joined(kept, [] if localhost else [LOCALHOST], added)


def cloud_note(facts: Facts) -> list[str]:
    """Return a note when cloud-init will write its own /etc/hosts at the next boot."""
    try:
        cloud = facts.get("hostname", "cloud_init")
    except Unread:
        return []
    if not cloud["installed"] or not cloud["manage_etc_hosts"]:
        return []
    return [
        "cloud-init will write its own /etc/hosts at the next boot: write 'manage_etc_hosts: false'"
        " into /etc/cloud/cloud.cfg.d/99-muster.cfg"
    ]


def line(record: Record) -> str:
    """Return a record as muster writes it."""
    return f"{record.address} {' '.join(record.names)}"


def is_loopback(address: str) -> bool:
    """Say whether a normalised address is in 127.0.0.0/8 (also mapped to IPv6) or ::1."""
    return address.startswith(("127.", "::ffff:127.")) or address == "::1"


def _missing(want: Wanted, met: set[Record], address: str, names: Sequence[str]) -> Record | None:
    """Return the record that a wrong line, when it is that record's own, can be made to satisfy."""
    if want.right(address, names):
        return None
    first = names[0].lower()
    for record in want.by_address.get(address, ()):
        if record not in met and first in record.names:
            return record
    return None


def _rewritten(raw: str, names: Sequence[str]) -> str:
    """Return the line with other names; its address, white space before them and comment stay."""
    content, mark, comment = raw.partition("#")
    words = list(_WORD.finditer(content))
    rest = content[words[-1].end() :] + mark + comment
    return content[: words[1].start()] + " ".join(names) + rest


def _joined(kept: list[str], first: list[str], last: list[str]) -> str:
    """Return the lines as text, with new lines at both ends, in the file's own line end."""
    end = "\r" if kept and kept[0].endswith("\r") else ""
    if not kept or (last and kept[-1]):
        kept = [*kept, ""]
    new = [text + end for text in first] + kept[:-1] + [text + end for text in last] + kept[-1:]
    return "\n".join(new)


def _cluster(want: Wanted, met: set[Record], wrong: set[str]) -> Diff:
    others = [record for record in want.records if record != want.own]
    bad = [r.names[0] for r in others if r not in met or not wrong.isdisjoint(r.names)]
    if not bad:
        return {}
    more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
    old = f"{len(bad)} missing or wrong: {', '.join(bad[:SHOWN])}{more}"
    return {"cluster": {"old": old, "new": f"{len(others)} other names of the cluster"}}


def _problems(where: str, address: Any, names: Any) -> list[str]:
    found = [address_problem(f"{where}address", address)]
    if not isinstance(names, (list, tuple)) or not names:
        return [*found, f"{where}names: {names!r:.90} is no list of names, the FQDN first"]
    found += [name_problem(f"{where}names", name, DOMAIN) for name in names]
    if "localhost" in names:
        found.append(f"{where}names: 'localhost' is every host's")
    return found


def _record(address: str, names: Sequence[str]) -> Record:
    return Record(probe.normal(address), tuple(dict.fromkeys(names)))
