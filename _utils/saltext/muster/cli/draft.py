"""``muster draft``: a first cluster file of servers, from their bundles."""

from __future__ import annotations

import argparse
import sys

from saltext.muster.errors import MusterError
from saltext.muster.verdict import EXIT_MET


def draft(arguments: argparse.Namespace) -> int:
    """Print a first cluster file of the servers whose bundles are given; return 0."""
    try:
        from saltext.muster.master import draft as drafts
    except ImportError as err:
        raise MusterError(
            f"a cluster file cannot be written without {err.name}: pip install PyYAML"
        ) from None
    sys.stdout.write(
        drafts.of_files(arguments.bundles, arguments.platform or "", arguments.name or "")
    )
    return EXIT_MET
