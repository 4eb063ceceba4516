"""What PVC's node daemon is told about the node's cards."""

import re
from typing import Any, Dict, Tuple

from . import _yaml
from ._text import lines
from .source import Source, Unreadable, attempt

#: The older releases' file and the newer ones'.
FILES = ("/etc/pvc/pvc.conf", "/etc/pvc/pvcnoded.yaml", "/etc/pvc/pvcnoded.yml")

_KEY = re.compile(r"^( *)sriov_device:[ \t]*(.*)$")
_ENABLED = re.compile(r"^ *sriov_enable:[ \t]*[\"']?([A-Za-z]+)", re.M)
_YES = ("true", "yes", "on")


def read(source: Source) -> Dict[str, Any]:
    """Return file (its path, "" = none) and sriov: enabled, and devices {card: functions}.

    Only these lines are read: the file holds passwords as well.
    """
    path = next((path for path in FILES if source.exists(path)), "")
    if not path:
        return {"file": "", "sriov": {"enabled": False, "devices": {}}}
    source.leave_out(path, "it holds passwords; its lines about SR-IOV are all that is read")
    return {"file": path, "sriov": attempt(_sriov, source, path)}


def sriov(text: str) -> Dict[str, Any]:
    """Return {"enabled", "devices"} of a configuration file's text.

    Raises Unreadable when the list of cards is not understood.
    """
    match = _ENABLED.search(text)
    return {
        "enabled": match is not None and match.group(1).lower() in _YES,
        "devices": _devices(_list(text)),
    }


def _sriov(source: Source, path: str) -> Dict[str, Any]:
    return sriov(source.text(path))


def _list(text: str) -> str:
    """Return the text of the list of cards, without what is around it."""
    found, indent = [], -1
    for _, line in lines(text):
        match = _KEY.match(line)
        if indent < 0:
            if match:
                indent = len(match.group(1))
                found.append(match.group(2))
            continue
        bare = line.strip(" ")
        deep = len(line) - len(line.lstrip(" "))
        if bare and bare[0] != "#" and (deep < indent or deep == indent and bare[0] != "-"):
            break
        found.append(line)
    return "\n".join(found)


def _devices(text: str) -> Dict[str, int]:
    entries = _yaml.parse(text) or []
    if not isinstance(entries, list):
        raise Unreadable("sriov_device is no list of cards")
    return dict(_device(entry) for entry in entries)


def _device(entry: Any) -> Tuple[str, int]:
    known = entry if isinstance(entry, dict) else {}
    name, count = known.get("phy", known.get("device")), known.get("vfcount", "0")
    if not isinstance(name, str) or not re.match(r"^[0-9]{1,4}$", str(count)):
        raise Unreadable("sriov_device: a card without its name or number of functions")
    return name, int(count)
