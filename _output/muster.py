"""Show verdicts as a table that a person reads at a glance."""

from __future__ import annotations

import os
import sys
from typing import Any

try:
    from saltext.muster import report
    from saltext.muster.planning import sheet
except ImportError:
    # Salt does not put the synced library on the path of outputters.
    sys.path.append(os.path.join(os.path.dirname(os.path.dirname(__file__)), "utils"))
    from saltext.muster import report
    from saltext.muster.planning import sheet

__opts__: dict[str, Any]

__virtualname__ = "muster"


def __virtual__() -> str:
    return __virtualname__


def output(data: Any, **kwargs: Any) -> str:
    """
    Return reports as a table; colours only on a terminal.

    data
        Reports by minion id, or a runner's ``{"reports": ..., "retcode": ...}``, or its
        ``{"text": ..., "retcode": ...}``, which is printed as it is, or its
        ``{"sheets": ..., "retcode": ...}``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster.check --out=muster
    """
    if isinstance(data, dict) and set(data) == {"text", "retcode"}:
        return str(data["text"]).rstrip("\n")
    if isinstance(data, dict) and set(data) == {"sheets", "retcode"}:
        return "\n" + "\n".join(sheet.text(each) for each in data["sheets"]).rstrip("\n")
    if isinstance(data, dict) and set(data) - {"format", "version"} == {"reports", "retcode"}:
        data = data["reports"]
    table = report.table(data if isinstance(data, dict) else {"": data}, bool(__opts__["color"]))
    # Salt prints each minion's output by itself, without white space at its end: a blank line
    # before it keeps them apart.
    return f"\n{table}"
