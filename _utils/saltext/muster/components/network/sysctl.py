"""The kernel's settings for the network: now, and at boot."""

from __future__ import annotations

from collections.abc import Mapping

from saltext.muster.components.network.wanted import Wanted
from saltext.muster.errors import Refused

PATH = "/etc/sysctl.d/60-muster.conf"
HEADER = "# Written by muster: changes are replaced.\n"

#: What is read at boot after muster's own file, or may be: a later value wins.
GLOBS = ("/etc/sysctl.d/*.conf", "/run/sysctl.d/*.conf", "/usr/lib/sysctl.d/*.conf")
MAIN = "/etc/sysctl.conf"


def path(name: str) -> str:
    """Return where the kernel shows a sysctl of that dotted name (a slash is a part's dot)."""
    return "/proc/sys/" + name.translate(str.maketrans("./", "/."))


def text(values: Mapping[str, str]) -> str:
    """Return the file with these values, "" for none.

    What a link takes of routers comes before forwarding, which would drop its routes.
    """
    names = sorted(values, key=lambda name: (not name.endswith(".accept_ra"), name))
    return HEADER + "".join(f"{name} = {values[name]}\n" for name in names) if names else ""


def running(wanted: Wanted, have: Mapping[str, str | None]) -> dict[str, dict[str, str | None]]:
    """Return {"old", "new"} of the values that are not as wanted; have are those of the kernel."""
    wrong = {name for name, value in wanted.sysctls.items() if have.get(name) != value}
    if not wrong:
        return {}
    return {
        "old": {name: have.get(name) for name in sorted(wrong)},
        "new": {name: wanted.sysctls[name] for name in sorted(wrong)},
    }


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return what muster's own file must be, where it is not so (None = removed).

    files are all that ``GLOBS`` and ``MAIN`` name, by path. Raises Refused where a file that is
    read later sets another value.
    """
    rivals = sorted(_rivals(wanted, files))
    if rivals:
        raise Refused(f"{'; '.join(rivals)}: take these lines out, then run again")
    new = text(wanted.sysctls)
    old = files.get(PATH)
    if new == (old or ""):
        return {}
    return {PATH: new or None}


def _rivals(wanted: Wanted, files: Mapping[str, str]) -> list[str]:
    """Return texts of lines that are read after muster's file and set something else."""
    own = PATH.rsplit("/", 1)[-1]
    found = []
    for name, content in files.items():
        if name != MAIN and name.rsplit("/", 1)[-1] <= own:
            continue
        for number, line in enumerate(content.split("\n"), start=1):
            key, separator, value = line.strip().partition("=")
            key = dotted(key.strip().lstrip("-").strip())
            if line.lstrip()[:1] in ("#", ";") or not separator or key not in wanted.sysctls:
                continue
            if " ".join(value.split()) != wanted.sysctls[key]:
                found.append(
                    f"{name}:{number} sets {key} to {value.strip()[:40]!a}, wanted"
                    f" {wanted.sysctls[key]}, and is read after {PATH}"
                )
    return found


def dotted(key: str) -> str:
    """Return a key whose first separator is a slash in the form with dots."""
    first = next((char for char in key if char in "./"), ".")
    return key.translate(str.maketrans("./", "/.")) if first == "/" else key
