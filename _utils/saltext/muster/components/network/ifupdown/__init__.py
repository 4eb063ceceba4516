"""The backend ifupdown: Debian's /etc/network/interfaces."""

from __future__ import annotations

import os

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

# What ifupdown itself runs. Programs tell less: ifenslave has brought none since Debian 12.
_HOOKS = "/etc/network/if-pre-up.d"
_PACKAGES = {
    BOND: ("ifenslave", "ifenslave", "bonds"),
    BRIDGE: ("bridge", "bridge-utils", "bridges"),
}


def needs(wanted: Wanted, hooks: str = _HOOKS) -> list[str]:
    """Return what this node lacks so that ifupdown can bring the devices up at boot.

    hooks
        the folder of what ifupdown runs before it brings a device up
    """
    kinds = [kind for kind in _PACKAGES if any(d.kind == kind for d in wanted.devices)]
    return [
        f"{hooks}/{name} is not there, and ifupdown needs it for {what};"
        f" install the package {package}"
        for name, package, what in (_PACKAGES[kind] for kind in kinds)
        if not os.path.exists(f"{hooks}/{name}")
    ]
