"""Versions, compared as their package managers do."""

from __future__ import annotations

import re

_PART = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")


def evr(text: str) -> tuple[int, str, str]:
    """Return (epoch, version, release) of rpm's ``[epoch:]version[-release]``."""
    epoch, colon, rest = text.rpartition(":")
    version, _, release = rest.partition("-")
    return int(epoch) if colon and epoch.isdecimal() else 0, version, release


def compare_evr(one: str, other: str) -> int:
    """Return -1, 0 or 1: how rpm orders two ``[epoch:]version-release``.

    A release that one of them lacks does not count.
    """
    (epoch, version, release), (epoch2, version2, release2) = evr(one), evr(other)
    found = (epoch > epoch2) - (epoch < epoch2) or compare(version, version2)
    if found or not release or not release2:
        return found
    return compare(release, release2)


def compare(one: str, other: str) -> int:
    """Return -1, 0 or 1: how rpm orders two versions or two releases.

    Runs of digits are numbers, runs of letters are words, a number is newer than a word; ``~``
    stands before the end, ``^`` behind it.
    """
    parts, parts2 = _PART.findall(one), _PART.findall(other)
    for index in range(max(len(parts), len(parts2))):
        part = parts[index] if index < len(parts) else ""
        part2 = parts2[index] if index < len(parts2) else ""
        weight, weight2 = _weight(part), _weight(part2)
        if weight != weight2:
            return 1 if weight > weight2 else -1
    return 0


def newest(versions: list[str]) -> str:
    """Return the newest of some versions by ``compare``."""
    found = versions[0]
    for version in versions:
        found = version if compare(version, found) > 0 else found
    return found


def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers that a version starts with: (0, 9, 21) of ``0.9.21-1~bpo``."""
    match = re.match(r"(?:[0-9]+:)?([0-9]+(?:\.[0-9]+)*)", text, re.ASCII)
    return tuple(int(part) for part in match.group(1).split(".")) if match else ()


def _weight(part: str) -> tuple[int, int, str]:
    """Return what orders a part: ~ before the end, ^ and words behind it, numbers last."""
    if part.isdecimal():
        return (4, int(part), "")
    ranks = {"~": 0, "": 1, "^": 2}
    return (ranks.get(part, 3), 0, part)
