"""The topics of planning as commands: ``muster addresses FILE`` and so on."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from saltext.muster import sizes

Adder = Callable[..., Any]

_POLICY = "where Ravada starts clones: the freest node, or its user's; default: balance"


def add_options(topic: str, add: Adder) -> None:
    """Add a topic's options to its parser, by the parser's ``add_argument``."""
    add("file", metavar="FILE", help="the cluster file")
    add("--json", action="store_true", help="print data instead of tables")
    if topic == "capacity":
        add("--disk", type=_size, default=0, help="size of disks to add; default: the commonest")
        add("--more", type=_size, default=0, help="usable space wanted besides, like 2 TB")
    elif topic == "simulate":
        add("--down", type=int, default=2, choices=(1, 2), help="nodes down at once; default: 2")
    elif topic == "ports":
        add("--node", default="", metavar="ID", help="the rules of this node alone")
        add("--since", metavar="OLD", help="tell what work is new since this older cluster file")
    elif topic == "place":
        add("--starts", type=int, default=30, help="guests started at once; default: 30")
        add("--base", default="", help="clones of this base; default: the guests of the file")
        add("--policy", choices=("balance", "same-node"), default="balance", help=_POLICY)


def sheet(arguments: argparse.Namespace) -> int:
    """Print a topic's sheet and return its exit status: 0, or 2 when something fails."""
    # here, since all commands' options are added from this module
    from saltext.muster.cli import subjects
    from saltext.muster.planning import topics

    options = {
        key: value
        for key, value in vars(arguments).items()
        if key not in ("file", "json", "module", "command", "topic")
    }
    if options.get("since"):
        options["since"] = subjects.load(options["since"])
    cluster, refused_by = subjects.planned(arguments.file)
    found = topics.sheet(arguments.topic, cluster, refused_by, **options)
    if arguments.json:
        print(json.dumps(found.to_data()))
    else:
        sys.stdout.write(found.text())
    return found.status


def _size(text: str) -> int:
    try:
        return sizes.parse(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"{text!a} {err}: write it like 400 GB") from None
