"""Names of routing tables in a file of muster's own."""

from __future__ import annotations

from collections.abc import Mapping

from saltext.muster.components.network.wanted import Wanted
from saltext.muster.errors import Refused
from saltext.muster.probes import addresses

PATH = "/etc/iproute2/rt_tables.d/muster.conf"
GLOBS = ("/etc/iproute2/rt_tables", "/etc/iproute2/rt_tables.d/*.conf")

_FIRST = GLOBS[0]
_FOLDER = "/etc/iproute2/rt_tables.d/"
_HEADER = "# By muster, from the cluster file: what is changed here is put back.\n"


def names(files: Mapping[str, str]) -> list[str]:
    """Return the files that ip(8) reads names of tables from, those that count more last."""
    return sorted(path for path in files if path == _FIRST or path.startswith(_FOLDER))


def known(files: Mapping[str, str]) -> dict[str, int]:
    """Return the tables that files name."""
    found: dict[str, int] = {}
    for path in names(files):
        found.update(addresses.tables(files[path]))
    return found


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the file of names as it must be, nothing where it is so.

    Raises Refused where another file gives a name another number.
    """
    others = {path: body for path, body in files.items() if path != PATH}
    told = known(others)
    for name, number in wanted.tables.items():
        if told.get(name, number) != number:
            where = next(p for p in names(others) if name in addresses.tables(others[p]))
            raise Refused(
                f"{where}: the table {name} is {told[name]}, wanted {number}; correct one of both"
            )
    missing = {name: n for name, n in wanted.tables.items() if name not in told}
    have = addresses.tables(files.get(PATH, ""))
    if have == missing:
        return {}
    lines = [f"{number} {name}\n" for name, number in sorted(missing.items(), key=lambda i: i[1])]
    return {PATH: _HEADER + "".join(lines) if lines else None}
