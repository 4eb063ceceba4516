"""Which operating system the node runs."""

import re
from typing import Any, Dict, List, Union

from ._text import assignments, first_line
from .source import Absent, Source, Unknown, Unreadable, attempt

_FAMILIES = {
    "debian": ("debian", "ubuntu", "raspbian", "devuan"),
    "redhat": ("rhel", "fedora", "centos", "almalinux", "rocky", "ol", "amzn"),
    "suse": ("suse", "opensuse", "sles", "opensuse-leap", "opensuse-tumbleweed"),
    "arch": ("arch",),
    "alpine": ("alpine",),
    "gentoo": ("gentoo",),
}

_FILES = ("/etc/os-release", "/usr/lib/os-release")


def read(source: Source) -> Dict[str, Any]:
    """Return id, name, version_id, codename, id_like, family and release of the system.

    version_id is text (8.10 is no float); release is the detailed version, such as the content
    of /etc/debian_version or /etc/redhat-release.
    """
    try:
        values = assignments(_os_release(source))
    except Unreadable as err:
        facts = dict.fromkeys(("id", "name", "version_id", "codename", "id_like", "family"))
        facts = {key: {"unknown": str(err)} for key in facts}
        values = {}
    else:
        facts = describe(values)
    facts["release"] = attempt(_release, source, values, facts["family"])
    return facts


def describe(values: Dict[str, str]) -> Dict[str, Any]:
    """Return what the assignments of os-release say."""
    like = values.get("ID_LIKE", "").lower().split()
    return {
        "id": _given(values, "ID"),
        "name": _given(values, "NAME", "PRETTY_NAME"),
        "version_id": _given(values, "VERSION_ID"),
        "codename": codename(values),
        "id_like": like,
        "family": family([values.get("ID", "").lower()] + like),
    }


def codename(values: Dict[str, str]) -> str:
    """Return the release's name in one word or a few, or "" when it has none."""
    if values.get("VERSION_CODENAME"):
        return values["VERSION_CODENAME"]
    match = re.search(r"\(([^()]+)\)", values.get("VERSION", ""))
    return match.group(1) if match else ""


def family(ids: List[str]) -> Union[str, Unknown]:
    """Return the family of the first known name among ``ids`` (ID, then those of ID_LIKE)."""
    for name in ids:
        for known, members in _FAMILIES.items():
            if name in members:
                return known
    return {"unknown": f"no known family among {', '.join(filter(None, ids)) or 'no names'}"}


def _given(values: Dict[str, str], *keys: str) -> Union[str, Unknown]:
    for key in keys:
        if values.get(key):
            return values[key]
    return {"unknown": f"os-release has no {keys[0]}"}


def _os_release(source: Source) -> str:
    for path in _FILES:
        try:
            return source.text(path)
        except Absent:
            continue
    raise Absent(f"neither {' nor '.join(_FILES)} is there")


def _release(source: Source, values: Dict[str, str], kind: Union[str, Unknown]) -> str:
    # Ubuntu's debian_version names the Debian that it was made from.
    if values.get("ID") == "debian":
        return first_line(source.text("/etc/debian_version"))
    if kind == "redhat" or not values:
        return first_line(source.text("/etc/redhat-release"))
    found = values.get("PRETTY_NAME") or values.get("VERSION")
    if not found:
        raise Unreadable("os-release has no PRETTY_NAME and no VERSION")
    return found
