"""Draw the pictures of the example clusters: run it from anywhere, commit the result."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "_utils")]

from saltext.muster.master import loading  # noqa: E402
from saltext.muster.planning import diagram  # noqa: E402

#: The examples in pillar/clusters that have a picture: of three, eight and seventeen nodes.
NAMES = ("pvc", "pvc-8", "pvc-17")


def picture(name: str) -> str:
    """Return the picture of an example, as SVG."""
    return diagram.draw(loading.load(str(HERE.parent / "pillar" / "clusters" / f"{name}.yaml")))


def path(name: str) -> Path:
    """Return where the picture of an example is kept."""
    return HERE / "pictures" / f"{name}.svg"


if __name__ == "__main__":
    for example in NAMES:
        path(example).write_text(picture(example))
