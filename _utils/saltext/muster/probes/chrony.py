"""Time: which service keeps it, from which sources, and whether it is synchronised."""

import math
from typing import Any, Dict, List, Tuple

from . import _units
from ._text import lines, words
from .source import Absent, Source, Unreadable, attempt, shown

#: A real unit stands before the names that a distribution gives it as well.
SERVICES = (
    "chrony.service",
    "chronyd.service",
    "systemd-timesyncd.service",
    "ntp.service",
    "ntpd.service",
    "ntpsec.service",
    "openntpd.service",
)

_CONFIGS = ("/etc/chrony/chrony.conf", "/etc/chrony.conf")
_KINDS = ("server", "pool", "peer")
_DEPTH = 10
_FILES = 200
_TRACKING_FIELDS = 14


def read(source: Source) -> Dict[str, Any]:
    """Return the time services, chrony's main file, its sources, and its tracking.

    A service: {"installed", "enabled", "masked", "active"}; a source: {"kind", "name",
    "options", "file", "line"}, options being text; config is "" without a main file; tracking:
    {"refid", "name", "stratum", "offset" (seconds), "leap"}.
    """
    config = attempt(_config, source)
    return {
        "services": attempt(_units.states, source, SERVICES),
        "config": config,
        "sources": config if isinstance(config, dict) else attempt(_sources, source, config),
        "tracking": attempt(_tracking, source),
    }


def parse_config(text: str, path: str) -> Tuple[List[Dict[str, Any]], List[Tuple[str, List[str]]]]:
    """Return (sources, inclusions) of one of chrony's files; path names it in the sources.

    inclusions are (directive, [arguments]) of include, confdir and sourcedir lines.
    """
    sources, inclusions = [], []
    for number, line in lines(text):
        fields = words(line)
        if len(fields) < 2 or fields[0][0] in "!;#%":
            continue
        directive = fields[0].lower()
        if directive in _KINDS:
            entry = {"kind": directive, "name": fields[1], "options": " ".join(fields[2:])}
            sources.append(dict(entry, file=shown(path), line=number))
        elif directive in ("include", "confdir", "sourcedir"):
            inclusions.append((directive, fields[1:]))
    return sources, inclusions


def parse_tracking(text: str) -> Dict[str, Any]:
    """Return what ``chronyc -c -n tracking`` says; raise Unreadable when it is something else."""
    fields = text.strip().split(",")
    try:
        if len(fields) != _TRACKING_FIELDS:
            raise ValueError
        offset, stratum = float(fields[4]), int(fields[2])
        if not math.isfinite(offset):
            raise ValueError
    except ValueError:
        raise Unreadable(f"chronyc tracking said {text.strip()[:200]!r}") from None
    return {
        "refid": fields[0],
        "name": fields[1],
        "stratum": stratum,
        "offset": offset,
        "leap": fields[13],
    }


def _config(source: Source) -> str:
    return next((path for path in _CONFIGS if source.exists(path)), "")


def _sources(source: Source, config: str) -> List[Dict[str, Any]]:
    found, queue, seen = [], [(config, 0)] if config else [], set()
    while queue:
        path, depth = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        if depth > _DEPTH or len(seen) > _FILES:
            raise Unreadable(f"chrony's configuration is nested too deep or too large at {path}")
        try:
            sources, inclusions = parse_config(source.text(path), path)
        except Absent:
            continue
        found += sources
        files = [file for given in inclusions for file in _included(source, *given)]
        # A .sources file holds sources alone.
        queue += [(file, depth + 1) for file in files if not path.endswith(".sources")]
    return found


def _included(source: Source, directive: str, arguments: List[str]) -> List[str]:
    if directive == "include":
        return source.glob(arguments[0])
    suffix = ".conf" if directive == "confdir" else ".sources"
    # The same name in two folders: the first folder's file counts.
    first = {}  # type: Dict[str, str]
    for folder in arguments:
        for name in source.names(folder):
            if name.endswith(suffix):
                first.setdefault(name, f"{folder.rstrip('/')}/{name}")
    return [first[name] for name in sorted(first)]


def _tracking(source: Source) -> Dict[str, Any]:
    return parse_tracking(source.run(["chronyc", "-c", "-n", "tracking"]))
