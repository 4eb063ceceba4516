"""Ceph's OSDs of this node and how much memory each may take."""

import json
import re
from typing import Any, Dict, List, Optional, Tuple

from ._text import lines
from .source import Source, Unreadable, attempt

_CONF = "/etc/ceph/ceph.conf"
_OPTION = "osd_memory_target"
_SHIFTS = {"": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_SIZE = re.compile(r"([0-9]{1,18})(?:[ _]*([BKMGTbkmgt])i?[Bb]?)?$")


def read(source: Source) -> Dict[str, Any]:
    """Return osds (their numbers) and targets ({number as text: {"bytes", "from"}}).

    What ceph.conf says wins over the monitors' database; where it says nothing, the first OSD
    is asked what it runs with, and "from" says so.
    """
    osds = attempt(_osds, source)
    if isinstance(osds, dict):
        return {"osds": osds, "targets": osds}
    return {"osds": osds, "targets": attempt(_targets, source, osds)}


def parse_conf(text: str) -> Dict[str, Dict[str, str]]:
    """Return {section: {option: value}} of ceph.conf; blanks and - in names become _."""
    found = {}  # type: Dict[str, Dict[str, str]]
    section = "global"
    for _, line in lines(text):
        line = re.split(r"(?<!\\)[#;]", line, maxsplit=1)[0].strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif "=" in line:
            name, _, value = line.partition("=")
            option = re.sub(r"[\s_-]+", "_", name.strip()).lower()
            found.setdefault(section, {})[option] = value.strip().strip("\"'")
    return found


def parse_size(text: str) -> Optional[int]:
    """Return the bytes of a size such as 939524096, 4G or 4_Gi (of 1024), or None."""
    match = _SIZE.match(text.strip())
    if match is None:
        return None
    return int(match.group(1)) << _SHIFTS[(match.group(2) or "").lower()]


def parse_asked(text: str) -> Optional[int]:
    """Return the bytes in an OSD's answer to ``config get``, or None."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parse_size(str(answer.get(_OPTION))) if isinstance(answer, dict) else None


def _osds(source: Source) -> List[int]:
    if not source.exists("/var/lib"):
        raise Unreadable("/var/lib is not there")
    names = source.names("/var/lib/ceph/osd")
    numbers = [name.rpartition("-")[2] for name in names if re.match(r"[^-]+-[0-9]{1,6}$", name)]
    return sorted(int(number) for number in numbers)


def _targets(source: Source, osds: List[int]) -> Dict[str, Any]:
    conf = parse_conf(source.text_or(_CONF))
    found = {}  # type: Dict[str, Any]
    asked = None  # type: Any
    for number in osds:
        value, section = _configured(conf, number)
        if section:
            found[str(number)] = attempt(_told, value, f"{_CONF} [{section}]")
            continue
        asked = asked or attempt(_asked, source, number)
        found[str(number)] = asked
    return found


def _configured(conf: Dict[str, Dict[str, str]], number: int) -> Tuple[str, str]:
    for section in (f"osd.{number}", "osd", "global"):
        if _OPTION in conf.get(section, {}):
            return conf[section][_OPTION], section
    return "", ""


def _told(value: str, place: str) -> Dict[str, Any]:
    size = parse_size(value)
    if size is None:
        raise Unreadable(f"{place}: {value[:60]!r} is no size")
    return {"bytes": size, "from": place}


def _asked(source: Source, number: int) -> Dict[str, Any]:
    text = source.run(["ceph", "daemon", f"osd.{number}", "config", "get", _OPTION])
    size = parse_asked(text)
    if size is None:
        raise Unreadable(f"osd.{number} told no {_OPTION}")
    return {"bytes": size, "from": f"asked osd.{number}"}
