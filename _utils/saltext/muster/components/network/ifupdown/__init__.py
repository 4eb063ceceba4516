"""The backend ifupdown: Debian's /etc/network/interfaces."""

from __future__ import annotations

import shutil

from saltext.muster.components.network import tables
from saltext.muster.components.network.ifupdown import layout
from saltext.muster.components.network.ifupdown.editing import edit
from saltext.muster.components.network.ifupdown.turns import turns
from saltext.muster.components.network.wanted import BOND, BRIDGE, Wanted

__all__ = ["GLOBS", "MODE", "NAME", "edit", "needs", "turns"]

NAME = "ifupdown"

#: What is read; of these, ifupdown itself reads what its ``source`` lines name.
GLOBS: tuple[str, ...] = (
    layout.MAIN,
    f"{layout.FOLDER}/*",
    f"{layout.FOLDER}/*/*",
    *tables.GLOBS,
)
MODE = 0o644

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_PROGRAMS = {
    BOND: ("ifenslave", "ifenslave", "bonds"),
    BRIDGE: ("brctl", "bridge-utils", "bridges"),
}


def needs(wanted: Wanted) -> list[str]:
    """Return what this node lacks so that ifupdown can bring the devices up at boot."""
    kinds = [kind for kind in _PROGRAMS if any(d.kind == kind for d in wanted.devices)]
    return [
        f"{program} is not there, and ifupdown needs it for {what}; install the package {package}"
        for program, package, what in (_PROGRAMS[kind] for kind in kinds)
        if not shutil.which(program, path=_PATH)
    ]
