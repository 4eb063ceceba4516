"""Whether packages come through a proxy."""

import re

from ._text import lines
from .source import Source

_YUM = ("/etc/yum.conf", "/etc/dnf/dnf.conf")
_APT = ("/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*")

_YUM_LINE = re.compile(r"^proxy[ \t]*=[ \t]*(?!_none_)[^ \t\r]", re.I)
_APT_LINE = re.compile(r"(?:^|[^A-Za-z-])proxy(?:::[^\s\"]+)?[ \t]+\"(?!DIRECT\")[^\"]", re.I)
_COMMENT = re.compile(r"^[ \t]*(//|#)")


def configured(source: Source) -> bool:
    """Say whether yum, dnf or apt is told of a proxy; its URL, which may hold a password, is not
    a fact."""
    if any(yum_uses(source.text_or(path)) for path in _YUM):
        return True
    paths = [path for pattern in _APT for path in source.glob(pattern)]
    return any(apt_uses(source.text(path)) for path in paths)


def yum_uses(text: str) -> bool:
    """Say whether a yum.conf or dnf.conf names a proxy."""
    return any(_YUM_LINE.match(line) for _, line in lines(text))


def apt_uses(text: str) -> bool:
    """Say whether a file of apt's configuration names a proxy, as one line or in braces."""
    return any(_APT_LINE.search(line) for _, line in lines(text) if not _COMMENT.match(line))
