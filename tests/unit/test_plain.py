"""Dataclasses as plain data, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from saltext.muster import plain


@dataclass(frozen=True)
class Inner:
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner | None = None
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    several: tuple[Inner, ...] = ()
    ids: frozenset[str] | None = None
    sizes: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


@pytest.mark.parametrize(
    "value",
    [
        Outer(),
        Outer(Inner(("a", "b")), {"x": Inner()}, (Inner(("c",)),), frozenset("zyx"), {"n": 2.5}),
        Outer(ids=frozenset(), text="t"),
    ],
)
def test_what_was_made_plain_comes_back(value):
    data = json.loads(json.dumps(plain.plain(value)))
    assert plain.restored(Outer, data) == value


def test_sets_are_sorted():
    assert plain.plain(Outer(ids=frozenset("cab")))["ids"] == ["a", "b", "c"]


@pytest.mark.parametrize("data", [{"other": 1}, [], "text", 5])
def test_data_of_another_shape_is_refused(data):
    with pytest.raises((TypeError, AttributeError, KeyError)):
        plain.restored(Outer, data)
