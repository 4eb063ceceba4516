"""The command muster: judge servers without Salt."""

from __future__ import annotations

import sys

from saltext.muster.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
