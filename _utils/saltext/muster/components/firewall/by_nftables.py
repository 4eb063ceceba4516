"""The firewall by nftables: how it differs, and the change on trial."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence

from saltext.muster import files
from saltext.muster.components.firewall import charge, listing, nft
from saltext.muster.components.firewall.connections import Connection
from saltext.muster.components.firewall.system import Node, demanded
from saltext.muster.components.firewall.wanted import Wanted
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts, Unread
from saltext.muster.trial.spec import DATA, New, Proof, Step, Trial, Turn

_UNITS = tuple(
    f"{folder}/{charge.NFTABLES}"
    for folder in ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
)
_ENABLE = ("systemctl", "enable", charge.NFTABLES)
_DISABLE = ("systemctl", "disable", charge.NFTABLES)

#: Lists the wanted table as this very nft writes it, in a network of its own that ends with it.
_TRY = ("unshare", "--net", "sh", "-c", f"nft -f - && exec {' '.join(nft.LIST)}")

#: More connections than this are not carried over one by one.
_MOST = 20_000


def running(node: Node) -> str | None:
    """Return the listing of muster's table as it runs, None when there is none or no nft."""
    if not node.live or shutil.which("nft") is None:
        return None
    done = node.run(nft.LIST, "")
    if done.status and "No such file" not in done.said:
        raise Refused(f"nft does not list its tables: {done.said}; run as root, see dmesg")
    return None if done.status else done.output


def diff(wanted: Wanted, facts: Facts, now: str | None, node: Node) -> Diff:
    """Return what differs in the running table, in the files, and in loading at boot.

    now is the running table's listing. Source: VMM-027, VMM-052 to 059, RAV-027, RAV-028,
    RAV-030, PVC-050, PVC-104.
    """
    text = nft.text(wanted, dhcp6(facts))
    want = None
    if now is not None:
        remedy = "see whether nft is whole and `unshare --net true` works"
        want = demanded(node.run(_TRY, text), "nft does not take the wanted rules", remedy)
    found = listing.diff(now, want, len(wanted.accept)) if node.live else {}
    if any(node.read(path) != new for path, new in _files(text, node).items()):
        new = f"{nft.FILE}, loaded by {charge.NFTABLES}"
        found["files"] = {"old": "not as wanted", "new": new}
    if not facts.get("firewall", "services", charge.NFTABLES).get("enabled"):
        found["boot"] = {"old": "not enabled", "new": f"{charge.NFTABLES} enabled"}
    return found


def dhcp6(facts: Facts) -> bool:
    """Say whether the node is a client of DHCP for IPv6; what cannot be read counts as one."""
    for backend in ("ifupdown", "ifcfg", "networkmanager", "netplan", "networkd"):
        try:
            entries = facts.get("interface_files", backend, "entries")
        except Unread:
            return True
        if any(each["ipv6"] == "dhcp" for each in entries):
            return True
    return False


def wanted_files(wanted: Wanted, facts: Facts, node: Node) -> dict[str, str | None]:
    """Return the wanted texts of files by path."""
    return {**_files(nft.text(wanted, dhcp6(facts)), node)}


def _files(text: str, node: Node) -> dict[str, str]:
    """Return the wanted text of muster's own file and of nftables' main file, by path."""
    main = charge.main_file(next(filter(None, map(node.read, _UNITS)), None))
    return {nft.FILE: text, main: nft.including(node.read(main) or "")}


def trial(
    wanted: Wanted, facts: Facts, differs: set[str], live: Sequence[Connection], node: Node
) -> tuple[Trial, list[str]]:
    """Return the change, and notes for who reads of it.

    differs are the keys of the diff; live are connections that must last. Raises Refused when nft
    would not load the rules, now or at boot.
    """
    if shutil.which("nft") is None:
        raise Refused("nft is not installed: install the package nftables, then run again")
    text = nft.text(wanted, dhcp6(facts))
    now = nft.text(wanted, dhcp6(facts), live[:_MOST])
    undo = nft.GONE + (running(node) or "")
    _check(_files(text, node), now, undo, node)
    load = Step(("nft", "-f", f"{DATA}/apply.nft"))
    back = Step(("nft", "-f", f"{DATA}/undo.nft"))
    loads = ((load,), (back,)) if "rules" in differs else ((), ())
    boots = ((Step(_ENABLE),), (Step(_DISABLE),)) if "boot" in differs else ((), ())
    change = Trial(
        component="firewall",
        files={
            path: New(_bytes(new))
            for path, new in _files(text, node).items()
            if node.read(path) != new
        },
        apply=Turn(after=loads[0] + boots[0]),
        undo=Turn(after=loads[1] + boots[1]),
        proof=Proof(),
        boot=boots[1],
        data={"apply.nft": now.encode(), "undo.nft": undo.encode()},
        seconds=wanted.confirm,
    )
    more = len(live) - _MOST
    return change, [f"{more} connections were not carried over"] if more > 0 else []


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _check(wanted: dict[str, str], now: str, undo: str, node: Node) -> None:
    """Raise Refused unless nft takes the rules, the way back, and all that is loaded at boot."""
    check = ("nft", "-c", "-f")
    unchanged = "nothing was changed"
    demanded(node.run([*check, "-"], now), "nft -c refuses the rules", unchanged)
    demanded(node.run([*check, "-"], undo), "nft -c refuses the table as it is now", unchanged)
    own = wanted[nft.FILE]
    main = next(path for path in wanted if path != nft.FILE)
    folder = tempfile.mkdtemp(prefix="muster-nft-")
    try:
        part, whole = (os.path.join(folder, name) for name in ("muster.nft", "main.nft"))
        text = wanted[main].replace(f'"{nft.FILE}"', f'"{part}"')
        text += "" if part in text else f'\ninclude "{part}"\n'
        for path, content in ((part, own), (whole, text)):
            files.write(path, content, 0o600, backup=False)
        done = node.run([*check, whole], "")
        said = done._replace(errors=done.errors.replace(whole, main).replace(part, nft.FILE))
        demanded(said, f"nft -c refuses what is loaded at boot ({main})", f"{unchanged}: mend it")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
