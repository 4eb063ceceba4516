"""Conduct a trial: save, arm, start, prove, decide, and tell what came of it."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from saltext.muster.errors import Refused
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
    plan = saving.save(trial)
    try:
        seen, problem = _tried(plan, trial, masters)
    except BaseException:
        runner.decide(spec.FOLDER, runner.UNDONE, "the job that made the change was ended")
        raise
    if problem:
        runner.decide(spec.FOLDER, runner.UNDONE, problem)
    _await_end(plan)
    return _told(plan, seen)


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


def _tried(plan: Plan, trial: spec.Trial, masters: list[dict[str, Any]]) -> tuple[list[str], str]:
    """Start the trial and prove it; return what was seen, or what speaks against keeping it."""
    started = time.monotonic()
    try:
        units.enable_rollback(sys.executable)
        units.call(units.arm(sys.executable, plan["id"], trial.seconds))
        units.call(units.start(sys.executable, plan["id"]))
    except (OSError, Refused) as err:
        problem = f"it could not be started: {err}"
        runner.decide(spec.FOLDER, runner.UNDONE, problem)
        if not units.active():
            runner.end(spec.FOLDER, plan)
        return [], problem
    until = started + trial.seconds
    while (noted := runner.noted(spec.FOLDER)).get("stage") in ("saved", "applying"):
        if time.monotonic() > until:
            doing = noted.get("doing", "its unit")
            return [], f"the change was not made within {trial.seconds} s: {doing} was at work"
        time.sleep(0.1)
    return _proved(trial, masters, until)


def _proved(
    trial: spec.Trial, masters: list[dict[str, Any]], until: float
) -> tuple[list[str], str]:
    """Try again and again until all is seen or the time is over."""
    missed: list[str] = []
    while runner.decision(spec.FOLDER) == runner.OPEN:
        seen, missed = proving.prove(trial.proof, masters)
        if not missed and runner.decide(spec.FOLDER, runner.KEPT, "; ".join(seen)):
            return seen, ""
        if time.monotonic() > until:
            break
        time.sleep(PAUSE)
    return [], f"not confirmed within {trial.seconds} s: {'; '.join(missed)}"


def _await_end(plan: Plan) -> None:
    """Wait until the trial's unit has put everything back, or away."""
    steps = [step for part in plan["undo"].values() for step in part]
    until = time.monotonic() + 30 + sum(step["seconds"] for step in steps)
    while time.monotonic() < until:
        now = runner.load(spec.FOLDER)
        if not now or now["id"] != plan["id"]:
            return
        if runner.noted(spec.FOLDER).get("stage") == "left":
            return
        time.sleep(0.1)


def _told(plan: Plan, seen: list[str]) -> list[str]:
    """Return the notes of a change that was kept; raise Refused for one that was not."""
    folder = next((f for f in (spec.LAST, spec.FOLDER) if _is(f, plan)), spec.LAST)
    if runner.decision(folder) == runner.KEPT:
        return [f"kept: {'; '.join(seen)}"]
    noted, reason = runner.noted(folder), runner.reason(folder)
    if noted.get("left"):
        raise Refused(
            f"{reason}; NOT put back: {'; '.join(noted['left'])}: the old files are in"
            f" {folder}/old and are tried again at the next boot or run"
        )
    if noted.get("stage") != "ended":
        raise Refused(f"{reason}; it is still being put back: look at muster_trial.status")
    back = "put back: files and running state as before"
    if noted.get("back"):
        back = f"put back: files as before; on the way back {'; '.join(noted['back'])}"
    raise Refused(f"{reason}; {back}")


def _is(folder: str, plan: Plan) -> bool:
    found = runner.load(folder)
    return found is not None and found["id"] == plan["id"]


def _clear_leftover() -> None:
    """Put a trial back that nobody looks after; refuse when one is pending."""
    plan = runner.load(spec.FOLDER)
    if not plan:
        return
    if runner.alive(plan["owner"]) or units.active():
        raise Refused(saving.pending())
    units.call(units.finish(sys.executable, plan["id"]), seconds=600)
    if runner.load(spec.FOLDER):
        left = "; ".join(runner.noted(spec.FOLDER).get("left", []))
        raise Refused(f"an earlier change could not be put back: {left}; see to that, run again")
