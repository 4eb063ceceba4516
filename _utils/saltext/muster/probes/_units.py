"""systemd's units as their files and control groups show them: without a process."""

from typing import Any, Dict, List, Sequence, Set

from .source import Source, Unreadable, attempt

#: Highest precedence first; the last two are one folder on most systems.
_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)

_GROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")


def states(source: Source, units: Sequence[str]) -> Dict[str, Dict[str, Any]]:
    """Return {unit: {"installed", "enabled", "masked", "active"}} of services.

    units are names of services; one that is only another name (alias) of a unit is left out
    and counted under its own name.
    """
    aliases = {unit: alias_of(source, unit) for unit in units}
    wanted = _wanted(source)
    found = {}
    for unit in units:
        if aliases[unit]:
            continue
        names = {unit} | {alias for alias, real in aliases.items() if real == unit}
        found[unit] = _state(source, unit, bool(names & wanted))
    return found


def enabled(source: Source) -> List[str]:
    """Return the services and sockets that some target wants and that are installed, sorted."""
    files = {name for folder in _FOLDERS for name in source.names(folder)}
    found = [name for name in _wanted(source) if name.endswith((".service", ".socket"))]
    installed = [name for name in found if name in files or _template(name) in files]
    return sorted(name for name in installed if not _masked(source, name))


def running(source: Source) -> List[str]:
    """Return the services that have processes, by systemd's control groups, sorted."""
    found = set()  # type: Set[str]
    for folder in _slices(source, True):
        for name in source.names(folder):
            below = f"{folder}/{name}"
            names = source.names(below) if name.endswith(".slice") else [name]
            inner = below if name.endswith(".slice") else folder
            found.update(
                each
                for each in names
                if each.endswith(".service") and _populated(source, f"{inner}/{each}")
            )
    return sorted(found)


def _template(unit: str) -> str:
    """Return getty@.service for getty@tty1.service."""
    name, at, rest = unit.partition("@")
    return f"{name}@.{rest.rsplit('.', 1)[-1]}" if at else unit


def _masked(source: Source, unit: str) -> bool:
    paths = [f"{folder}/{unit}" for folder in _FOLDERS]
    first = next((path for path in paths if _there(source, path)), "")
    return bool(first) and _is_mask(source, first)


def _slices(source: Source, needed: bool) -> List[str]:
    folders = [f"{group}/system.slice" for group in _GROUPS]
    found = [folder for folder in folders if source.exists(folder)]
    if needed and not found:
        raise Unreadable("no control groups of systemd below /sys/fs/cgroup")
    return found


def alias_of(source: Source, unit: str) -> str:
    """Return the unit that ``unit`` is another name of, or "" when it is a unit itself."""
    for folder in _FOLDERS:
        target = source.link(f"{folder}/{unit}")
        if target is not None:
            name = target.rstrip("/").rsplit("/", 1)[-1]
            return name if name.endswith(".service") and name != unit else ""
        if source.exists(f"{folder}/{unit}"):
            return ""
    return ""


def _state(source: Source, unit: str, wanted: bool) -> Dict[str, Any]:
    paths = [f"{folder}/{unit}" for folder in _FOLDERS]
    first = next((path for path in paths if _there(source, path)), "")
    masked = bool(first) and _is_mask(source, first)
    return {
        "installed": any(source.exists(path) and not _is_mask(source, path) for path in paths),
        "enabled": wanted and bool(first) and not masked,
        "masked": masked,
        "active": attempt(_active, source, unit, bool(first)),
    }


def _there(source: Source, path: str) -> bool:
    return source.link(path) is not None or source.exists(path)


def _is_mask(source: Source, path: str) -> bool:
    if source.link(path) == "/dev/null":
        return True
    try:
        return source.head(path, 1) == ""  # an empty file masks as well
    except Unreadable:
        return False


def _wanted(source: Source) -> Set[str]:
    """Return the names that some target wants or requires."""
    found = set()  # type: Set[str]
    for folder in _FOLDERS:
        for name in source.names(folder):
            if name.endswith((".wants", ".requires")):
                found.update(source.names(f"{folder}/{name}"))
    return found


def _active(source: Source, unit: str, known: bool) -> bool:
    slices = _slices(source, known)
    return any(_populated(source, f"{folder}/{unit}") for folder in slices)


def _populated(source: Source, folder: str) -> bool:
    if not source.exists(folder):
        return False
    # Only the unified hierarchy has the file; elsewhere an empty group is removed at once.
    return "populated 0" not in source.text_or(f"{folder}/cgroup.events")
