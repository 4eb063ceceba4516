"""A short way to write rows that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.requirement import Rule


def rule(id_: str, source: str, place: str, text: str, kind: str = "topology", **more: str) -> Rule:
    """Return a row; kind is its kinds parted by "+", more are further fields of Rule."""
    kinds = tuple(kind.split("+"))
    return Rule(id=id_, source=source, place=place, text=text, kinds=kinds, scope="cluster", **more)
