"""What changed between two bundles of one server: facts, and verdicts on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from saltext.muster.verdict import PASS, SKIP, STATUSES, Verdict

#: Changes told at most; the rest is counted.
MOST = 200

#: Characters told of one value.
_SHOWN = 300

#: Facts of the moment, "*" being any one key: that they differ says nothing.
VOLATILE = (
    ("clock",),
    ("chrony", "tracking", "offset"),
    ("filesystems", "sizes", "*", "free"),
    ("filesystems", "sizes", "*", "used"),
    ("memory", "available"),
    ("packages", "changed"),
    ("restart", "boot"),
    ("services", "programs"),
)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two bundles' facts, those of the moment left out.

    ``{"changes": [{"path": [keys], "old", "new"} or {"path", "removed", "added"}], "more"}``;
    old or new is not there where the fact was not. Only probes that both have are compared; more
    counts the changes that are not told.
    """
    before, after = old["facts"], new["facts"]
    both = [name for name in sorted(before) if name in after]
    changes: list[dict[str, Any]] = []
    more = 0
    for name in both:
        for change in _walk((name,), before[name], after[name]):
            if len(changes) < MOST:
                changes.append(change)
            else:
                more += 1
    return {"changes": changes, "more": more}


def verdicts(old: Iterable[Verdict], new: Iterable[Verdict]) -> list[dict[str, str]]:
    """Return the rows whose status differs: ``{"id", "was", "now"}``, worst first."""
    was = {verdict.id: verdict.status for verdict in old}
    found = [
        {"id": verdict.id, "was": was[verdict.id], "now": verdict.status}
        for verdict in new
        if verdict.id in was and was[verdict.id] != verdict.status
    ]
    return sorted(found, key=lambda change: (STATUSES.index(change["now"]), change["id"]))


def lines(since: Mapping[str, Any]) -> list[str]:
    """Return what a report says in ``since``, for a person; the texts are not yet safe to show."""
    found = [f"since {since['collected']}:"]
    for change in since["verdicts"]:
        better = "" if change["now"] not in (PASS, SKIP) else " (better)"
        found.append(f"  {change['id']}: was {change['was']}, now {change['now']}{better}")
    for change in since["changes"]:
        found += [f"  {line}" for line in _lines(change)]
    if since["more"]:
        found.append(f"  and {since['more']} more facts")
    return found if len(found) > 1 else [f"since {since['collected']}: nothing changed"]


def _lines(change: Mapping[str, Any]) -> Iterator[str]:
    path = ".".join(change["path"])
    if "removed" in change:
        told = [f"-{shown(item)}" for item in change["removed"]]
        told += [f"+{shown(item)}" for item in change["added"]]
        yield f"{path}: {', '.join(told)}"
        return
    old = shown(change["old"]) if "old" in change else "not there"
    new = shown(change["new"]) if "new" in change else "not there"
    yield f"{path}: was {old}, now {new}"


def shown(value: Any) -> str:
    """Return a fact in short, for a person."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _walk(path: tuple[str, ...], old: Any, new: Any) -> Iterator[dict[str, Any]]:
    if old == new or _volatile(path):
        return
    if isinstance(old, dict) and isinstance(new, dict) and not _unread(old) and not _unread(new):
        for key in sorted({*old, *new}):
            here = (*path, key)
            if key in old and key in new:
                yield from _walk(here, old[key], new[key])
            elif not _volatile(here):
                side, value = ("old", old[key]) if key in old else ("new", new[key])
                yield {"path": list(here), side: _short(value)}
        return
    yield {"path": list(path), **_pair(old, new)}


def _pair(old: Any, new: Any) -> dict[str, Any]:
    if isinstance(old, list) and isinstance(new, list):
        removed, added = _without(old, new), _without(new, old)
        if removed or added:
            return {"removed": removed, "added": added}
    return {"old": _short(old), "new": _short(new)}


def _without(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the items that are not among the others, few of them and each in short."""
    known = {json.dumps(item, sort_keys=True) for item in others}
    found = [item for item in items if json.dumps(item, sort_keys=True) not in known]
    return [_short(item) for item in found[:20]]


def _short(value: Any) -> Any:
    """Return a value, or its beginning as text when it is large."""
    if isinstance(value, str):
        return shown(value)
    return shown(value) if len(json.dumps(value, ensure_ascii=False)) > _SHOWN else value


def _unread(value: Mapping[str, Any]) -> bool:
    return set(value) == {"unknown"}


def _volatile(path: tuple[str, ...]) -> bool:
    return any(
        len(path) >= len(pattern)
        and all(part in ("*", key) for part, key in zip(pattern, path, strict=False))
        for pattern in VOLATILE
    )
