"""The node's clock."""

import time
from typing import Dict, Union

from .source import Source, Unknown

_CAPTURED = {"unknown": "a captured host has no clock"}


def read(source: Source) -> Dict[str, Union[float, Unknown]]:
    """Return the wall clock and the monotonic clock (seconds)."""
    if not source.live:
        return {"wall": _CAPTURED, "monotonic": _CAPTURED}
    return {"wall": time.time(), "monotonic": time.monotonic()}
