"""The ports that libvirt gives guests' screens and migrations, by its QEMU configuration."""

import re
from typing import Any, Dict, List

from ._text import lines
from .source import Source, Unreadable, attempt

_PATH = "/etc/libvirt/qemu.conf"
_SETTING = re.compile(r"^[ \t]*([a-z_]+)[ \t]*=[ \t]*([^#]*?)[ \t]*(?:#.*)?$")

#: libvirt's own, where the file says nothing.
DEFAULTS = {"migration_port": (49152, 49215), "remote_display_port": (5900, 65535)}


def read(source: Source) -> Dict[str, Any]:
    """Return migration and display: the first and the last port of each."""
    text = attempt(source.text_or, _PATH)
    if isinstance(text, dict):
        return {"migration": text, "display": text}
    found = parse(text)
    if any("password" in key for key in found):
        source.leave_out(_PATH, "it holds passwords; only its ports are facts")
    return {
        "migration": attempt(_ports, found, "migration_port"),
        "display": attempt(_ports, found, "remote_display_port"),
    }


def parse(text: str) -> Dict[str, str]:
    """Return {name: value as it stands} of the settings that are no comments."""
    found = {}
    for _, line in lines(text):
        match = _SETTING.match(line)
        if match:
            found[match.group(1)] = match.group(2)
    return found


def _ports(found: Dict[str, str], name: str) -> List[int]:
    ports = []
    for end, default in zip(("min", "max"), DEFAULTS[name]):  # noqa: B905 - Python 3.6
        value = found.get(f"{name}_{end}", str(default))
        if not re.match(r"^[0-9]{1,5}$", value):
            raise Unreadable(f"{_PATH}: {name}_{end} is no port")
        ports.append(int(value))
    return ports
