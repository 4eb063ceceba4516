"""netplan's YAML files: read as netplan reads them, changed with the other bytes kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from saltext.muster.errors import Refused
from saltext.muster.probes import _netplan

Node = dict[str, Any]

KINDS: tuple[str, ...] = _netplan._KINDS

#: What a file says of no device.
_COMMON = ("version", "renderer")

#: What an entry's values are.
_TYPES: Mapping[str, type] = {
    **dict.fromkeys(("addresses", "routes", "routing-policy", "interfaces"), list),
    **dict.fromkeys(("match", "parameters", "nameservers"), dict),
}


def parse(path: str, text: str) -> Node:
    """Return the file's mapping ``network``, all its values as texts.

    netplan itself decides by each key what ``yes`` or ``52:54`` is: YAML's own types would
    guess. Raises Refused for what is no YAML, or no such mapping.
    """
    try:
        data = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506  (texts alone)
        network = _typed(data, {"network": dict}).get("network") or {}
        for kind in KINDS:
            for entry in (_typed(network, {kind: dict}).get(kind) or {}).values():
                _typed(entry or {}, _TYPES)
    except (yaml.YAMLError, TypeError, RecursionError) as err:
        why = " ".join(str(err).split())[:200]
        raise Refused(f"{path} is no file of netplan: {why}; mend or remove it") from None
    return dict(network)


def _typed(value: Any, types: Mapping[str, type]) -> Node:
    """Return a mapping; raise TypeError unless it is one and its values are of the types."""
    if not isinstance(value, dict):
        raise TypeError(f"{str(value)[:40]!r} is no mapping")
    for key, wanted in types.items():
        if not isinstance(value.get(key) or wanted(), wanted):
            raise TypeError(f"{key} is no {'list' if wanted is list else 'mapping'}")
    return value


def dump(network: Mapping[str, Any]) -> str:
    """Return a file's text."""
    ordered = {key: network[key] for key in _COMMON if key in network} | dict(network)
    return str(
        yaml.dump(
            {"network": ordered},
            Dumper=_Dumper,
            sort_keys=False,
            default_flow_style=False,
            allow_unicode=True,
        )
    )


class _Dumper(yaml.SafeDumper):
    """Writes texts without quotes: netplan decides what they are."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012  (the base class's own)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def rewrite(path: str, text: str, new: Node) -> str:
    """Return a file's text that says ``new``, with as many bytes kept as can be.

    Entries that are gone are cut out; where that does not do, all is written anew, without the
    file's comments.
    """
    old = parse(path, text)
    if old == new:
        return text
    lines = text.split("\n")
    try:
        for first, last in sorted(_gone(text, old, new), reverse=True):
            del lines[first:last]
        cut = "\n".join(lines)
        if _plain(parse(path, cut)) == _plain(new):
            return cut
    except Refused:
        pass
    return dump(new)


def _plain(network: Node) -> Node:
    return {key: value for key, value in network.items() if value or key in _COMMON}


def _gone(text: str, old: Node, new: Node) -> Iterator[tuple[int, int]]:
    """Return the spans of lines of kinds, or of entries in them, that are not there any more."""
    lines = text.split("\n")
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    network = _child(root, "network")
    for kind in KINDS:
        entries = _child(network, kind)
        if entries is None or not isinstance(old.get(kind), dict):
            continue
        if not new.get(kind):
            yield from _span(network, kind, lines)
            continue
        for name in old[kind]:
            if name not in new[kind]:
                yield from _span(entries, name, lines)


def _child(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _span(node: Any, key: str, lines: list[str]) -> Iterator[tuple[int, int]]:
    """Return the lines of an entry of a mapping in block style: to where the next one begins."""
    if node.flow_style:
        return
    for name, value in node.value:
        if name.value == key:
            first = name.start_mark.line
            last = value.end_mark.line + (1 if _ends_within(value, lines) else 0)
            # Comments before the next entry are about that.
            while last - 1 > first and lines[last - 1].lstrip()[:1] in ("", "#"):
                last -= 1
            yield first, max(last, first + 1)


def _ends_within(value: Any, lines: list[str]) -> bool:
    """Say whether a value ends on its last line; one in block style ends where the next begins."""
    block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    at_end = value.end_mark.line == len(lines) - 1 and value.end_mark.column == len(lines[-1])
    return not block or (at_end and value.end_mark.column > 0)
