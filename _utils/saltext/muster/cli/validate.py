"""``muster validate``: everything that is wrong with cluster files."""

from __future__ import annotations

import argparse
import json

from saltext.muster.errors import MusterError
from saltext.muster.verdict import EXIT_MET, EXIT_WRONG


def validate(arguments: argparse.Namespace) -> int:
    """Print what is wrong with each file and return the exit status: 0 or 2."""
    try:
        from saltext.muster.master import validate as validation
    except ImportError as err:
        raise MusterError(
            f"a cluster file cannot be read without {err.name}: pip install 'pydantic>=2' PyYAML"
        ) from None
    files = arguments.files
    found, wrong = validation.report(
        files[0] if len(files) == 1 else files, {}, since=arguments.since
    )
    status = EXIT_WRONG if wrong else EXIT_MET
    if arguments.json:
        print(json.dumps({"files": found, "retcode": status}))
        return status
    for file, told in found.items():
        texts = [f"{file}: {told}"] if isinstance(told, str) else told
        warned = "warning: " if file in validation.WARNED else ""
        for text in texts:
            print(warned + "".join(char if char.isprintable() else "?" for char in text))
    return status
