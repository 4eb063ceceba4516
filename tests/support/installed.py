"""Package lists of captured hosts, with a few packages more or less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from saltext.muster.probes import packages
from tests.support import hosts

STATUS = "/var/lib/dpkg/status"
RPM = f"rpm -qa --qf {packages._FORMAT}"

#: When the captured hosts' packages were changed last: 20 days before they are judged.
CHANGED = int(hosts.NOW) - 20 * 86400


def dpkg(
    layer: str, more: Mapping[str, str] | None = None, without: Iterable[str] = ()
) -> dict[str, str]:
    """Return dpkg's status file of a layer with more packages, and without some."""
    gone = {*without, *(more or {})}
    stanzas = [
        stanza
        for stanza in hosts.layer(layer)["files"][STATUS].strip().split("\n\n")
        if stanza.split("\n")[0].partition(": ")[2] not in gone
    ]
    stanzas += [
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}"
        for name, version in (more or {}).items()
    ]
    return {STATUS: "\n\n".join(stanzas) + "\n"}


def rpm(
    layer: str,
    more: Mapping[str, str] | None = None,
    without: Iterable[str] = (),
    vendor: str = "",
    changed: int = CHANGED,
) -> dict[str, str]:
    """Return what rpm prints for a layer with more packages, and without some.

    vendor replaces the vendor of the kernels; changed is when a package was changed last.
    """
    gone = {*without, *(more or {})}
    rows = [line.split("\t") for line in hosts.layer(layer)["commands"][RPM].splitlines()]
    rows = [row for row in rows if row[0] not in gone]
    rows += [[name, version, "x86_64", "0", "A vendor"] for name, version in (more or {}).items()]
    for row in rows:
        row[3] = str(min(int(row[3]), changed))
        row[4] = vendor if vendor and row[0].startswith("kernel") else row[4]
    rows[0][3] = str(changed)
    return {RPM: "".join("\t".join(row) + "\n" for row in rows)}
