"""The command muster: judge and explain without Salt."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from saltext.muster import assess, explanation, facts, platforms, report
from saltext.muster.errors import MusterError
from saltext.muster.verdict import EXIT_WRONG


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 met, 3 pending, 2 wrong or not judged."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except MusterError as err:
        print(f"muster: {err}", file=sys.stderr)
        return EXIT_WRONG
    except BrokenPipeError:
        return EXIT_WRONG
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="muster", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="judge this machine, changing nothing")
    check.add_argument("--platform", required=True, help="such as " + ", ".join(platforms.names()))
    check.add_argument("--root", default="/", help="judge the captured host in this folder")
    check.add_argument("--json", action="store_true", help="print data instead of a table")
    check.set_defaults(run=_check)
    explain = commands.add_parser("explain", help="explain a requirement")
    explain.add_argument("requirement", help="an id, such as GNT-012")
    explain.set_defaults(run=_explain)
    return parser


def _check(arguments: argparse.Namespace) -> int:
    if not os.path.isdir(arguments.root):
        raise MusterError(f"{arguments.root} is no folder; give the root of a captured host")
    plan = _profile_plan(arguments.platform)
    rows = assess.requirements(plan)
    found = assess.verdicts(rows, plan, lambda probes: _collect(probes, arguments.root))
    data = assess.report(plan, found)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(json.dumps(data) if arguments.json else report.table({plan["id"]: data}, colour))
    return int(data["retcode"])


def _explain(arguments: argparse.Namespace) -> int:
    print(explanation.explain(arguments.requirement))
    return 0


def _profile_plan(platform: str) -> dict[str, Any]:
    """Return what can be said of a node that no cluster file names: its platform alone."""
    module = platforms.load(platform)
    return {
        "version": 1,
        "id": os.uname().nodename,
        "now": time.time(),
        "platform": platform,
        "profile": {"platform": platform, "hypervisor": module.HYPERVISORS[0]},
        "components": {"packages": {"names": module.PACKAGES}},
        "declared": {},
        "waivers": [],
    }


def _collect(probes: Any, root: str) -> dict[str, Any]:
    found = facts.collect([name for name in probes if name != "skew"], root)
    return {**found, "skew": {"unknown": "there is no master to compare the clock with"}}


if __name__ == "__main__":
    sys.exit(main())
