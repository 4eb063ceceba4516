"""Small files of Xen's tools: a variable of a shell's file, a line of xl.conf."""

from __future__ import annotations

import re

from saltext.muster.probes import _grub

SAVE = "XENDOMAINS_SAVE"

_BALLOON = re.compile(r"""^([ \t]*autoballoon[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*'|[^\s#"']*)""", re.M)


def without_saving(text: str) -> str:
    """Return xendomains' file with XENDOMAINS_SAVE empty, its quotes kept. Source: GNT-022."""
    for match in reversed(list(_grub.ASSIGNMENT.finditer(text))):
        if match[1] == SAVE:
            quote = match[2][:1] if match[2][:1] in ('"', "'") else ""
            text = text[: match.start(2)] + quote * 2 + text[match.end(2) :]
    return text


def without_ballooning(text: str) -> str:
    """Return xl.conf with autoballoon off; a commented example stays. Source: GNT-020."""
    new, count = _BALLOON.subn(lambda match: f'{match[1]}"off"', text)
    if count:
        return new
    kept = text if not text or text.endswith("\n") else text + "\n"
    return f'{kept}autoballoon="off"\n'
