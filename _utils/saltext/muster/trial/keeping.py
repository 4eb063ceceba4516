"""Changes that were kept after their trial: how each is taken back, by another trial."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from saltext.muster import origins
from saltext.muster.converge import Diff
from saltext.muster.errors import MusterError, Refused
from saltext.muster.origins import checks, journal
from saltext.muster.trial import runner, saving, spec

FOLDER = os.path.join(os.path.dirname(spec.FOLDER), saving.KEPT)

#: What is muster's own beside a running trial.
OWN = ("last-trial", "origins")

Plan = dict[str, Any]


def names(folder: str = FOLDER) -> list[str]:
    """Return the changes that are kept, the first one first."""
    return sorted(filter(spec.is_kept, os.listdir(folder) if os.path.isdir(folder) else ()))


def load(name: str, folder: str = FOLDER) -> Plan:
    """Return what a kept change says. Raises Refused for one that cannot be trusted."""
    path = os.path.join(folder, name)
    try:
        for each in (os.path.dirname(folder), folder, path):
            journal.demand_ours(os.lstat(each), each, stat.S_IFDIR)
        journal.demand_ours(os.lstat(f"{path}/trial.json"), f"{path}/trial.json", stat.S_IFREG)
    except OSError as err:
        raise Refused(f"{path}: {err.strerror}; see to it, then run again") from err
    plan = runner.load(path)
    problem = "it is no trial" if plan is None else next(_problems(plan), "")
    if plan is None or problem:
        raise Refused(
            f"{path}/trial.json tells what was there before muster and cannot be trusted:"
            f" {problem}; put back by hand what is in {path}/old, move {path} away, then run again"
        )
    return plan


def diff(name: str, folder: str = FOLDER) -> Diff:
    """Return what taking a change back would change; pending where others changed its files."""
    plan = load(name, folder)
    result: Diff = {}
    for number, entry in enumerate(plan["files"]):
        now, old, new = _ways(os.path.join(folder, name), number, entry)
        words = "absent" if old == "absent" else "as before muster"
        here = {old: words, new: "as muster wrote it"}.get(now, "changed since")
        result[entry["path"]] = {"old": here, "new": words}
    changed = [path for path, each in result.items() if each["old"] == "changed since"]
    result["running state"] = {"old": "muster's", "new": f"as before {plan['since']}"}
    for each in result.values() if changed else ():
        each["pending"] = (
            f"{', '.join(changed)} changed by another hand since; what was there before is in"
            f" {folder}/{name}/old: see to it by hand, then muster_origins.leave {name}"
        )
    return result


def trial(name: str, folder: str = FOLDER) -> spec.Trial:
    """Return the change that takes a kept one back: the old files, and its way back as the way."""
    plan, path = load(name, folder), os.path.join(folder, name)
    files: dict[str, spec.New | None] = {}
    for number, entry in enumerate(plan["files"]):
        old = entry["old"]
        if old["kind"] == "file":
            files[entry["target"]] = spec.New(_read(f"{path}/old/{number}"), old["mode"])
        elif old["kind"] == "absent":
            files[entry["target"]] = None
    apply, undo, boot = spec.turns(plan)
    return spec.Trial(
        component=plan["component"],
        files=files,
        apply=undo,
        undo=apply,
        proof=spec.Proof(),
        boot=tuple(map(_again, boot)),
        data={each: _read(f"{path}/data/{each}") for each in os.listdir(f"{path}/data")},
        seconds=plan["seconds"],
        undoes=name,
    )


def settle(name: str, folder: str = FOLDER) -> None:
    """Give the old files of a change that was taken back their owners and times, and forget it."""
    plan, path = load(name, folder), os.path.join(folder, name)
    for number, entry in enumerate(plan["files"]):
        is_file = entry["old"]["kind"] == "file"
        data = _read(f"{path}/old/{number}") if is_file else b""
        runner.restore(entry["target"], data, entry["old"])
    for entry in plan["files"]:
        for each in reversed(entry["folders"]):
            with suppress(OSError):  # others have files in it
                os.rmdir(each)
    forget(name, folder)


def forget(name: str, folder: str = FOLDER) -> None:
    """Forget a kept change: what it did stays."""
    path = os.path.join(folder, name)
    last = os.path.join(os.path.dirname(os.path.dirname(folder)), "last-trial")
    if os.path.islink(last) and os.readlink(last) == path:
        os.unlink(last)
    # Without it the rest is no change any more.
    os.unlink(f"{path}/trial.json")
    shutil.rmtree(path, ignore_errors=True)


def clean(folder: str) -> None:
    """Remove muster's own folder, with the note of the last trial; others' files in it stay.

    To be called where nothing is kept. Raises Refused while a change is on trial.
    """
    if os.path.lexists(f"{folder}/trial"):
        raise Refused(f"{folder}/trial: {saving.pending() or 'a change is on trial'}")
    if os.path.islink(f"{folder}/last-trial"):
        os.unlink(f"{folder}/last-trial")
    for name in OWN:
        shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
    with suppress(OSError):
        os.rmdir(folder)


def _ways(path: str, number: int, entry: Plan) -> tuple[str, str, str]:
    """Return what a file is now, was before the change, and was after it."""
    old, new = entry["old"], entry["new"]
    was = {"absent": "absent", "link": f"link {old.get('text')}"}.get(old["kind"], "")
    became = "absent" if new is None else origins.seen(f"{path}/new/{number}")
    return origins.seen(entry["target"]), was or origins.seen(f"{path}/old/{number}"), became


def _again(step: spec.Step) -> spec.Step:
    """Turn a command of the boot around: what disables a unit enables it."""
    words = {"disable": "enable"} if step.argv[0] == "systemctl" else {}
    return replace(step, argv=tuple(words.get(word, word) for word in step.argv))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _problems(plan: Plan) -> Iterator[str]:
    """Give what is wrong with a kept change's data."""
    try:
        spec.from_data({**plan, "files": {}, "data": {}, "proof": _NO_PROOF})
    except (MusterError, KeyError, TypeError, AttributeError) as err:
        yield str(err)
    files = plan.get("files")
    if not isinstance(files, list) or not all(map(_is_entry, files)):
        yield "files: wanted what muster writes"
    if not isinstance(plan.get("since"), str):
        yield "since: wanted a time"


_NO_PROOF: dict[str, list[Any]] = {"devices": [], "addresses": [], "gateways": []}


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    folders, new = entry.get("folders"), entry.get("new")
    return (
        all(checks.is_path(entry.get(key)) for key in ("path", "target"))
        and checks.is_old(entry.get("old"))
        and isinstance(folders, list)
        and all(map(checks.is_path, folders))
        and (new is None or isinstance(new, dict))
    )
