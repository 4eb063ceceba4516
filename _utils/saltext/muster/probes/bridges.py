"""Bridges and the other network links."""

from typing import Any, Dict, List

from ._text import first_line, lines, words
from .source import Source, Unreadable, attempt, shown

_NET = "/sys/class/net"


def read(source: Source) -> Dict[str, Any]:
    """Return the bridges with ports, STP and forward delay (seconds), and all links' names.

    Where /sys is not to be seen, brctl tells of ports and STP.
    """
    return {"bridges": attempt(_bridges, source), "links": attempt(_links, source)}


def _links(source: Source) -> List[str]:
    if not source.exists(_NET):
        raise Unreadable(f"{_NET} is not there")
    # bonding_masters is a file among the links.
    names = [name for name in source.names(_NET) if source.exists(f"{_NET}/{name}/ifindex")]
    return [shown(name) for name in names]


def parse_brctl(text: str) -> Dict[str, Dict[str, Any]]:
    """Return {bridge: {"ports", "stp", "forward_delay"}} of the output of ``brctl show``."""
    found = {}  # type: Dict[str, Dict[str, Any]]
    ports = []  # type: List[str]
    for _, line in lines(text):
        parts = words(line)
        if len(parts) > 2 and parts[2] in ("yes", "no"):
            ports = parts[3:4]
            found[parts[0]] = {
                "ports": ports,
                "stp": parts[2] == "yes",
                "forward_delay": {"unknown": "brctl show does not tell the forward delay"},
            }
        elif len(parts) == 1 and line[:1] in (" ", "\t") and found:
            ports.extend(parts)
    return found


def _bridges(source: Source) -> Dict[str, Dict[str, Any]]:
    if not source.exists(_NET):
        return _of_brctl(source)
    names = [name for name in source.names(_NET) if source.exists(f"{_NET}/{name}/bridge")]
    return {shown(name): _bridge(source, name) for name in names}


def _of_brctl(source: Source) -> Dict[str, Dict[str, Any]]:
    try:
        return parse_brctl(source.run(["brctl", "show"]))
    except Unreadable as err:
        raise Unreadable(f"{_NET} is not there; {err}") from None


def _bridge(source: Source, name: str) -> Dict[str, Any]:
    folder = f"{_NET}/{name}"
    return {
        "ports": attempt(_ports, source, f"{folder}/brif"),
        "stp": attempt(lambda: _number(source, f"{folder}/bridge/stp_state") != 0),
        # The kernel counts in hundredths of a second here.
        "forward_delay": attempt(lambda: _number(source, f"{folder}/bridge/forward_delay") / 100),
    }


def _ports(source: Source, folder: str) -> List[str]:
    return [shown(name) for name in source.names(folder)]


def _number(source: Source, path: str) -> int:
    text = first_line(source.text(path))
    if not text.isdigit():
        raise Unreadable(f"{path} holds no number")
    return int(text)
