"""Which services are enabled and run, which programs run, and the containers of docker."""

import re
from typing import Any, Dict, List

from . import _units
from ._processes import processes
from .source import Source, attempt, shown

_SOCKETS = ("/run/libvirt/libvirt-sock", "/var/run/libvirt/libvirt-sock")
_CONTAINERS = "/var/lib/docker/containers/*/config.v2.json"

#: Units and programs of a server are some hundred.
_MOST = 2000
_NAME = re.compile(r'"Name" ?: ?"/([A-Za-z0-9_.-]{1,128})"')


def read(source: Source) -> Dict[str, Any]:
    """Return enabled and running units, running programs, docker's containers, libvirt's socket.

    Units are names of services and sockets; programs are {name: how many run} without the
    kernel's own; libvirt_socket is "" when there is none.
    """
    return {
        "enabled": attempt(_enabled, source),
        "running": attempt(_running, source),
        "programs": attempt(_programs, source),
        "containers": attempt(_docker, source),
        "libvirt_socket": attempt(_libvirt, source),
    }


def container_name(text: str) -> str:
    """Return the name in a docker container's config.v2.json, or "".

    Nothing else of the file is a fact: its environment holds passwords.
    """
    match = _NAME.search(text)
    return match.group(1) if match else ""


def _enabled(source: Source) -> List[str]:
    return [shown(name) for name in _units.enabled(source)][:_MOST]


def _running(source: Source) -> List[str]:
    return [shown(name) for name in _units.running(source)][:_MOST]


def _programs(source: Source) -> Dict[str, int]:
    found = {}  # type: Dict[str, int]
    for process in processes(source):
        if process["name"] in found or len(found) < _MOST:
            found[process["name"]] = found.get(process["name"], 0) + 1
    return found


def _docker(source: Source) -> List[str]:
    paths = source.glob(_CONTAINERS)
    if paths:
        source.leave_out("the configuration of docker's containers", "it holds their environment")
    return sorted(filter(None, (container_name(source.text(path)) for path in paths)))


def _libvirt(source: Source) -> str:
    return next((path for path in _SOCKETS if source.exists(path)), "")
