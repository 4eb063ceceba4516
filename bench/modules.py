"""Which Salt modules a job loads, counted in its own process.

    python modules.py FUNCTION [ARGUMENT...]     on a node, by the Python that Salt runs on

Prints JSON: `loaded`, the names of the modules by the loader's tag (`module` = execution
modules), and `result`, what the function returned. Looking up a function that does not exist
loads every module and costs a second.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from salt import client
from salt.loader import lazy


def count(
    function: str, *arguments: Any, opts: dict[str, Any] | None = None, **keywords: Any
) -> dict[str, Any]:
    """Run a function as `salt-call` does and return what was loaded and what it returned.

    opts
        the whole configuration of a minion; None means this machine's own
    """
    loaded: dict[str, set[str]] = {}
    load = lazy.LazyLoader._load_module

    def recording(self: Any, name: str) -> Any:
        loaded.setdefault(self.tag, set()).add(name)
        return load(self, name)

    lazy.LazyLoader._load_module = recording
    try:
        caller = client.Caller(mopts=opts)
        result = caller.cmd(function, *arguments, **keywords)
    finally:
        lazy.LazyLoader._load_module = load
    return {"loaded": {tag: sorted(names) for tag, names in loaded.items()}, "result": result}


if __name__ == "__main__":
    print(json.dumps(count(*sys.argv[1:]), default=str))
