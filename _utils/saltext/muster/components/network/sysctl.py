"""The kernel's settings for the network: now, and at boot."""

from __future__ import annotations

from collections.abc import Mapping

from saltext.muster.components.network.wanted import Wanted
from saltext.muster.errors import Refused
from saltext.muster.trial.spec import Step

PATH = "/etc/sysctl.d/60-muster.conf"
HEADER = "# Written by muster: changes are replaced.\n"

#: What is read at boot after muster's own file, or may be: a later value wins. Of files of one
#: name that of the first folder is read alone.
MAIN = "/etc/sysctl.conf"
_FOLDERS = ("/etc/sysctl.d/", "/run/sysctl.d/", "/usr/local/lib/sysctl.d/", "/usr/lib/sysctl.d/")
GLOBS = (*(f"{folder}*.conf" for folder in _FOLDERS), MAIN)


def path(name: str) -> str:
    """Return where the kernel shows a sysctl of that dotted name (a slash is a part's dot)."""
    return "/proc/sys/" + name.translate(str.maketrans("./", "/."))


def text(values: Mapping[str, str]) -> str:
    """Return the file with these values, "" for none."""
    lines = [f"{name} = {values[name]}\n" for name in _ordered(values)]
    return HEADER + "".join(lines) if lines else ""


def values(wanted: Wanted, ifupdown: bool) -> dict[str, str]:
    """Return what the kernel is to be told now.

    What a device takes of routers' advertisements belongs there with ifupdown alone: others
    than the kernel read the advertisements elsewhere.
    """
    taken = {
        f"net.ipv6.conf.{device.name.replace('.', '/')}.accept_ra": str(device.accept_ra)
        for device in wanted.devices
        if ifupdown and device.accept_ra is not None
    }
    return {**taken, **wanted.sysctls}


def steps(values: Mapping[str, str | None], may_fail: bool = False) -> tuple[Step, ...]:
    """Return the commands that set values; one that is None is left as it is.

    What a device takes of routers comes before forwarding, which would drop its routes.
    """
    return tuple(
        Step(("sysctl", "-q", "-w", f"{name}={values[name]}"), may_fail)
        for name in _ordered(values)
        if values[name] is not None
    )


def _ordered(values: Mapping[str, str | None]) -> list[str]:
    return sorted(values, key=lambda name: (not name.endswith(".accept_ra"), name))


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return what muster's own file must be, where it is not so (None = removed).

    files are at least those that ``GLOBS`` name, by path. Raises Refused where a file that is
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
    found = []
    for name, content in files.items():
        if not _is_later(name, files):
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


def _is_later(path: str, files: Mapping[str, str]) -> bool:
    """Say whether a file is read at boot, after muster's own."""
    name = path.rsplit("/", 1)[-1]
    if not path.startswith(_FOLDERS):
        return path == MAIN
    first = next(f"{folder}{name}" for folder in _FOLDERS if f"{folder}{name}" in files)
    return path == first and name > PATH.rsplit("/", 1)[-1]


def dotted(key: str) -> str:
    """Return a key whose first separator is a slash in the form with dots."""
    first = next((char for char in key if char in "./"), ".")
    return key.translate(str.maketrans("./", "/.")) if first == "/" else key
