"""pydantic's errors as problems that a person can act on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import ErrorDetails

from saltext.muster import wording
from saltext.muster.finding import Finding
from saltext.muster.master.values import COMPLAINT

_WANTED = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write a plain number, without quotes"),
    "float_type": ("a number", "write a plain number, without quotes"),
    "float_parsing": ("a number", "write a plain number, without its unit"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "list_type": ("a list", "write [first, second], or a line with - for each"),
    "tuple_type": ("a list", "write [first, second], or a line with - for each"),
    "dict_type": ("a mapping", "write `key: value` lines below it"),
    "model_type": ("a mapping", "write `key: value` lines below it"),
    "dataclass_type": ("a mapping", "write `key: value` lines below it"),
}
_MAPPINGS = ("dict_type", "model_type", "dataclass_type")
_QUOTED = re.compile("'([^']*)'")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]{1,253}")

#: Errors told of one file at most.
MOST = 1000

Finder = Callable[[tuple[Any, ...]], list[str]]


def findings(errors: Iterable[ErrorDetails], known: Finder) -> list[Finding]:
    """Return what pydantic's errors say, of MOST at most.

    known gives the keys that are valid at a path. A key that is missing because it is misspelt
    is told once.
    """
    told = list(itertools.islice(errors, MOST))
    misspelt = {_meant(error, known) for error in told if error["type"] in _UNKNOWN}
    return [
        _finding(error, known)
        for error in told
        if error["type"] != "missing" or tuple(error["loc"]) not in misspelt
    ]


def _meant(error: ErrorDetails, known: Finder) -> tuple[Any, ...]:
    """Return the path that an unknown key most likely stands for, its own when there is none."""
    where = tuple(error["loc"])
    return (*where[:-1], wording.nearest(str(where[-1]), known(where[:-1])) or where[-1])


def _finding(error: ErrorDetails, known: Finder) -> Finding:
    kind, where, value = error["type"], tuple(error["loc"]), error["input"]
    context = error.get("ctx", {})
    if where and where[-1] == "[key]":
        where = where[:-1]
    if kind == COMPLAINT:
        return Finding(where, context["message"], context["remedy"], context["public"])
    if kind in _UNKNOWN:
        return _unknown(where, known(where[:-1]))
    if kind == "invalid_key":
        message = f"the key is {seen(value)}, wanted text"
        return Finding(where, message, "put it in quotes", "the key is no text")
    if kind == "missing":
        return Finding(where, "is missing", f"add `{where[-1]}: ...`", "is missing")
    if kind in _WANTED:
        wanted, remedy = _WANTED[kind]
        if value is None:
            remedy = _for_nothing(kind, where, remedy)
        return Finding(where, f"wanted {wanted}, seen {seen(value)}", remedy, f"wanted {wanted}")
    return _of_range(where, kind, value, context)


def _for_nothing(kind: str, where: tuple[Any, ...], remedy: str) -> str:
    """Return what to do about a key with nothing behind it."""
    if kind in _MAPPINGS:
        return f"{remedy}, or {{}} for none" if len(where) > 1 else remedy
    return (
        remedy
        if "list" in kind
        else "write its value behind the colon, or remove the key if it is optional"
    )


def _of_range(where: tuple[Any, ...], kind: str, value: Any, context: dict[str, Any]) -> Finding:
    """Return the finding for a value of the right type that is out of range."""
    wanted = {
        "literal_error": "{expected}",
        "greater_than_equal": "{ge} or more",
        "greater_than": "more than {gt}",
        "less_than_equal": "{le} or less",
        "too_short": "at least {min_length} of them",
        "string_too_long": "at most {max_length} characters",
    }.get(kind, kind.replace("_", " "))
    text = wanted.format_map({key: _plain(limit) for key, limit in context.items()})
    near = wording.nearest(value, _QUOTED.findall(text)) if isinstance(value, str) else ""
    remedy = f"did you mean '{near}'?" if near else f"write {text}"
    return Finding(where, f"wanted {text}, seen {seen(value)}", remedy, f"wanted {text}")


def _plain(limit: Any) -> Any:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _unknown(where: tuple[Any, ...], keys: list[str]) -> Finding:
    near = wording.nearest(str(where[-1]), keys)
    remedy = f"did you mean `{near}`?" if near else f"remove it; known: {', '.join(keys)}"
    if not keys:
        remedy = "remove it: there are no keys here"
    elif not near and re.search(r"[.\[]", str(where[-1])):  # a node's name, or a range of them
        remedy = "indent it below what it belongs to, such as `nodes`, or remove it"
    return Finding(where, f"the key {_key(where[-1])} is unknown", remedy, "unknown key")


def seen(value: Any) -> str:
    """Return a value of a file as a person reads it: what it is, and how it begins."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind} of {len(value)}" if value else f"an empty {kind}"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()} (YAML reads on, off, yes and no as such)"
    if isinstance(value, str):
        return f"the text {value[:80]!a}" + ("..." if len(value) > 80 else "")
    kind = "number" if isinstance(value, (int, float)) else "date"
    return f"the {kind} {_shown(value)}"


def _shown(value: Any) -> str:
    try:
        return str(value)[:80]
    except ValueError:  # an integer of more digits than Python writes out
        return "of very many digits"


def dotted(where: Iterable[Any]) -> str:
    """Return a path as ``nodes["node1.example.com"].address``, safe to print."""
    text = ""
    for part in where:
        if isinstance(part, int) and not isinstance(part, bool):
            text += f"[{part}]"
        elif isinstance(part, str) and _PLAIN_KEY.fullmatch(part) and "." not in part:
            text += f".{part}" if text else part
        else:
            text += f"[{_key(part)}]"
    return text


def _key(part: Any) -> str:
    shown = _shown(part)
    return ascii(shown[:80]) if len(shown) <= 80 else ascii(shown[:80]) + "..."
