"""One echo request, and what came of it."""

import re
from typing import Any, Dict

from .source import Source, Unreadable, shown

_TIME = re.compile(r"\btime[=<]([0-9]{1,7}(?:\.[0-9]{1,6})?) ?ms")
_SILENT = re.compile(r"exit status 1\b|unreachable|No route to host", re.I)
_REFUSED = re.compile(r"permi(?:tted|ssion)|denied|not found|bad address|unknown host", re.I)


def ping(source: Source, address: str) -> Dict[str, Any]:
    """Return {"answers", "ms", "why"} of one echo request to a numeric address.

    ms is the round trip in milliseconds; why is what ping said when there was no answer. What
    could not be tried is unknown in its place.
    """
    try:
        return {"answers": True, "ms": round_trip(source, address), "why": ""}
    except Unreadable as err:
        said = shown(" ".join(str(err).split()))[:300]
    silent = _SILENT.search(said) and not _REFUSED.search(said)
    answers = False if silent else {"unknown": said}  # type: Any
    return {"answers": answers, "ms": {"unknown": f"no answer: {said}"}, "why": said}


def round_trip(source: Source, address: str) -> float:
    """Return the milliseconds that an echo took; raise Unreadable when there was none."""
    said = source.run(["ping", "-n", "-c", "1", "-W", "2", address])
    return parse(said)


def parse(text: str) -> float:
    """Return the milliseconds in what ping printed; raise Unreadable when there are none."""
    match = _TIME.search(text)
    if not match:
        raise Unreadable(f"ping said {text.strip()[:200]!r}")
    return float(match.group(1))
