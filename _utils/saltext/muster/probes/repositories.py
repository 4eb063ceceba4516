"""Which package repositories are enabled."""

from typing import Any, Dict, List

from . import _apt, _yum
from .source import Source, Unreadable, attempt


def read(source: Source) -> Dict[str, Any]:
    """Return the enabled repositories and the keyrings that apt trusts.

    A repository: {"kind" ("apt" or "yum"), "id", "url", "suite", "components", "signed_by",
    "origin", "file", "line"}. url has neither credentials nor a query; id is yum's; origin is
    what a signed Release file that apt has fetched calls itself. keyrings are names of files.
    """
    return {
        "enabled": attempt(_enabled, source),
        "keyrings": attempt(_apt.keyrings, source),
    }


def _enabled(source: Source) -> List[Dict[str, Any]]:
    if source.exists("/etc/apt"):
        return _apt.enabled(source)
    if any(source.exists(path) for path in ("/etc/yum.repos.d", "/etc/yum.conf", "/etc/dnf")):
        return _yum.enabled(source)
    raise Unreadable("neither apt's nor yum's configuration is there")
