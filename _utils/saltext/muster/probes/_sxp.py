"""xend's configuration: lists in parentheses, as xend-config.sxp has them."""

import re
from typing import Dict, List, Optional, Tuple

_KNOWN = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
          "\\": "\\", "'": "'", '"': '"'}  # fmt: skip

#: A string without its end ends with its line: each character is looked at once.
TOKEN = re.compile(
    r"""#[^\n]*|([()])|"((?:[^"\\\n]|\\.?)*)(?:"|$)|'((?:[^'\\\n]|\\.?)*)(?:'|$)|([^\s()"'#]+)""",
    re.M,
)


def parse(text: str) -> Dict[str, Optional[str]]:
    """Return {key: value} of the lists of two at the top; the first of a key counts.

    A list of the key alone has the value ""; None stands for a value that this does not read:
    a list, several ones, or a string with an escape that xend does not know.
    """
    found = {}  # type: Dict[str, Optional[str]]
    depth = 0
    items = []  # type: List[Optional[str]]
    for kind, piece in _tokens(text):
        if kind != "mark":
            items.append(piece)
        elif piece == "(":
            depth += 1
            if depth == 1:
                items = []
            else:
                items.append(None)
        elif depth:
            depth -= 1
            if depth == 0 and items and items[0]:
                value = "" if len(items) == 1 else items[1] if len(items) == 2 else None
                found.setdefault(items[0], value)
    return found


def _tokens(text: str) -> List[Tuple[str, Optional[str]]]:
    found = []  # type: List[Tuple[str, Optional[str]]]
    for match in TOKEN.finditer(text):
        mark, double, single, word = match.groups()
        if mark:
            found.append(("mark", mark))
        elif word:
            found.append(("word", word))
        elif double is not None or single is not None:
            found.append(("text", _plain(double if single is None else single)))
    return found


def _plain(text: str) -> Optional[str]:
    """Return a string without its escapes; None for one that xend itself does not know."""
    parts = re.findall(r"\\(.)|([^\\]+)", text)
    if any(escaped and escaped not in _KNOWN for escaped, _ in parts):
        return None
    return "".join(_KNOWN.get(escaped, "") + plain for escaped, plain in parts)
