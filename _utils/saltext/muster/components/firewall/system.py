"""What this component asks of the system, given from outside so that all else is pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from saltext.muster import files
from saltext.muster.components import border
from saltext.muster.errors import Refused

#: More of what a program said is not shown (characters).
_SHOWN = 400


class Done(NamedTuple):
    """How a program ended."""

    status: int
    output: str
    errors: str

    @property
    def said(self) -> str:
        """What it complained of, in one line."""
        lines = (self.errors or self.output).split("\n")
        return " ".join(" ".join(line.split()) for line in lines if line.strip())[:_SHOWN]


#: Runs a program by its arguments with a text as input.
Run = Callable[[Iterable[str], str], Done]


class Node(NamedTuple):
    """The node, or a folder below which its files are (root None = the running node)."""

    root: str | None
    run: Run

    @property
    def live(self) -> bool:
        """Whether it is the running node."""
        return border.is_live(self.root)

    def read(self, path: str) -> str | None:
        """Return a file's text, or None when it is not there."""
        return files.read(files.below(self.root, path))

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, none when it is not there."""
        path = files.below(self.root, folder)
        return sorted(os.listdir(path)) if os.path.isdir(path) else []

    def write(self, wanted: dict[str, str | None]) -> list[str]:
        """Write the files that differ (None = remove) and return notes."""
        notes = []
        for path, text in wanted.items():
            where = files.below(self.root, path)
            if text is None:
                files.remove(where)
            elif self.read(path) != text:
                notes += files.edit(where, lambda _, text=text: text)  # type: ignore[misc]
        return notes

    def enable(self, unit: str) -> None:
        """Have a unit started at boot, in a folder that is no running node."""
        argv = ("systemctl", f"--root={self.root}", "enable", unit)
        demanded(self.run(argv, ""), f"{unit} could not be enabled", "install its package")


def demanded(done: Done, what: str, remedy: str) -> str:
    """Return a program's output; raise Refused with what it said when it failed."""
    if done.status:
        raise Refused(f"{what}: {done.said or f'exit status {done.status}'}; {remedy}")
    return done.output
