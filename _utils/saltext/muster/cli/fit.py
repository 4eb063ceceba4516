"""``muster fit``: which platforms a server suits."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from saltext.muster import bundle, facts, platforms
from saltext.muster import fit as matrix
from saltext.muster.cli import subjects
from saltext.muster.errors import MusterError


def fit(arguments: argparse.Namespace) -> int:
    """Judge the server against every profile, print it, and return the exit status."""
    if arguments.platform:
        platforms.load(arguments.platform)
    if arguments.bundle and arguments.root != "/":
        raise MusterError("--root is a host of its own: leave it out beside --bundle")
    if arguments.bundle:
        held = bundle.load(arguments.bundle)
    else:
        held = bundle.collect(facts.names(), subjects.folder(arguments.root))
        held["node"] = subjects.name_of(arguments.root)
    only = arguments.platform or ""
    found: dict[str, Any] = matrix.matrix(bundle.reader(held), held["node"], time.time(), only)
    print(json.dumps(found) if arguments.json else matrix.table(found))
    return int(found["retcode"])
