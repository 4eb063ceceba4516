"""Reports in every format: for a person, and for machines."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from typing import Any

from saltext.muster.errors import InvalidArgument

FORMATS = ("table", "json", "junit", "prometheus")


def text(reports: Mapping[str, Any], status: int, how: str, colour: bool = False) -> str:
    """Return reports by node as text that ends in a line end.

    status is their exit status; how is one of FORMATS; colour paints the table's statuses.
    Raises InvalidArgument for another format.
    """
    found: str
    if how == "table":
        found = _module("report").table(reports, colour) + "\n"
    elif how == "json":
        found = json.dumps(_data(reports, status)) + "\n"
    elif how == "junit":
        found = _module("junit").xml(reports)
    elif how == "prometheus":
        found = _module("prometheus").text(reports)
    else:
        raise InvalidArgument(f"there is no format {how!r}; there are: {', '.join(FORMATS)}")
    return found


def _module(name: str) -> Any:
    """Only the format that is asked for is loaded: a command line should start at once."""
    return importlib.import_module(f"saltext.muster.{name}")


def _data(reports: Mapping[str, Any], status: int) -> Any:
    if len(reports) == 1:
        return next(iter(reports.values()))
    assess = _module("assess")
    head = {"format": f"{assess.FORMAT}s", "version": assess.VERSION}
    return {**head, "reports": reports, "retcode": status}
