"""Root's authorized_keys: the master's keys in, foreign lines as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from saltext.muster.components.ssh.keys import Key, parse

#: The comment of muster's own lines: whose key it is tells the rest.
MARK = "muster:master:"

_TYPE = re.compile(r"(?:^|[ \t])((?:ssh|ecdsa)-[a-z0-9-]+[ \t]+[A-Za-z0-9+/]+={0,2})(?=[ \t]|$)")


def lines(
    keys: Sequence[Key], master: str, addresses: Sequence[str], allowed: Sequence[str]
) -> list[str]:
    """Return the lines that let the master in: by these keys, from its addresses alone.

    master is its minion id, for the comment; allowed are what it may do besides commands, such
    as ``port-forwarding``. ``restrict`` forbids all else, also what OpenSSH learns later.
    """
    options = ",".join([f'from="{",".join(addresses)}"', "restrict", *allowed])
    return [f"{options} {key.text} {MARK}{master}" for key in keys]


def is_own(line: str) -> bool:
    """Say whether a line is muster's: a key whose whole comment is muster's mark."""
    match = _TYPE.search(line)
    if not match or parse(match.group(1)) is None:
        return False
    comment = line[match.end() :].strip()
    return comment.startswith(MARK) and len(comment.split()) == 1


def difference(text: str, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return muster's own lines that differ from the wanted ones, and those that are missing."""
    own = [line for line in _lines(text) if is_own(line)]
    return [line for line in own if line not in wanted], [w for w in wanted if w not in own]


def edit(text: str, wanted: Sequence[str]) -> str:
    """Return the file's text with the wanted lines; foreign lines keep their bytes.

    muster's own older lines go; a right one stays where it is, its doubles go.
    """
    kept, met = [], set()
    for raw in text.split("\n"):
        line = raw.rstrip("\r")
        if is_own(line) and (line not in wanted or line in met):
            continue
        met.add(line)
        kept.append(raw)
    added = [line for line in wanted if line not in met]
    if added and (not kept or kept[-1]):
        kept.append("")
    return "\n".join([*kept[:-1], *added, *kept[-1:]]) if added else "\n".join(kept)


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]
