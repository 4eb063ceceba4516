"""Files of sections and settings: systemd's and NetworkManager's."""

from typing import List, Tuple

from ._text import BLANK, lines
from .source import Source

#: (section, key, value)
Setting = Tuple[str, str, str]


def settings(text: str, continued: bool = False) -> List[Setting]:
    """Return the settings of a file in their order; section is "" before the first.

    continued says that a backslash at its end joins a line with the next, as systemd does it.
    """
    found, section = [], ""
    for line in _joined(text) if continued else [line for _, line in lines(text)]:
        line = line.strip(BLANK)
        if not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        if line[0] == "[" and line[-1] == "]":
            section = line[1:-1]
        elif equals:
            found.append((section, key.rstrip(BLANK), value.lstrip(BLANK)))
    return found


def _joined(text: str) -> List[str]:
    found, held = [], ""
    for _, line in lines(text):
        if held and line.lstrip(BLANK)[:1] in ("#", ";"):
            continue  # a comment between the parts of a line
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        found.append(held + line)
        held = ""
    return found + [held] if held else found


def dropins(source: Source, folders: List[str], suffix: str = ".conf") -> List[str]:
    """Return the paths of the files in ``folders`` in the order of their names.

    Of one name in several folders the first folder's counts; a link to /dev/null hides it.
    """
    first = {}
    for folder in folders:
        for name in source.names(folder):
            if name.endswith(suffix) and name not in first:
                first[name] = f"{folder}/{name}"
    paths = [first[name] for name in sorted(first)]
    return [path for path in paths if source.link(path) != "/dev/null"]
