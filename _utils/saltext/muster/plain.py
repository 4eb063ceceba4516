"""Frozen dataclasses as plain data, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

Hints = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Return a value of dataclasses, mappings, tuples and sets as dicts and lists (sets sorted)."""
    if dataclasses.is_dataclass(value):
        return {key: plain(each) for key, each in vars(value).items()}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return [plain(each) for each in value] if isinstance(value, (tuple, list)) else value


def restored(hint: Any, value: Any) -> Any:
    """Return what ``plain`` made plain, as the type that hint names.

    Raises TypeError or AttributeError for data of another shape.
    """
    kinds = [each for each in get_args(hint) if each is not NoneType]
    if value is None:
        return None
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{key: restored(hints[key], each) for key, each in value.items()})
    origin = get_origin(hint)
    if origin is tuple:
        return tuple(restored(kinds[0], each) for each in value)
    if origin is frozenset:
        return frozenset(value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: restored(kinds[1], each) for key, each in value.items()}
    return restored(kinds[0], value) if kinds and len(kinds) < len(get_args(hint)) else value


@cache
def _hints(hint: type[Any]) -> Hints:
    return get_type_hints(hint)
