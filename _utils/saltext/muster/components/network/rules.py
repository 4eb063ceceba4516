"""Rules of a node that say which table is looked up, and how all of them come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saltext.muster.components.network.wanted import Rule, Wanted

Entry = Mapping[str, Any]
Words = tuple[Any, ...]

#: What ip shows by one key and takes by one word: key -> word.
_VALUES = {
    **{key: key for key in ("tos", "iif", "oif", "ipproto", "sport", "dport", "tun_id")},
    "goto": "goto",
    "table": "table",
    "suppress_prefixlen": "suppress_prefixlength",
    "suppress_ifgroup": "suppress_ifgroup",
    "protocol": "protocol",
}
#: Ranges: both keys -> word.
_RANGES = {
    ("uid_start", "uid_end"): "uidrange",
    ("sport_start", "sport_end"): "sport",
    ("dport_start", "dport_end"): "dport",
}
_PREFIXES = {"src": "from", "dst": "to"}
_FLAGS = ("not", "l3mdev", "nop")
_SHOWN_ALONE = {"iif_detached", "oif_detached", "unresolved"}
_KNOWN = {
    *("priority", "action", "fwmark", "fwmask"),
    *(*_VALUES, *_PREFIXES, *(f"{key}len" for key in _PREFIXES), *_FLAGS, *_SHOWN_ALONE),
    *(key for pair in _RANGES for key in pair),
}
#: Those that each node has from its start, for an ip that does not tell protocols.
_OWN = {(0, "local"), (32766, "main"), (32767, "default")}


def back(entries: Sequence[Entry], version: int, wanted: Wanted) -> Iterator[Words]:
    """Yield the lines that take the plan's rules away, then bring all back that were there.

    All, as stanzas and network programs take away rules that no plan tells. entries are those of
    the IP version, as ip prints them. The kernel refuses a rule that is there already; where
    several have one priority their order counts, so they are all made anew.
    """
    for rule in (rule for device in wanted.devices for rule in device.rules):
        if (":" in f"{rule.source}{rule.to}") == (version == 6):
            yield _gone(rule)
    ours = [entry for entry in entries if not _is_kernels(entry)]
    many = Counter(entry.get("priority") for entry in entries)
    # Where one of them cannot be told, ip could take it for another.
    firm = {entry.get("priority") for entry in entries if not _is_told(entry)}
    firm |= {entry.get("priority") for entry in entries if _is_kernels(entry)}
    for entry in filter(_is_told, ours):
        if many[entry["priority"]] > 1 and entry["priority"] not in firm:
            yield "rule", "del", *_words(entry)
    for entry in filter(_is_told, ours):
        yield "rule", "add", *_words(entry)


def _gone(rule: Rule) -> Words:
    ends = [("from", rule.source), ("to", rule.to)]
    told = [word for pair in ends if pair[1] for word in pair]
    return "rule", "del", "priority", rule.priority, *told, "table", rule.table


def _is_kernels(entry: Entry) -> bool:
    if entry.get("protocol") == "kernel":
        return True
    own = (entry.get("priority"), entry.get("table")) in _OWN
    return own and set(entry) <= {"priority", "src", "table"}


def _is_told(entry: Entry) -> bool:
    """Say whether ip takes a rule by the words known here: realms are the one thing that is not."""
    return "priority" in entry and not set(entry) - _KNOWN


def _words(entry: Entry) -> Iterator[Any]:
    yield from (flag for flag in _FLAGS[:1] if flag in entry)
    yield from ("priority", entry["priority"])
    for key, word in _PREFIXES.items():
        if key in entry:
            length = f"/{entry[f'{key}len']}" if f"{key}len" in entry else ""
            yield from (word, f"{entry[key]}{length}")
    if "fwmark" in entry:
        mask = f"/{entry['fwmask']}" if "fwmask" in entry else ""
        yield from ("fwmark", f"{entry['fwmark']}{mask}")
    for (first, last), word in _RANGES.items():
        if first in entry and last in entry:
            yield from (word, f"{entry[first]}-{entry[last]}")
    for key, word in _VALUES.items():
        if key in entry:
            yield from (word, entry[key])
    yield from (flag for flag in _FLAGS[1:] if flag in entry)
    if "action" in entry:
        yield entry["action"]
