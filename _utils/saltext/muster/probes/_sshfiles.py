"""The files of SSH that tell who may log in and which hosts are known."""

import base64
import re
from typing import Any, Dict, List

from ._text import lines, words

MOST_KEYS = 200
MOST_HOSTS = 2000

#: A key's type stands before it, and again inside of it.
_KEY = re.compile(
    r"(?:^|[ \t])((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9-]+(?:@openssh\.com)?)"
    r"[ \t]+([A-Za-z0-9+/]{16,20000}={0,2})(?:[ \t]|$)"
)
_OPTION = re.compile(r'([A-Za-z0-9-]+)(?:="(?:[^"\\]|\\.)*")?(?:,|$)')


def authorized_keys(text: str) -> List[Dict[str, Any]]:
    """Return the keys of an authorized_keys file: {"type", "key" (base64), "options" (names)}."""
    found = []  # type: List[Dict[str, Any]]
    for _, line in lines(text):
        if line.lstrip(" \t").startswith("#"):
            continue
        match = next((each for each in _KEY.finditer(line) if _is_key(*each.groups())), None)
        if match is not None and len(found) < MOST_KEYS:
            options = [name.lower() for name in _OPTION.findall(line[: match.start()].strip())]
            found.append({"type": match.group(1), "key": match.group(2), "options": options[:20]})
    return found


def known_hosts(text: str) -> List[str]:
    """Return the names of a known_hosts file, hashed ones as they stand ("|1|salt|hash")."""
    found = []  # type: List[str]
    for _, line in lines(text):
        fields = words(line)
        if not fields or fields[0][0] in "#@":
            continue  # a certification authority or a revoked key pins no host
        if len(fields) > 2 and _is_key(fields[1], fields[2]):
            found += [name[:300] for name in fields[0].split(",") if name]
    return found[:MOST_HOSTS]


def password_of(text: str, user: str) -> str:
    """Return what /etc/shadow says of a password: none, locked, empty or set; "" = no such user.

    The hash itself goes nowhere.
    """
    for _, line in lines(text):
        name, _, rest = line.partition(":")
        if name == user:
            field = rest.split(":", 1)[0]
            if field == "":
                return "empty"
            if not field.strip("!*"):
                return "none"
            return "locked" if field[0] in "!*" else "set"
    return ""


def home_of(text: str, user: str) -> str:
    """Return a user's home by /etc/passwd, or ""."""
    for _, line in lines(text):
        fields = line.split(":")
        if fields[0] == user and len(fields) > 5 and fields[5].startswith("/"):
            return fields[5]
    return ""


def _is_key(kind: str, text: str) -> bool:
    try:
        blob = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    name = kind.encode("ascii", "replace")
    return blob[:4] == len(name).to_bytes(4, "big") and blob[4 : 4 + len(name)] == name
