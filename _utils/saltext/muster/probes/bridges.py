"""Bridges and the other network links."""

from ._text import first_line
from .source import Unreadable, attempt, shown

_NET = "/sys/class/net"


def read(source):
    """Return the bridges with ports, STP and forward delay (seconds), and all links' names."""
    return {"bridges": attempt(_bridges, source), "links": attempt(_links, source)}


def _links(source):
    if not source.exists(_NET):
        raise Unreadable(f"{_NET} is not there")
    # bonding_masters is a file among the links.
    names = [name for name in source.names(_NET) if source.exists(f"{_NET}/{name}/ifindex")]
    return [shown(name) for name in names]


def _bridges(source):
    if not source.exists(_NET):
        raise Unreadable(f"{_NET} is not there")
    names = [name for name in source.names(_NET) if source.exists(f"{_NET}/{name}/bridge")]
    return {shown(name): _bridge(source, name) for name in names}


def _bridge(source, name):
    folder = f"{_NET}/{name}"
    return {
        "ports": attempt(_ports, source, f"{folder}/brif"),
        "stp": attempt(lambda: _number(source, f"{folder}/bridge/stp_state") != 0),
        # The kernel counts in hundredths of a second here.
        "forward_delay": attempt(lambda: _number(source, f"{folder}/bridge/forward_delay") / 100),
    }


def _ports(source, folder):
    return [shown(name) for name in source.names(folder)]


def _number(source, path):
    text = first_line(source.text(path))
    if not text.isdigit():
        raise Unreadable(f"{path} holds no number")
    return int(text)
