"""Bring a component's files back as they were before muster."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass

from saltext.muster import origins
from saltext.muster.converge import Diff
from saltext.muster.origins import journal
from saltext.muster.trial import runner

_WAYS = {"absent": "absent", "link": "the link as before muster", "file": "as before muster"}


@dataclass(frozen=True)
class File:
    """A file that is kept, how it is now, and why it is left as it is ("" = it goes back)."""

    entry: journal.Entry
    target: str
    now: str
    conflict: str


def files(found: journal.Journal) -> list[File]:
    """Return what is to be done about each file of a journal, the last one first."""
    return [_file(found, entry) for entry in reversed(found.files)]


def diff(found: journal.Journal) -> Diff:
    """Return what differs from before muster; what another hand has changed is pending."""
    result: Diff = {}
    for each in files(found):
        new = _WAYS[each.entry.old["kind"]]
        old = "as muster wrote it" if each.now != each.entry.was else "as before muster"
        result[each.entry.path] = {"old": "absent" if each.now == "absent" else old, "new": new}
        if each.conflict:
            result[each.entry.path].update(old="changed since", pending=each.conflict)
    for name, value in found.noted.items():
        result[name] = {"old": "muster's", "new": value}
    return result


def bring_back(found: journal.Journal) -> tuple[list[str], list[str]]:
    """Bring files back; return notes, and what could not be done.

    What another hand has changed stays as it is. All stay in the journal until ``forget``.
    """
    notes, problems = list[str](), list[str]()
    for each in files(found):
        if each.conflict:
            continue
        try:
            runner.restore(each.target, _data(found, each.entry), each.entry.old)
            notes += [f"{path} is removed" for path in _tidied(each)]
        except OSError as err:
            problems.append(f"{each.entry.path}: {err.strerror}")
        for folder in reversed(each.entry.folders):
            with suppress(OSError):  # others have files in it
                os.rmdir(found.place.base + folder)
    return notes, problems


def forget(found: journal.Journal) -> None:
    """Forget all but the files that another hand has changed; the journal is saved."""
    for each in files(found):
        if not each.conflict:
            found.drop(each.entry)
    found.noted.clear()
    found.save()


def leave(found: journal.Journal, path: str) -> bool:
    """Forget what a file was before muster, so that it stays as it is; say whether it was kept."""
    entry = found.entry(path)
    if entry is None:
        return False
    found.drop(entry)
    found.save()
    return True


def _file(found: journal.Journal, entry: journal.Entry) -> File:
    target = found.place.base + entry.path
    now = origins.seen(target)
    return File(entry, target, now, _conflict(found, entry, target, now))


def _conflict(found: journal.Journal, entry: journal.Entry, target: str, now: str) -> str:
    """Return why a file is not brought back, with both paths."""
    kept = found.copy(entry.copy)
    was = f"{kept} is what it was before muster" if entry.was[:4] == "file" else "it was not there"
    by_hand = f"{was}: see to it by hand, then muster_origins.leave {entry.path}"
    folder = os.path.dirname(target)
    if os.path.realpath(folder) != folder:
        return f"{target} leads to another place than it did; {by_hand}"
    if now == entry.was:
        return ""
    if entry.foreign or now not in entry.wrote:
        return f"{target} has been changed by another hand since; {by_hand}"
    if entry.old["kind"] == "file" and origins.seen(kept) != entry.was:
        return f"{kept}, which is what {target} was before muster, is damaged; {by_hand}"
    return ""


def _data(found: journal.Journal, entry: journal.Entry) -> bytes:
    if entry.old["kind"] != "file":
        return b""
    with open(found.copy(entry.copy), "rb") as file:
        return file.read()


def _tidied(each: File) -> list[str]:
    """Remove the backups that muster laid beside a file since it was kept."""
    folder, name = os.path.split(each.target)
    pattern = re.compile(re.escape(name) + r"\.muster-(\d{8}T\d{6}\.\d{6}Z)", re.ASCII)
    gone = []
    for left in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        match, path = pattern.fullmatch(left), os.path.join(folder, left)
        if match and match[1] >= each.entry.since and stat.S_ISREG(os.lstat(path).st_mode):
            os.unlink(path)
            gone.append(path)
    return gone
