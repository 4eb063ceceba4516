"""Bundles: the facts of one server in one file, taken there and judged anywhere."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from saltext.muster import facts
from saltext.muster.errors import MusterError
from saltext.muster.probes import _collect, _command
from saltext.muster.probes.source import Source, Unreadable

#: No bundle is larger (bytes) or nested deeper; one has some 100 KiB and 10 levels.
LARGEST = 16 * 1024 * 1024
DEEPEST = _collect.DEEPEST + 3

#: A bundle has fewer lists and mappings: each takes many times its two bytes in memory.
_MOST_CONTAINERS = 300_000

#: What is read of ``left_out``.
_MOST_NOTES = 1000

_PROBE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}|")
_SURROGATE = re.compile(r"\\u[dD][89abAB]")
_REMEDY = "collect again on the server: muster collect --output FILE"

#: Why the clock is not compared.
NO_MASTER = "there is no master to compare the clock with"


def load(path: str) -> dict[str, Any]:
    """Return the bundle in the file at ``path`` ("-" = standard input).

    It may come from anybody: raises MusterError when it is no bundle of version 1, too large,
    nested too deep or not what its parts must be. What else it holds is left behind.
    """
    name = "standard input" if path == "-" else path
    try:
        return parse(_read(path))
    except MusterError as err:
        raise MusterError(f"{name}: {err}; {_REMEDY}") from None


def parse(data: bytes) -> dict[str, Any]:
    """Return the bundle in ``data``; raises MusterError as ``load`` does, without its name."""
    if len(data) > LARGEST:
        raise MusterError(f"has more than {LARGEST} bytes, no bundle is that large")
    if data.count(b"{") + data.count(b"[") > _MOST_CONTAINERS:
        raise MusterError("has more lists and mappings than a bundle has")
    try:
        text = data.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise MusterError("has text that is no UTF-8") from None
    except RecursionError:
        raise MusterError("is nested too deep") from None
    except ValueError as err:
        raise MusterError(f"is no JSON: {str(err)[:200]}") from None
    return _checked(found)


def dump(bundle: Mapping[str, Any]) -> str:
    """Return a bundle as the text of its file."""
    return json.dumps(bundle, indent=1, sort_keys=True) + "\n"


def reader(bundle: Mapping[str, Any]) -> Callable[[Iterable[str]], dict[str, Any]]:
    """Return what stands in for collecting: it gives the bundle's facts of the named probes.

    What a bundle has not is not there: judging says so by itself.
    """

    def collect(names: Iterable[str]) -> dict[str, Any]:
        held = bundle["facts"]
        found = {name: held[name] for name in names if name in held}
        return {**found, "skew": {"unknown": NO_MASTER}}

    return collect


def origin(bundle: Mapping[str, Any]) -> dict[str, str]:
    """Return where a bundle is from, for a report: node, time, digest of its probes."""
    return {key: bundle[key] for key in ("node", "collected", "library")}


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    full = os.path.abspath(path)
    try:
        return Source("/").data(full, LARGEST)
    except Unreadable as err:
        # The path is told by who asked for the file.
        raise MusterError(str(err).removeprefix(full).lstrip(": ")) from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _checked(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict) or found.get("format") != _command.FORMAT:
        raise MusterError(f"is no bundle: its `format` is not {_command.FORMAT}")
    if found.get("version") != _command.VERSION or isinstance(found["version"], bool):
        raise MusterError(
            f"is of version {str(found.get('version'))[:20]!a}, this muster reads"
            f" {_command.VERSION}: use the muster that made it"
        )
    return {
        "format": _command.FORMAT,
        "version": _command.VERSION,
        "collected": _time(found.get("collected")),
        "node": _short(found, "node", 253),
        "library": _matching(found, "library", _DIGEST),
        "python": _short(found, "python", 40),
        "facts": _facts(found.get("facts")),
        "left_out": _notes(found.get("left_out")),
    }


def _time(value: Any) -> str:
    try:
        parsed = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError):
        raise MusterError("has no time of the kind 2026-01-31T12:00:00Z in `collected`") from None
    return parsed.replace(tzinfo=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _short(found: Mapping[str, Any], key: str, most: int) -> str:
    value = found.get(key, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise MusterError(f"has no plain text of at most {most} characters in `{key}`")
    return value


def _matching(found: Mapping[str, Any], key: str, wanted: re.Pattern[str]) -> str:
    value = _short(found, key, 64)
    if not wanted.fullmatch(value):
        raise MusterError(f"has no digest in `{key}`")
    return value


def _facts(value: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise MusterError("has no mapping in `facts`")
    for name, each in value.items():
        if not _PROBE.fullmatch(name):
            raise MusterError(f"names a probe {name[:40]!a}, which is no such name")
        if not isinstance(each, dict):
            raise MusterError(f"has no mapping in `facts`.`{name}`")
    if _collect.deeper(value, DEEPEST):
        raise MusterError(f"has facts nested deeper than {DEEPEST}")
    # The skew is no probe's: it is known only where a pillar is compiled.
    return {name: value[name] for name in sorted(value) if name != "skew"}


def _notes(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise MusterError("has no list in `left_out`")
    kept = []
    for note in value[:_MOST_NOTES]:
        if not isinstance(note, dict) or set(note) != {"what", "why"}:
            raise MusterError("has something other than {what, why} in `left_out`")
        kept.append({key: _short(note, key, 5000) for key in ("what", "why")})
    return kept


def collect(wanted: Iterable[str], root: str = "/", targets: Iterable[str] = ()) -> dict[str, Any]:
    """Return a bundle of this machine, or of the captured host in the folder ``root``.

    wanted are names of probes; targets are addresses that the node must reach.
    """
    from saltext.muster import collector

    source = Source(root, None, list(targets))
    return _command.bundle(list(wanted), source, facts.load, collector.digest())
