"""One probe must never take the others down, whatever it does."""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _collect
from saltext.muster.probes.source import Source

GOOD = {"good": True}
GO_ON = threading.Event()


def nested(levels):
    value = 1
    for _ in range(levels):
        value = {"x": value}
    return value


def endless():
    value = {}
    value["x"] = value
    return value


def raiser(error):
    def read(source):
        raise error

    return read


PROBES = {
    "good": lambda source: GOOD,
    "last": lambda source: GOOD,
    "raises": raiser(ZeroDivisionError("by zero")),
    "exits": raiser(SystemExit(3)),
    "is_interrupted": raiser(KeyboardInterrupt()),
    "is_no_mapping": lambda source: ["a"],
    "is_nothing": lambda source: None,
    "is_no_json": lambda source: {"x": object()},
    "is_bytes": lambda source: {"x": b"text"},
    "is_no_number": lambda source: {"x": float("nan")},
    "is_no_utf_8": lambda source: {"x": "\udcff"},
    "is_large": lambda source: {"x": "y" * _collect.LARGEST},
    "is_deep": lambda source: nested(_collect.DEEPEST + 1),
    "is_very_deep": lambda source: nested(5000),
    "is_endless": lambda source: endless(),
    "hangs": lambda source: GO_ON.wait(60),
}


@pytest.fixture
def collect(tmp_path):
    def run(*names, **bounds):
        source = Source(str(tmp_path))
        load = lambda name: SimpleNamespace(read=PROBES[name])  # noqa: E731
        return _collect.collect(names, source, load, **bounds)

    yield run
    GO_ON.set()
    GO_ON.clear()


@pytest.mark.parametrize("name", [name for name in PROBES if name not in ("good", "last", "hangs")])
def test_a_broken_probe_says_why_and_the_others_are_read(collect, name):
    found = collect("good", name, "last")
    assert list(found) == ["good", name, "last"]
    assert found["good"] == found["last"] == GOOD
    assert set(found[name]) == {"unknown"}
    assert name in found[name]["unknown"]
    assert len(found[name]["unknown"]) <= 500
    json.dumps(found).encode()


def test_a_probe_that_hangs_is_left_and_the_next_ones_are_read(collect):
    began = time.monotonic()
    found = collect("good", "hangs", "last", each=0.1)
    assert time.monotonic() - began < 3
    assert found["hangs"] == {"unknown": "probe hangs did not end within 0.1 s"}
    assert found["good"] == found["last"] == GOOD


def test_all_probes_together_end_in_time(collect):
    began = time.monotonic()
    found = collect("good", "hangs", "last", budget=0.1)
    assert time.monotonic() - began < 3
    assert found["good"] == GOOD
    assert "no time was left" in found["last"]["unknown"]


def test_what_a_probe_gives_too_late_is_not_taken(tmp_path):
    """The worker of a probe that hung must not put its facts into what was returned."""
    gate, done = threading.Event(), threading.Event()

    def late(source):
        gate.wait(30)
        done.set()
        return {"late": True}

    load = lambda name: SimpleNamespace(read=late)  # noqa: E731
    found = _collect.collect(["late"], Source(str(tmp_path)), load, each=0.05)
    gate.set()
    assert done.wait(30)
    assert set(found["late"]) == {"unknown"}


def test_a_module_that_cannot_be_imported_is_a_probe_that_fails(tmp_path):
    def load(name):
        raise SyntaxError("no Python")

    found = _collect.collect(["x"], Source(str(tmp_path)), load)
    assert "SyntaxError: no Python" in found["x"]["unknown"]


def test_no_thread_is_a_reason(collect, monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert "no thread" in collect("good")["good"]["unknown"]


def test_a_probe_knows_its_deadline_and_the_callers_source_keeps_none(tmp_path):
    seen = []

    def read(source):
        seen.append(source.left())
        source.leave_out("/etc/key", "it is a key")
        return {}

    source = Source(str(tmp_path))
    load = lambda name: SimpleNamespace(read=read)  # noqa: E731
    _collect.collect(["a", "b"], source, load, budget=50, each=5)
    assert all(4 < left <= 5 for left in seen)
    assert source.deadline is None
    assert source.left_out == [{"what": "/etc/key", "why": "it is a key"}]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), plain, max_size=5))
def test_live_facts_are_just_what_a_bundle_gives_back(facts):
    found = _collect.plain("x", facts, Source("/nonexistent"))
    assert json.loads(json.dumps(found)) == found
