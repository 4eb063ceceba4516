"""What two listings of a table by the same nft differ in: meaning, not counters or order in sets.

The one is of the running table, the other of the wanted one, loaded into an empty network
namespace: so no version's way of writing a rule counts as a difference.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from saltext.muster.components.firewall.nft import CARRIED
from saltext.muster.converge import Diff

#: Lines that a difference shows at most.
SHOWN = 10

_ELEMENTS = re.compile(r"elements = \{([^}]*)\}")
_BRACES = re.compile(r"\{ ([^{}]*) \}")
_CARRIED = re.compile(rf"(set {CARRIED}[46] \{{[^}}]*?)\n[ \t]*elements = \{{[^}}]*\}}")


def canonical(text: str) -> list[str]:
    """Return a listing's lines, without the connections that were carried over."""
    text = _CARRIED.sub(r"\1", text)
    text = _ELEMENTS.sub(lambda found: "elements = { " + " ".join(found[1].split()) + " }", text)
    lines = (line.strip() for line in text.splitlines())
    return [_BRACES.sub(_sorted, line) for line in lines if line]


def _sorted(found: re.Match[str]) -> str:
    return "{ " + ", ".join(sorted(part.strip() for part in found[1].split(","))) + " }"


def diff(running: str | None, wanted: str | None, rules: int) -> Diff:
    """Return what differs in the running table as the key ``rules``, or nothing.

    running None: there is no such table; wanted None: it is not known how nft lists the wanted
    one, which has that many rules for those who are let in.
    """
    if running is None or wanted is None:
        whole = f"table inet muster with {rules} rules of the plan"
        return {"rules": {"old": "no table inet muster", "new": whole}}
    have, want = canonical(running), canonical(wanted)
    if have == want:
        return {}
    lines = [line for line in difflib.ndiff(have, want) if line[:2] in ("- ", "+ ")]
    old = _shown(line[2:] for line in lines if line.startswith("- "))
    new = _shown(line[2:] for line in lines if line.startswith("+ "))
    return {"rules": {"old": old, "new": new}}


def _shown(lines: Iterable[str]) -> list[str]:
    found = [line if len(line) <= 200 else f"{line[:197]}..." for line in lines]
    more = [f"and {len(found) - SHOWN} lines more"] if len(found) > SHOWN else []
    return found[:SHOWN] + more
