"""Run probes so that none takes another down, each in bounded time and size."""

import json
import threading
import time
from typing import Any, Callable, Dict, List, Sequence

from ._secrets import without
from .source import Source, shown

#: What all probes together, and one of them, may take (seconds).
BUDGET = 60.0
EACH = 20.0
GRACE = 0.5

#: One probe's facts have no more bytes as JSON, and are nested no deeper.
LARGEST = 512 * 1024
DEEPEST = 30


def collect(
    names: Sequence[str],
    source: Source,
    load: Callable[[str], Any],
    budget: float = BUDGET,
    each: float = EACH,
) -> Dict[str, Dict[str, Any]]:
    """Return {name: facts} of the named probes, which are run one after the other.

    load(name) returns a probe's module. budget and each bound the seconds of all and of one. A
    probe that fails, hangs or gives no plain data has {"unknown": reason} for facts. What the
    probes left out is noted in the source.
    """
    end, rest = time.monotonic() + budget, list(names)
    found = {}  # type: Dict[str, Dict[str, Any]]
    while rest:
        worker = _Worker(rest, source, load, end, each)
        found.update(worker.work())
        rest = [name for name in rest if name not in found]
    return {name: found[name] for name in names}


class _Worker(threading.Thread):
    """Runs probes in turn; one that hangs keeps its worker, and the next one has the rest."""

    def __init__(
        self,
        names: List[str],
        source: Source,
        load: Callable[[str], Any],
        end: float,
        each: float,
    ) -> None:
        threading.Thread.__init__(self)
        self.daemon = True
        self._todo, self._source, self._load, self._end, self._each = names, source, load, end, each
        self._found = {}  # type: Dict[str, Dict[str, Any]]
        self._now = ("", 0.0, end)  # the probe that runs, when it began, when it must have ended
        self._given_up = False

    def work(self) -> Dict[str, Dict[str, Any]]:
        """Return the facts of the probes up to one that hangs, or of all."""
        try:
            self.start()
        except RuntimeError as err:
            return {name: {"unknown": f"probe {name} has no thread: {err}"} for name in self._todo}
        while self.is_alive():
            name, began, deadline = self._now
            # The probe's last command ends at the deadline too: its own reason tells more.
            left = deadline + GRACE - time.monotonic()
            if name and left <= 0 and self._now[0] == name:
                self._given_up = True
                hung = f"probe {name} did not end within {deadline - began:.3g} s"
                return dict(self._found, **{name: {"unknown": hung}})
            self.join(max(left, 0.01))
        return self._found

    def run(self) -> None:
        for name in self._todo:
            began = time.monotonic()
            deadline = min(self._end, began + self._each)
            self._now = (name, began, deadline)
            facts = _read(name, self._source.until(deadline), self._source, self._load)
            if self._given_up:
                return
            self._found[name] = facts


def _read(name: str, own: Source, shared: Source, load: Callable[[str], Any]) -> Dict[str, Any]:
    """Return one probe's facts, read from ``own``; what it leaves out is noted in ``shared``."""
    began = time.monotonic()
    if own.left() <= 0:
        return {"unknown": f"no time was left for probe {name}: those before it took too long"}
    try:
        return plain(name, load(name).read(own), own)
    except BaseException as err:  # noqa: BLE001 - whatever it is, the others still run
        why = f"{type(err).__name__}: {err}"
        took = time.monotonic() - began
        return {"unknown": shown(f"probe {name} failed after {took:.1f} s: {why}")[:500]}
    finally:
        for note in own.left_out:
            shared.leave_out(note["what"], note["why"])


def plain(name: str, facts: Any, source: Source) -> Dict[str, Any]:
    """Return facts as they are read from JSON, so that live ones are just like replayed ones."""
    if not isinstance(facts, dict):
        return {"unknown": f"probe {name} gave no mapping but {type(facts).__name__}"}
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
    # Nothing is deeper than it has brackets.
    if text.count("{") + text.count("[") > DEEPEST and deeper(facts, DEEPEST):
        return {"unknown": f"probe {name} gave facts nested deeper than {DEEPEST}"}
    size = len(text.encode("utf-8"))
    if size > LARGEST:
        return {"unknown": f"probe {name} gave {size} bytes, more than {LARGEST}"}
    found = json.loads(text)  # type: Dict[str, Any]
    return without(found, text, name, source.leave_out)


def deeper(value: Any, levels: int) -> bool:
    """Say whether lists and mappings lie deeper in ``value`` than so many levels."""
    layer = [value]
    for _ in range(levels):
        inner = []  # type: List[Any]
        for each in layer:
            if isinstance(each, (dict, list, tuple)):
                inner += each.values() if isinstance(each, dict) else each
        if not inner:
            return False
        layer = inner
    return any(isinstance(each, (dict, list, tuple)) for each in layer)
