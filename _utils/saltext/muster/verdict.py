"""A verdict: one requirement judged on one subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PASS, FAIL, WARN, UNKNOWN = "pass", "fail", "warn", "unknown"
PENDING, SKIP, WAIVED = "pending", "skip", "waived"

#: Worst first: the order of reports.
STATUSES = (FAIL, UNKNOWN, PENDING, WARN, WAIVED, SKIP, PASS)

#: Exit codes of checks: all met, something waits, something is wrong or unread.
EXIT_MET, EXIT_WRONG, EXIT_PENDING = 0, 2, 3


@dataclass(frozen=True)
class Verdict:
    """What was found for one requirement.

    status is one of STATUSES; text is the requirement in short; seen and wanted are short texts;
    reason says why a row is skipped, unknown, pending or warned about. waiver and was are set
    when status is waived: the waiver's reason, owner and expiry, and the status it covers.
    """

    id: str
    subject: str
    status: str
    text: str = ""
    seen: str = ""
    wanted: str = ""
    remedy: str = ""
    reason: str = ""
    was: str = ""
    waiver: str = ""

    def to_data(self) -> dict[str, str]:
        """Return the verdict as plain data, without its empty fields."""
        return {key: value for key, value in vars(self).items() if value}

    @classmethod
    def from_data(cls, data: Any) -> Verdict:
        """Return the verdict in ``data``, which may come from a hostile minion.

        Raises ValueError when a field is missing, unknown, of a wrong type or too long.
        """
        if not isinstance(data, Mapping) or not set(data) <= set(cls.__dataclass_fields__):
            raise ValueError("not a verdict")
        for value in data.values():
            if not isinstance(value, str) or len(value) > 4000:
                raise ValueError("a verdict's fields are texts of at most 4000 characters")
        if data.get("status") not in STATUSES or not data.get("id"):
            raise ValueError("a verdict has an id and one of the statuses " + ", ".join(STATUSES))
        return cls(**{"subject": "", **data})


def exit_code(statuses: Iterable[str]) -> int:
    """Return 0 (all met), 3 (something pending, nothing worse) or 2 (a fail or an unknown)."""
    found = set(statuses)
    if found & {FAIL, UNKNOWN}:
        return EXIT_WRONG
    return EXIT_PENDING if PENDING in found else EXIT_MET


def count(statuses: Iterable[str]) -> dict[str, int]:
    """Return how often each status occurs, worst first, without zeros."""
    found = list(statuses)
    return {status: found.count(status) for status in STATUSES if status in found}
