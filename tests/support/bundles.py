"""Bundles of the captured hosts, and a few things to do with them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from saltext.muster import assess, collector, facts
from saltext.muster.probes import _command
from tests.support import hosts


@lru_cache
def _sound(profile: str) -> str:
    source = hosts.host(profile).source(assess.targets(hosts.sound_plan(profile)))
    held = _command.bundle(facts.names(), source, facts.load, collector.digest())
    # A captured host's own name is no minion id on every platform.
    return json.dumps({**held, "collected": "2026-11-20T00:00:00Z", "node": "node1.example.com"})


def sound(profile: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a bundle of a profile's sound host; changes replace facts at slashed paths."""
    held: dict[str, Any] = json.loads(_sound(profile))
    held["facts"] = hosts.changed(held["facts"], copy.deepcopy(dict(changes or {})))
    return held


def written(folder: Path, name: str, held: Mapping[str, Any]) -> str:
    """Write a bundle and return its path."""
    path = folder / name
    path.write_text(json.dumps(held))
    return str(path)


def statuses(verdicts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return each row's status."""
    return {verdict["id"]: verdict["status"] for verdict in verdicts}
