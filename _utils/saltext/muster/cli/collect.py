"""``muster collect``: read what this machine is, or print the file that does so elsewhere."""

from __future__ import annotations

import argparse

from saltext.muster import collector, facts
from saltext.muster.errors import MusterError
from saltext.muster.probes import _command


def collect(arguments: argparse.Namespace) -> int:
    """Print or write a bundle, or the file muster-collect; return the exit status."""
    if arguments.script:
        wrong = _command.printed(arguments.output, collector.script())
    else:
        wrong = _command.run(arguments, facts.names(), facts.load, collector.digest())
    if wrong:
        raise MusterError(wrong)
    return 0
