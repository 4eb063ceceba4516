"""A sheet: what planning says of one cluster on one topic, as data and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saltext.muster.finding import Finding
from saltext.muster.sizes import size
from saltext.muster.verdict import EXIT_MET, EXIT_WRONG, FAIL, WARN

FORMAT, VERSION = "muster-sheet", 1

#: What stands in one field of a table: plain data. Sizes are in bytes, under a key that ends so.
Row = Mapping[str, Any]

_BYTES = "_bytes"


@dataclass(frozen=True)
class Table:
    """A table: what it shows, and its rows, which all have the same keys.

    A key is a column's title with _ for spaces; one that ends in ``_bytes`` is a size.
    """

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Sheet:
    """What planning says of a cluster on one topic.

    findings are what is wrong (fail) or to weigh (warn); notes are sentences that tables cannot
    tell, each for itself. refused_by are the rows that refuse the cluster's file.
    """

    topic: str
    cluster: str
    tables: Sequence[Table] = ()
    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    refused_by: Sequence[str] = ()

    @property
    def status(self) -> int:
        """The exit status: 0, or 2 when anything fails or the file is refused."""
        failed = any(item.status == FAIL for item in self.findings)
        return EXIT_WRONG if failed or self.refused_by else EXIT_MET

    def to_data(self) -> dict[str, Any]:
        """Return the sheet as plain data."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "topic": self.topic,
            "cluster": self.cluster,
            "refused_by": list(self.refused_by),
            "findings": [_finding(item) for item in self.findings],
            "tables": {table.name: [dict(row) for row in table.rows] for table in self.tables},
            "notes": list(self.notes),
            "retcode": self.status,
        }

    def text(self) -> str:
        """Return the sheet as a person reads it."""
        return text(self.to_data())


def text(data: Mapping[str, Any]) -> str:
    """Return a sheet's data as a person reads it: findings first, then tables, then notes."""
    lines = [f"{data['topic']} of cluster {data['cluster']}"]
    if data["refused_by"]:
        rows = ", ".join(data["refused_by"])
        lines.append(f"  the file is refused by {rows}: muster validate tells why")
    for status in (FAIL, WARN):
        found = [item for item in data["findings"] if item["status"] == status]
        lines += [line for item in found for line in _told(item)]
    for name, rows in data["tables"].items():
        lines += ["", f"{name}:", *(_lines(rows) or ["  none"])]
    lines += ["", *data["notes"]] if data["notes"] else []
    return "\n".join(_printable(line) for line in lines) + "\n"


def _told(item: Mapping[str, Any]) -> Iterator[str]:
    row = f"{item['row']}: " if item["row"] else ""
    yield f"  {item['status']:<5} {row}{item['message']}"
    yield f"        remedy: {item['remedy']}"


def _finding(item: Finding) -> dict[str, Any]:
    found = {"status": item.status, "row": item.row, "where": list(item.where)}
    return {**found, "message": item.message, "remedy": item.remedy}


def _lines(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    titles = [key.removesuffix(_BYTES).replace("_", " ") for key in rows[0]]
    cells = [titles, *([_cell(key, value) for key, value in row.items()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  " + "  ".join(_padded(row, widths)).rstrip() for row in cells]


def _padded(row: Iterable[str], widths: Iterable[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]


def _cell(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key.endswith(_BYTES) and isinstance(value, int):
        return size(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in ("", None) else str(value)


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in line)
