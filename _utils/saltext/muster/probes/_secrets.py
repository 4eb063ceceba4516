"""The last guard against secrets in facts: the probes leave out what they know to be secret."""

import re
from typing import Any, Callable, Dict, List

#: What stands in the place of a secret.
LEFT_OUT = "(left out)"

#: What secrets look like wherever they stand; group "secret" is what is left out.
_SHAPES = (
    (
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"
            r"(?P<secret>.*?)(?=-----END|\Z)", re.S
        ),
        "a private key",
    ),
    (re.compile(r"://[^/\s:@]*:(?P<secret>[^\s@]+)@"), "a password in a URL"),
    (
        re.compile(r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|md5|argon2[a-z]*)\$(?P<secret>[./A-Za-z0-9$=,+]{8,})"),
        "a password's hash",
    ),
    (re.compile(r"\b(?P<secret>AQ[A-Za-z0-9+/]{36}==)"), "a Ceph key"),
)  # fmt: skip


def without(
    facts: Dict[str, Any], text: str, probe: str, leave_out: Callable[[str, str], None]
) -> Dict[str, Any]:
    """Return a probe's facts without what looks like a secret, each noted by ``leave_out``.

    text is the facts as JSON.
    """
    if not _suspicious(text):
        return facts
    found = _clean(facts, [probe], leave_out)  # type: Dict[str, Any]
    return found


def _suspicious(text: str) -> bool:
    """Look at the whole cheaply: nearly no facts have any of this."""
    return (
        "PRIVATE KEY" in text
        or ("://" in text and "@" in text)
        or text.count("$") > 1
        or "AQ" in text
    )


def _clean(value: Any, place: List[str], leave_out: Callable[[str, str], None]) -> Any:
    if isinstance(value, dict):
        keys = {key: _text(key, place, leave_out) for key in value}
        return {
            keys[key]: _clean(each, place + [keys[key]], leave_out) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_clean(each, place, leave_out) for each in value]
    return _text(value, place, leave_out) if isinstance(value, str) else value


def _text(text: str, place: List[str], leave_out: Callable[[str, str], None]) -> str:
    for shape, what in _SHAPES:
        if shape.search(text):
            leave_out(".".join(place), f"it holds {what}")
            text = shape.sub(_replaced, text)
    return text


def _replaced(match: Any) -> str:
    whole, start = match.group(), match.start()
    first, last = match.start("secret") - start, match.end("secret") - start
    return str(whole[:first] + LEFT_OUT + whole[last:])
