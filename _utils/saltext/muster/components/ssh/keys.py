"""Public keys as they come from files and from Salt's mine: nothing of them is believed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

#: The types that muster carries, best first. DSA is broken; a key on a token asks for a touch.
TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)

#: The longest key that is taken (characters of base64): RSA of 16384 bits has 2,8 thousand.
_MOST = 4000
_LINE = re.compile(r"([a-z0-9-]{1,40}) ([A-Za-z0-9+/]{20,4000}={0,2})", re.ASCII)


class Key(NamedTuple):
    """A public key: its type, and the rest in base64."""

    kind: str
    blob: str

    @property
    def text(self) -> str:
        """The key as it stands in a file, without a comment."""
        return f"{self.kind} {self.blob}"


def parse(line: str) -> Key | None:
    """Return the key of a line such as a ``.pub`` file's, or None when it is none of TYPES."""
    words = line.split()
    return _key(" ".join(words[:2])) if len(words) >= 2 else None


def received(data: Any, kinds: Sequence[str] = TYPES) -> list[Key]:
    """Return the keys in what a minion sent: at most one of each type, the types' order.

    data should be a list of texts ``type base64``. Whatever else is in it counts as not sent:
    texts with options, comments or line ends, types that are not among kinds, a second key of
    a type.
    """
    found: dict[str, Key] = {}
    for item in data[: 4 * len(TYPES)] if isinstance(data, list) else ():
        key = _key(item) if isinstance(item, str) else None
        if key and key.kind in kinds:
            found.setdefault(key.kind, key)
    return ordered(found.values())


def ordered(keys: Iterable[Key]) -> list[Key]:
    """Return keys in one order, whatever order they came in."""
    return sorted(set(keys), key=lambda key: (TYPES.index(key.kind), key.blob))


def _key(text: str) -> Key | None:
    match = _LINE.fullmatch(text)
    if not match or match.group(1) not in TYPES or len(match.group(2)) > _MOST:
        return None
    kind, blob = match.groups()
    try:
        data = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return None
    # The type stands again inside of the key; padding that is not zero would make a second text.
    name = kind.encode()
    inside = len(name).to_bytes(4, "big") + name
    same = base64.b64encode(data).decode() == blob
    return Key(kind, blob) if same and data.startswith(inside) else None
