"""URLs of repositories, without what may be secret in them."""

import re
from typing import Tuple

from .source import Source

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):(?://)?(?:([^@/]*)@)?(.*)$", re.S)
_TOKEN = re.compile(r"^(?=.*[0-9])[A-Za-z0-9_-]{24,}$")
_MOST = 500


def plain(source: Source, text: str, path: str) -> str:
    """Return the URL ``text`` of the file ``path`` without credentials, tokens and query.

    What was left out is noted in the source.
    """
    url, secret = strip(text)
    if secret:
        source.leave_out(f"a URL in {path}", "it holds credentials or a token")
    return url


def strip(text: str) -> Tuple[str, bool]:
    """Return (URL without user, password, query and long tokens; whether one was there)."""
    match = _URL.match(text)
    if not match:
        return text.split("?", 1)[0][:_MOST], False
    scheme, user, rest = match.groups()
    rest, _, query = rest.partition("?")
    parts = rest.split("/")
    tokens = [part for part in parts[1:] if _TOKEN.match(part)]
    kept = "/".join(parts[:1] + ["..." if part in tokens else part for part in parts[1:]])
    slashes = "//" if text[len(scheme) + 1 :].startswith("//") else ""
    secret = user is not None or bool(tokens) or _secret(query)
    return f"{scheme}:{slashes}{kept}"[:_MOST], secret


def _secret(query: str) -> bool:
    # yum's mirror lists are asked with variables such as $releasever; those are no secrets.
    return any(
        part.partition("=")[0] not in ("release", "arch", "repo", "infra", "country")
        for part in query.split("&")
        if part
    )
