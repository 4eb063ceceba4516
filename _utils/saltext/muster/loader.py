"""Tell Salt where muster's loader folders are: the entry point of the installed package."""

from __future__ import annotations

import os

_FOLDERS = ("beacons", "grains", "modules", "output", "pillar", "runners", "states")


def salt_loader() -> dict[str, list[str]]:
    """Return the folder of each kind of Salt module.

    In a wheel they lie inside this package; in an editable install they are the checkout's
    own ``_modules`` and so on, three folders up.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    checkout = os.path.normpath(os.path.join(here, "..", "..", ".."))
    found = {}
    for name in _FOLDERS:
        inside, beside = os.path.join(here, name), os.path.join(checkout, f"_{name}")
        found[name] = [inside if os.path.isdir(inside) else beside]
    return found
