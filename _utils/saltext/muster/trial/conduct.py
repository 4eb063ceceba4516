"""Conduct a trial: save, arm, start, prove, decide, and tell what came of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from saltext.muster.errors import Refused
from saltext.muster.origins import journal
from saltext.muster.trial import proving, runner, saving, spec, units

Plan = dict[str, Any]

#: Between two tries to prove that the node is reachable (seconds).
PAUSE = 0.5


def run(trial: spec.Trial, masters: list[dict[str, Any]]) -> list[str]:
    """Make a change and keep it when it proves itself; return notes.

    masters are the minion's options, once for each master. Raises Refused when the change could
    not be made or did not prove itself; the text says what was put back.
    """
    if not os.path.isdir("/run/systemd/system"):
        raise Refused("systemd does not run here, and it is what puts a change back; start it")
    _clear_leftover()
    plan = saving.save(trial, order=journal.next_order())
    with _held(plan) as held:
        try:
            seen, problem = _tried(plan, held, trial, masters)
        except BaseException:
            runner.decide(held, runner.UNDONE, "the job that made the change was ended")
            raise
        if problem:
            runner.decide(held, runner.UNDONE, problem)
        _await_end(plan, held)
        return _told(held, seen)


@contextmanager
def _held(plan: Plan) -> Iterator[str]:
    """Give a path that stays this trial's, wherever it is moved and whatever takes its place."""
    handle = os.open(spec.FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        held = f"/proc/self/fd/{handle}"
        found = runner.load(held)
        if found is None or found["id"] != plan["id"]:
            raise Refused("the trial was taken away before it began: look at muster_trial.status")
        yield held
    finally:
        os.close(handle)


def status() -> dict[str, Any]:
    """Return ``pending`` and ``last``: a mapping each, or None."""
    plan, last = runner.load(spec.FOLDER), runner.load(spec.LAST)
    found: dict[str, Any] = {"pending": None, "last": last and _last(last)}
    if plan:
        stage = runner.noted(spec.FOLDER).get("stage")
        found["pending"] = {**_named(plan), "stage": stage}
    return found


def _named(plan: Plan) -> dict[str, Any]:
    return {key: plan[key] for key in ("component", "since", "seconds")}


def _last(plan: Plan) -> dict[str, Any]:
    noted = runner.noted(spec.LAST)
    return {
        "component": plan["component"],
        "since": plan["since"],
        "outcome": runner.decision(spec.LAST),
        "reason": runner.reason(spec.LAST),
        "problems": noted.get("left", []) + noted.get("back", []),
        "ended": noted.get("ended"),
    }


def _tried(
    plan: Plan, held: str, trial: spec.Trial, masters: list[dict[str, Any]]
) -> tuple[list[str], str]:
    """Start the trial and prove it; return what was seen, or what speaks against keeping it."""
    started = time.monotonic()
    try:
        units.enable_rollback(sys.executable)
        units.call(units.arm(sys.executable, plan["id"], trial.seconds))
        units.call(units.start(sys.executable, plan["id"]))
    except (OSError, Refused) as err:
        what = f"{err.filename}: {err.strerror}" if isinstance(err, OSError) else str(err)
        problem = f"it could not be started: {what}"
        runner.decide(held, runner.UNDONE, problem)
        if not units.active(plan["id"]):
            runner.end(spec.FOLDER, plan)
        return [], problem
    until = started + trial.seconds
    while (noted := runner.noted(held)).get("stage") != "waiting":
        if runner.decision(held) != runner.OPEN:
            return [], ""
        if time.monotonic() > until:
            doing = noted.get("doing", "its unit")
            return [], f"the change was not made within {trial.seconds} s: {doing} was at work"
        time.sleep(0.1)
    return _proved(held, trial, masters, until)


def _proved(
    held: str, trial: spec.Trial, masters: list[dict[str, Any]], until: float
) -> tuple[list[str], str]:
    """Try again and again until all is seen or the time is over."""
    told: list[str] = []
    while runner.decision(held) == runner.OPEN:
        left = until - time.monotonic()
        seen, missed = proving.prove(trial.proof, masters, left)
        if not missed and runner.decide(held, runner.KEPT, "; ".join(seen)):
            return seen, ""
        # A try that had no time tells less than the one before it.
        told = told if told and left < proving.TRY else missed
        # Should the timer be first, it has the same words.
        runner.miss(held, "; ".join(told))
        if time.monotonic() > until:
            break
        time.sleep(PAUSE)
    return [], runner.late(held, trial.seconds)


def _await_end(plan: Plan, held: str) -> None:
    """Wait until the trial's unit has put everything back, or away."""
    steps = [step for part in plan["undo"].values() for step in part]
    until = time.monotonic() + 30 + sum(step["seconds"] for step in steps)
    while runner.noted(held).get("stage") not in ("ended", "left"):
        if time.monotonic() > until or not runner.decision(held):
            return
        time.sleep(0.1)


def _told(held: str, seen: list[str]) -> list[str]:
    """Return the notes of a change that was kept; raise Refused for one that was not."""
    if runner.decision(held) == runner.KEPT:
        return [f"kept: {'; '.join(seen)}"]
    noted, reason = runner.noted(held), runner.reason(held)
    if noted.get("left"):
        raise Refused(
            f"{reason}; NOT put back: {'; '.join(noted['left'])}: the old files are in"
            f" {spec.FOLDER}/old and are tried again at the next boot or run"
        )
    if noted.get("stage") != "ended":
        raise Refused(f"{reason}; it is still being put back: look at muster_trial.status")
    back = "put back: the files and the running state"
    if noted.get("back"):
        back = f"put back: files as before; on the way back {'; '.join(noted['back'])}"
    raise Refused(f"{reason}; {back}; see to what is named, or correct the plan, and run again")


def _clear_leftover() -> None:
    """Put a trial back that nobody looks after; refuse when one is pending."""
    plan = runner.load(spec.FOLDER)
    if not plan:
        return
    if runner.alive(plan["owner"]) or units.active(plan["id"]):
        raise Refused(saving.pending())
    with suppress(Refused):  # what is left tells more
        units.call(units.finish(sys.executable, plan["id"]), seconds=600)
    if runner.load(spec.FOLDER):
        left = "; ".join(runner.noted(spec.FOLDER).get("left", [])) or "look at systemctl status"
        raise Refused(f"an earlier change could not be put back: {left}; see to that, run again")
