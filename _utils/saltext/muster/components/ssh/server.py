"""sshd's configuration: which line wins, and where muster's own settings win over it.

Of settings outside of Match blocks the first one counts; one in a Match block that fits wins over
all of these. sshd itself has the last word: this only finds the place, and whom to blame.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

MAIN = "/etc/ssh/sshd_config"
OWN = "/etc/ssh/sshd_config.d/00-muster.conf"

ROOT_LOGIN, BY_KEY = "permitrootlogin", "pubkeyauthentication"

#: How the settings are written; the words are sshd's own.
NAMES = {ROOT_LOGIN: "PermitRootLogin", BY_KEY: "PubkeyAuthentication"}
DEFAULTS = {ROOT_LOGIN: "prohibit-password", BY_KEY: "yes"}

#: Older servers know, and newer ones print, another word for one value.
_SAME = {"without-password": "prohibit-password"}

_BEGIN, _END = "# Written by muster (from here)", "# Written by muster (to here)"
_BLOCK = re.compile(f"^{re.escape(_BEGIN)}\n(?:.*\n)*?{re.escape(_END)}\n", re.MULTILINE)
_SPLIT = re.compile(r"[ \t]*=[ \t]*|[ \t]+")
_DEEPEST = 16

Read = Callable[[str], "str | None"]
Glob = Callable[[str], Iterable[str]]


class Setting(NamedTuple):
    """One setting that sshd reads: where it stands, and the Match it is in ("" = none)."""

    path: str
    line: int
    key: str
    value: str
    match: str


def settings(read: Read, glob: Glob) -> list[Setting]:
    """Return what sshd reads of NAMES, in its order; read gives a file's text, glob its paths."""
    found: list[Setting] = []
    _parse(MAIN, "", read, glob, found, 0)
    return found


def value(found: Iterable[Setting], key: str) -> str:
    """Return what is set outside of Match blocks, or sshd's default."""
    first = next((s.value for s in found if s.key == key and not s.match), DEFAULTS[key])
    return plain(first)


def plain(text: str) -> str:
    """Return a setting's value in lower case, and in today's word for it."""
    return _SAME.get(text.lower(), text.lower())


def winners(found: Sequence[Setting], wanted: Mapping[str, str]) -> list[str]:
    """Return the places that may set a wanted key otherwise, for a person to look at."""
    first: dict[str, Setting] = {}
    told = []
    for each in found:
        if each.key not in wanted:
            continue
        other = plain(each.value) != wanted[each.key]
        if each.match and other:
            told.append(f"{each.path} line {each.line} ({each.match}: {_line(each)})")
        elif not each.match and first.setdefault(each.key, each) is each and other:
            told.append(f"{each.path} line {each.line} ({_line(each)})")
    return told


def own_text(wanted: Mapping[str, str]) -> str:
    """Return muster's own file: sshd's first value counts, so its name sorts before others."""
    lines = [f"{NAMES[key]} {wanted[key]}\n" for key in sorted(wanted)]
    return "# Written by muster: the cluster's master logs in as root by its key.\n" + "".join(
        lines
    )


def with_block(text: str, wanted: Mapping[str, str]) -> str:
    """Return sshd_config with the settings in a block of muster's own at its beginning."""
    rest = _BLOCK.sub("", text)
    lines = [f"{NAMES[key]} {wanted[key]}\n" for key in sorted(wanted)]
    return "".join([f"{_BEGIN}\n", *lines, f"{_END}\n", rest])


def own_file_wins(read: Read, glob: Glob, wanted: Mapping[str, str]) -> bool:
    """Say whether muster's own file would be read before anything that sets the keys otherwise."""
    text = own_text(wanted)

    def overlaid(path: str) -> str | None:
        return text if path == OWN else read(path)

    found = settings(overlaid, lambda pattern: _with_own(pattern, glob))
    return all(
        next((s.path for s in found if s.key == key and not s.match), "") == OWN for key in wanted
    )


def candidate(main: str, glob: Glob, own: str) -> str:
    """Return a sshd_config that includes the file ``own`` in place of muster's own one."""
    lines = []
    for raw in main.split("\n"):
        key, arguments = _fields(raw)
        patterns = [_absolute(each) for each in arguments]
        if key == "include" and any(_covers(pattern) for pattern in patterns):
            paths = [path for pattern in patterns for path in _with_own(pattern, glob)]
            raw = "\n".join(f'Include "{own if path == OWN else path}"' for path in paths)
        lines.append(raw)
    return "\n".join(lines)


def _parse(path: str, match: str, read: Read, glob: Glob, found: list[Setting], depth: int) -> None:
    text = read(path)
    if text is None or depth > _DEEPEST:
        return
    for number, raw in enumerate(text.split("\n"), start=1):
        key, arguments = _fields(raw)
        if key == "match":
            everybody = [each.lower() for each in arguments] == ["all"]
            # `Match all` ends a block, but what follows still counts as in one.
            match = "Match " + ("all" if everybody else " ".join(arguments)[:100])
        elif key == "include":
            for pattern in arguments:
                for each in sorted(glob(_absolute(pattern))):
                    _parse(each, match, read, glob, found, depth + 1)
        elif key in NAMES and arguments:
            found.append(Setting(path, number, key, arguments[0], match))


def _fields(raw: str) -> tuple[str, list[str]]:
    """Return a line's keyword in lower case and its arguments; ("", []) for none."""
    line = raw.strip()
    if not line or line.startswith("#"):
        return "", []
    word, *rest = _SPLIT.split(line, maxsplit=1)
    try:
        return word.lower(), shlex.split(rest[0], comments=True) if rest else []
    except ValueError:
        return word.lower(), rest


def _absolute(pattern: str) -> str:
    return pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"


def _covers(pattern: str) -> bool:
    folder, _, name = pattern.rpartition("/")
    return folder == OWN.rpartition("/")[0] and fnmatchcase(OWN.rpartition("/")[2], name)


def _with_own(pattern: str, glob: Glob) -> list[str]:
    paths = set(glob(pattern))
    return sorted(paths | {OWN} if _covers(pattern) else paths)


def _line(each: Setting) -> str:
    return f"{NAMES[each.key]} {each.value}"[:80]
