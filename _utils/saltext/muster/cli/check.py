"""``muster check``: judge this machine or bundles, and print the reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

from saltext.muster import assess, bundle, formats, replay
from saltext.muster.cli import clusters, subjects
from saltext.muster.errors import MusterError
from saltext.muster.verdict import UNKNOWN, exit_code


def check(arguments: argparse.Namespace) -> int:
    """Judge what the options name, print it, and return the exit status."""
    planner = subjects.planner(arguments)
    paths = arguments.bundle or []
    if len(paths) != 1 and (arguments.since or arguments.node) and paths:
        raise MusterError("--since and --node are for one server: give one --bundle")
    if paths and arguments.root != "/":
        raise MusterError("--root is a host of its own: leave it out beside --bundle")
    old = bundle.load(arguments.since) if arguments.since else None
    reports = _bundles(paths, planner, old) if paths else _host(arguments.root, planner, old)
    status = _exit_code(reports)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    sys.stdout.write(formats.text(reports, status, arguments.format, colour))
    return status


def _bundles(
    paths: list[str], planner: subjects.Planner, old: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the report of each bundle, of which one at a time is held, and of their cluster."""
    reports: dict[str, Any] = {}
    first: dict[str, str] = {}
    several = clusters.Nodes(planner) if planner.cluster and len(paths) > 1 else None
    for path in paths:
        held = bundle.load(path)
        plan = planner.of(held["node"])
        node = str(plan["id"])
        if node in first:
            raise MusterError(f"{first[node]} and {path} are both of {node!a}: give one of them")
        first[node] = path
        reports[node] = replay.judged(plan, held, old)
        if several:
            several.add(node, held, plan)
    return {**reports, **several.report()} if several else reports


def _host(root: str, planner: subjects.Planner, old: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the report of this machine, or of a captured host."""
    plan = planner.of(subjects.name_of(subjects.folder(root)))
    wanted = set(assess.probes(assess.requirements(plan), plan)) - {"skew"}
    held = bundle.collect(sorted(wanted), root, assess.targets(plan))
    data = replay.judged(plan, held, old)
    del data["bundle"]  # the facts are of now
    return {str(plan["id"]): data}


def _exit_code(reports: Mapping[str, Mapping[str, Any]]) -> int:
    found = [verdict["status"] for each in reports.values() for verdict in each["verdicts"]]
    return exit_code(found or [UNKNOWN])
