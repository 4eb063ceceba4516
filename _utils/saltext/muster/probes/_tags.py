"""The little of XML that libvirt writes into its own files."""

import re
from typing import Dict, List, Tuple

_TAG = re.compile(r"<(/?)([\w:.-]+)((?:\s[^<>]*?)?)(/?)>|([^<]+)")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")""")
_ENTITY = re.compile(r"&(#x?)?(\w{1,8});")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": '"'}
_DEPTH = 30

#: Longer ones are none of libvirt's.
_ATTRIBUTES = 2000


def parse(text: str) -> List[Tuple[str, Dict[str, str], str]]:
    """Return [(path of names parted by /, attributes, text)] of the elements, as they start.

    The text is what directly follows the element's start, without white space around it.
    """
    found = []  # type: List[Tuple[str, Dict[str, str], str]]
    path = []  # type: List[str]
    fresh = False
    for closing, name, attributes, single, words in _TAG.findall(_bare(text)):
        if words:
            if fresh and found:
                found[-1] = found[-1][:2] + (_plain(words.strip()),)
            fresh = False
        elif closing:
            path, fresh = path[:-1], False
        elif name and len(path) < _DEPTH:
            found.append(("/".join(path + [name]), _attributes(attributes), ""))
            path, fresh = (path, False) if single else (path + [name], True)
    return found


def _bare(text: str) -> str:
    """Return the text without comments and declarations."""
    first, *others = text.split("<!--")
    text = "".join([first] + [other.partition("-->")[2] for other in others])
    first, *others = text.split("<?")
    return "".join([first] + [other.partition("?>")[2] for other in others])


def _attributes(text: str) -> Dict[str, str]:
    if len(text) > _ATTRIBUTES:
        return {}
    return {name: _plain(one or other) for name, one, other in _ATTRIBUTE.findall(text)}


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda match: _char(match.group(1) or "", match.group(2)), text)


def _char(number: str, name: str) -> str:
    if not number:
        return _NAMED.get(name, f"&{name};")
    try:
        return chr(int(name, 16 if number == "#x" else 10))
    except (ValueError, OverflowError):
        return f"&{number}{name};"
