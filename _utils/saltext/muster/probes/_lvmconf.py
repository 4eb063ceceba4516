"""LVM's configuration: lvm.conf, and lvmlocal.conf over it."""

import re
from typing import Any, Dict, List, Tuple

from ._text import lines
from .source import Source, Unreadable

_FILES = ("/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf")
_DEVICES = "/etc/lvm/devices"

#: A filter has a few patterns.
_PATTERNS = 200

#: Sections in sections.
_DEPTH = 20

#: A string without its end ends with its line: each character is looked at once.
TOKEN = re.compile(
    r"""#[^\n]*|"((?:[^"\\\n]|\\.?)*)(?:"|$)|'([^'\n]*)(?:'|$)|([{}\[\]=,])|([^\s{}\[\]=,#"']+)""",
    re.M,
)


def filters(source: Source) -> Dict[str, List[str]]:
    """Return {"filter": patterns, "global_filter": patterns}; [] = none is set."""
    values = _values(source)
    found = {name: values.get(f"devices/{name}", []) for name in ("filter", "global_filter")}
    if any(len(patterns) > _PATTERNS for patterns in found.values()):
        raise Unreadable(f"a filter of LVM has more than {_PATTERNS} patterns")
    return found


def devices_file(source: Source) -> Dict[str, Any]:
    """Return {"setting", "there", "devices"} of the file that may replace the filters.

    setting is use_devicesfile as written ("" = the default of this build of LVM, which no file
    tells); devices are the names in the file.
    """
    values = _values(source)
    name = (values.get("devices/devicesfile") or ["system.devices"])[0].rsplit("/", 1)[-1]
    path = f"{_DEVICES}/{name}"
    return {
        "setting": (values.get("devices/use_devicesfile") or [""])[0],
        "there": source.exists(path),
        "devices": parse_devices(source.text_or(path)),
    }


def parse(text: str) -> Dict[str, List[str]]:
    """Return {"section/key": values} of a file in LVM's syntax; the last of a key wins."""
    found = {}  # type: Dict[str, List[str]]
    sections = []  # type: List[str]
    word, key = "", ""
    inside = False
    for kind, piece in _tokens(text):
        if kind == "mark" and piece in "{}":
            if piece == "{" and len(sections) < _DEPTH:
                sections.append(word)
            elif piece == "}":
                del sections[-1:]
            word, key, inside = "", "", False
        elif kind == "mark":
            inside = piece == "[" or (inside and piece != "]")
            if piece == "=":
                key = "/".join(sections + [word])
                found[key] = []
            elif piece == "]":
                key = ""
        elif key:
            found[key].append(piece)
            key = key if inside else ""
        else:
            word = piece
    return found


def parse_devices(text: str) -> List[str]:
    """Return the DEVNAMEs of a devices file; at most the first 500."""
    found = []
    for _, line in lines(text):
        if not line.lstrip().startswith("#"):
            found += re.findall(r"(?:^|\s)DEVNAME=(\S+)", line)
    return found[:500]


def _tokens(text: str) -> List[Tuple[str, str]]:
    found = []
    for double, single, mark, word in TOKEN.findall(text):
        if mark:
            found.append(("mark", mark))
        elif word:
            found.append(("word", word))
        elif double or single:
            found.append(("text", re.sub(r"\\([\"\\])", r"\1", double) or single))
    return found


def _values(source: Source) -> Dict[str, List[str]]:
    if not source.exists("/etc"):
        raise Unreadable("/etc is not there")
    found = {}  # type: Dict[str, List[str]]
    for path in _FILES:
        found.update(parse(source.text_or(path)))
    return found
