"""What the command muster understands, and which module does it."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from saltext.muster import platforms
from saltext.muster.cli import planning
from saltext.muster.errors import MusterError
from saltext.muster.formats import FORMATS
from saltext.muster.planning import topics
from saltext.muster.probes import _command
from saltext.muster.verdict import EXIT_WRONG

_ABOUT = """Judge servers against what virtualization platforms ask of them, changing nothing.

Exit status of every command: 0 all is well, 3 something is pending and nothing worse, 2 something
is wrong, could not be read, or was not understood."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 met, 3 pending, 2 wrong or not judged."""
    arguments = _parser().parse_args(argv)
    # Each command loads its own module alone: explaining a row need not load what judging does.
    module = importlib.import_module(f"saltext.muster.cli.{arguments.module}")
    try:
        status: int = getattr(module, arguments.command)(arguments)
        sys.stdout.flush()
    except MusterError as err:
        print(f"muster: {err}", file=sys.stderr)
        return EXIT_WRONG
    except BrokenPipeError:
        sys.stderr.close()  # Python would complain of the same pipe at its end
        return EXIT_WRONG
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="muster",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _check(_command_of(commands, "check", "check", "judge this machine, or servers' bundles"))
    fit = _command_of(commands, "fit", "fit", "say which platforms a server suits, and why not")
    fit.add_argument("--bundle", metavar="FILE", help="judge the server of this bundle (- = stdin)")
    fit.add_argument("--root", default="/", help="judge the captured host in this folder")
    fit.add_argument("--platform", help="only the profiles of this platform")
    fit.add_argument("--json", action="store_true", help="print data instead of a table")
    collect = _command_of(commands, "collect", "collect", "read what this machine is: a bundle")
    _command.add_options(collect)
    collect.add_argument(
        "--script", action="store_true", help="print a file that does this on a bare server"
    )
    _rows(commands)
    _files(commands)
    return parser


def _files(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add what is said of cluster files alone."""
    validate = _command_of(commands, "validate", "validate", "check cluster files")
    validate.add_argument("files", nargs="+", metavar="FILE", help="cluster files, or one folder")
    validate.add_argument(
        "--since", metavar="OLD", help="refuse what may not change since this older cluster file"
    )
    validate.add_argument("--json", action="store_true", help="print data")
    for topic, about in topics.TOPICS.items():
        command = _command_of(commands, topic, "planning", f"tell {about}")
        command.set_defaults(command="sheet", topic=topic)
        planning.add_options(topic, command.add_argument)
    diagram = _command_of(commands, "diagram", "diagram", "draw a cluster file's cluster as SVG")
    diagram.add_argument("file", metavar="FILE", help="the cluster file")
    diagram.add_argument("-o", "--output", metavar="OUT", help="default: print it")
    draft = _command_of(commands, "draft", "draft", "write a first cluster file from bundles")
    draft.add_argument("bundles", nargs="+", metavar="BUNDLE", help="one of each server")
    draft.add_argument("--platform", help="such as " + ", ".join(platforms.names()))
    draft.add_argument("--name", help="the cluster's name")


def _check(check: argparse.ArgumentParser) -> None:
    add = check.add_argument
    add("--platform", help="such as " + ", ".join(platforms.names()))
    add("--hypervisor", help="default: the platform's first")
    add("--network-type", metavar="TYPE", help="default: the platform's first, if it has any")
    add("--edition", help="of the platform's document; default: its newest")
    add("--tier", help="test, production (default) or heavy")
    add("--role", help="the node's role; without it rows for one role are skipped")
    add("--cluster", metavar="FILE", help="judge by this cluster file instead of a profile")
    add("--node", metavar="ID", help="which node of the cluster file; default: by its name")
    add("--bundle", action="append", metavar="FILE", help="judge this server (may be repeated)")
    add("--root", default="/", help="judge the captured host in this folder")
    add("--since", metavar="OLD", help="tell what changed since this older bundle of the server")
    add("--format", choices=FORMATS, default="table", help="how to print; default: table")
    add("--json", action="store_const", const="json", dest="format", help="--format json")


def _rows(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rows = _command_of(commands, "requirements", "rows", "list every row of the catalogue")
    rows.add_argument("--platform", help="only this platform's")
    rows.add_argument("--json", action="store_true", help="print data")
    explain = _command_of(commands, "explain", "rows", "explain a row of the catalogue")
    explain.add_argument("requirement", metavar="ID", help="such as GNT-012")
    handover = _command_of(commands, "handover", "rows", "list what is left to the operator")
    handover.add_argument("file", nargs="?", metavar="FILE", help="the cluster file: its steps")
    handover.add_argument("--platform", help="without a file: what any cluster of it has")
    handover.add_argument("--json", action="store_true", help="print data")


def _command_of(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    module: str,
    about: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}.", allow_abbrev=False
    )
    command.set_defaults(module=module)
    return command
