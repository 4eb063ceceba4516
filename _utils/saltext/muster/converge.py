"""One way for every state: diff, test mode, change, the same diff again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Diff = dict[str, dict[str, Any]]


def converge(
    name: str,
    what: str,
    test: bool,
    diff: Callable[[], Diff],
    apply: Callable[[], list[str]],
    waived: Callable[[], Mapping[str, str]],
    errors: tuple[type[Exception], ...],
    done: str = "changed",
) -> dict[str, Any]:
    """Bring something to its wanted state and return a Salt state return.

    name is the state's; what names the thing in comments. test: change nothing, tell what
    would change. diff returns ``{key: {"old", "new"}}`` (with ``"pending"`` where it cannot be
    applied now); apply changes the node and returns notes (such as a backup's path); waived
    returns the diff keys that are waived, with the waivers' texts. An exception among errors
    becomes a failed result with its text. done is what comments say of what was applied.
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        before = diff()
        ours, left = _split(before, waived() if before else {})
        if not ours:
            return _settled(ret, f"{what} is as wanted", left)
        if test:
            ret.update(result=None, changes=_changes(ours))
            ret["comment"] = _join(f"{what} would have been {done}: {', '.join(ours)}", left)
            return ret
    except errors as err:
        ret["comment"] = f"{what}: {err}"
        return ret
    notes, failure = _attempt(apply, errors)
    try:
        after = diff()
    except errors as err:
        # What became of it cannot be told, so all that was attempted counts as changed.
        ret["changes"] = _changes(ours)
        told = [failure, f"could not be read again: {err}", *notes]
        ret["comment"] = f"{what}: " + "; ".join(filter(None, told))
        return ret
    return _judge(ret, f"{what} has been {done}", what, ours, after, notes, failure, waived)


def _judge(
    ret: dict[str, Any],
    changed: str,
    what: str,
    ours: Diff,
    after: Diff,
    notes: list[str],
    failure: str,
    waived: Callable[[], Mapping[str, str]],
) -> dict[str, Any]:
    open_, left = _split(after, waived() if after else {})
    ret["changes"] = _changes({key: ours[key] for key in ours if key not in open_})
    if failure or open_:
        still = [f"{key} is {seen(e['old'])}, wanted {seen(e['new'])}" for key, e in open_.items()]
        ret["comment"] = f"{what}: " + "; ".join(filter(None, [failure, *still, *notes]))
        return ret
    return _settled(ret, "; ".join([f"{changed}: {', '.join(ours)}", *notes]), left)


def _attempt(
    apply: Callable[[], list[str]], errors: tuple[type[Exception], ...]
) -> tuple[list[str], str]:
    try:
        return apply(), ""
    except errors as err:
        return [], str(err)


def _split(diff: Diff, waived: Mapping[str, str]) -> tuple[Diff, dict[str, str]]:
    """Part a diff into what can be changed now and why the rest is left."""
    ours: Diff = {}
    left: dict[str, str] = {}
    for key, entry in diff.items():
        if key in waived:
            left[key] = f"waived by {waived[key]}"
        elif entry.get("pending"):
            left[key] = f"pending: {entry['pending']}"
        else:
            ours[key] = entry
    return ours, left


def _settled(ret: dict[str, Any], comment: str, left: Mapping[str, str]) -> dict[str, Any]:
    ret.update(result=True, comment=_join(comment, left))
    pending = [f"{key}: {why}" for key, why in left.items() if why.startswith("pending")]
    if pending:
        ret["warnings"] = pending
    return ret


def _join(comment: str, left: Mapping[str, str]) -> str:
    if not left:
        return comment
    return f"{comment}; left alone: " + "; ".join(f"{key} ({why})" for key, why in left.items())


def _changes(diff: Diff) -> dict[str, dict[str, Any]]:
    return {key: {"old": entry["old"], "new": entry["new"]} for key, entry in diff.items()}


def seen(value: Any) -> str:
    """Return a value of a diff as a person reads it; None and empty texts are said aloud."""
    if value is None:
        return "absent"
    return repr(value) if isinstance(value, str) else str(value)
