"""``muster diagram``: the picture of a cluster file's cluster."""

from __future__ import annotations

import argparse

from saltext.muster.cli import subjects
from saltext.muster.errors import MusterError
from saltext.muster.planning import diagram as pictures
from saltext.muster.probes import _command
from saltext.muster.verdict import EXIT_MET


def diagram(arguments: argparse.Namespace) -> int:
    """Print the picture as SVG, or write it for its owner alone; return 0."""
    cluster = subjects.load(arguments.file)
    try:
        text = pictures.draw(cluster)
    except ImportError as err:
        raise MusterError(
            f"a picture cannot be drawn without {err.name}: pip install 'drawsvg>=2.4'"
        ) from None
    wrong = _command.printed(arguments.output, text)
    if wrong:
        raise MusterError(wrong)
    return EXIT_MET
