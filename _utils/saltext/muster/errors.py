"""Errors of the library; the Salt layers translate them at their border."""

from __future__ import annotations

from dataclasses import dataclass


class MusterError(Exception):
    """Something muster cannot do; the text says what, where and the remedy."""


class InvalidArgument(MusterError):
    """A caller's value is not acceptable; Salt layers raise SaltInvocationError."""


class Refused(MusterError):
    """The system said no; Salt layers raise CommandExecutionError."""


class NoSuchPlatform(MusterError):
    """No module of that name is in saltext.muster_platforms."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a cluster file.

    where is a dotted path in the file; line and column start at 1 (0 = unknown);
    public says the same as message without any value of the file.
    """

    file: str
    where: str
    message: str
    remedy: str
    line: int = 0
    column: int = 0
    public: str = ""

    def text(self) -> str:
        """Return the whole problem in one line, for the administrator."""
        return f"{self._place()}: {self.message}; remedy: {self.remedy}"

    def public_text(self) -> str:
        """Return file, line and path without any value, for a minion."""
        return f"{self._place()}: {self.public or 'invalid'}; see salt-run muster.validate"

    def _place(self) -> str:
        position = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{position}: {self.where}" if self.where else position


class InvalidClusterFile(MusterError):
    """A cluster file has problems; all of them are in ``problems``."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.text() for problem in problems))
