"""The packages component: which names a plan's lists mean on this release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saltext.muster.errors import InvalidArgument


def names(system: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the package names for a system.

    system is the ``os`` fact (``id`` and ``version_id``); lists are the plan's, by ``ID-VERSION``
    (``debian-12``). Raises InvalidArgument for a release that has no list: never a guess.
    """
    release = f"{system.get('id')}-{system.get('version_id')}"
    for key in (release, release.partition(".")[0]):
        if key in lists:
            return sorted(lists[key])
    raise InvalidArgument(
        f"packages: no names are known for {release}; known: {', '.join(sorted(lists))};"
        " use one of these releases, or add it to the platform"
    )
