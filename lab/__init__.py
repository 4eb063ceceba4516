"""The lab: real nodes on one machine, to try muster and to test it."""

import sys
from pathlib import Path

# The roots hold what the platforms ask for, as the library tells it.
sys.path.append(str(Path(__file__).resolve().parent.parent / "_utils"))
