"""YAML to plain data, strictly: every key once, no aliases, no tags, a bounded depth.

It works on the parser's events and never recurses, so that no input can exhaust the stack or
the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from saltext.muster.master import yamlsyntax

Path = tuple[Any, ...]
Mark = tuple[int, int]

#: Levels of nesting at most; a cluster file needs five.
DEPTH = 20

#: Keys and values at most: 100 000 nodes with ten keys each fit. It bounds the time that
#: a file of any kind can take.
VALUES = 3_000_000

#: Faults told of one file at most.
FAULTS = 1000

_NO_ALIASES = (
    "anchors and aliases (& and *) are not allowed",
    "write the value out; quote a text that starts with & or *",
)
_NO_TAGS = ("tags (!) are not allowed", "remove it; quote a text that starts with !")
_TWICE = ("the key is there twice", "keep one of the two")
_PLAIN_TEXT = "remove them: a cluster file is plain text"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_SCALARS = {
    "tag:yaml.org,2002:null": lambda node: None,
    "tag:yaml.org,2002:bool": _CONSTRUCTOR.construct_yaml_bool,
    "tag:yaml.org,2002:int": _CONSTRUCTOR.construct_yaml_int,
    "tag:yaml.org,2002:float": _CONSTRUCTOR.construct_yaml_float,
    "tag:yaml.org,2002:timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
}


class Unparsable(Exception):
    """A text is not YAML of the kind wanted.

    line and column start at 1; path leads to the place; public is the message without any
    value of the text.
    """

    def __init__(
        self, message: str, remedy: str, mark: Mark = (0, 0), path: Path = (), public: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.remedy, self.mark, self.path = message, remedy, mark, path
        self.public = public or message


class _Container:
    """A mapping or sequence that is being filled."""

    __slots__ = ("data", "key", "path", "wants_key")

    def __init__(self, data: Any, path: Path) -> None:
        self.data = data
        self.path = path
        self.key: Any = None
        self.wants_key = isinstance(data, dict)


class _Builder:
    """Data and faults from a parser's events; marks None = where things stand is not kept."""

    def __init__(self, marks: dict[Path, Mark] | None) -> None:
        self.marks = marks
        self.faults: list[Unparsable] = []
        self.root: list[Any] = []
        self.stack = [_Container(self.root, ())]

    def feed(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event), event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open({} if kind is yaml.MappingStartEvent else [], event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.stack.pop()
        elif kind is yaml.AliasEvent:
            self._fault(event, *_NO_ALIASES)
            self._add(None, event)
        elif kind is yaml.DocumentStartEvent and self.root:
            raise Unparsable(
                "holds several documents", "keep one, without a second ---", _at(event)
            )

    def _open(self, data: Any, event: Any) -> None:
        if len(self.stack) > DEPTH:
            raise Unparsable(f"is nested deeper than {DEPTH} levels", "flatten it", _at(event))
        if self.stack[-1].wants_key:
            remedy = "write a plain key, and quote a text that starts with { or ["
            raise Unparsable("a key is a mapping or a list", remedy, _at(event), self._path())
        if event.anchor or event.tag:
            self._fault(event, *(_NO_ALIASES if event.anchor else _NO_TAGS))
        path = self._path()
        self._add(data, event)
        self.stack.append(_Container(data, path))

    def _scalar(self, event: Any) -> Any:
        """Return a scalar as YAML 1.1 reads it, the way that Salt's own files are read."""
        value = event.value
        if event.anchor or event.tag:
            self._fault(event, *(_NO_ALIASES if event.anchor else _NO_TAGS))
        elif event.implicit[0]:
            for tag, pattern in _RESOLVERS.get(value[:1], ()):
                if pattern.match(value):
                    return self._convert(tag, value, event)
        return value

    def _convert(self, tag: str, value: str, event: Any) -> Any:
        convert = _SCALARS.get(tag)
        if convert is None:
            return value
        try:
            return convert(yaml.ScalarNode(tag, value))
        except (ValueError, OverflowError):
            name = tag.rpartition(":")[2]
            message = f"looks like a {name}, but there is no such {name}"
            self._fault(event, message, "right it, or quote it if text is meant")
            return value

    def _add(self, value: Any, event: Any) -> None:
        parent = self.stack[-1]
        if type(parent.data) is list:
            parent.data.append(value)
            key: Any = len(parent.data) - 1
        elif parent.wants_key:
            if value in parent.data:
                self._keep(self._twice((*parent.path, value), _at(event)))
            parent.key, parent.wants_key = value, False
            parent.data.setdefault(value, None)
            key = value
        else:
            parent.data[parent.key] = value
            parent.wants_key = True
            return
        if self.marks is not None and len(self.stack) > 1:
            self.marks.setdefault((*parent.path, key), _at(event))

    def _twice(self, path: Path, mark: Mark) -> Unparsable:
        message, remedy = _TWICE
        first = (self.marks or {}).get(path)
        seen = f"{message}, first in line {first[0]}" if first else message
        return Unparsable(seen, remedy, mark, path, message)

    def _path(self) -> Path:
        """Return the path of the value that comes next."""
        parent = self.stack[-1]
        if len(self.stack) == 1:
            return ()
        if type(parent.data) is list:
            return (*parent.path, len(parent.data))
        return parent.path if parent.wants_key else (*parent.path, parent.key)

    def _fault(self, event: Any, message: str, remedy: str) -> None:
        self._keep(Unparsable(message, remedy, _at(event), self._path()))

    def _keep(self, fault: Unparsable) -> None:
        self.faults.append(fault)
        if len(self.faults) > FAULTS:
            raise Unparsable(f"has more than {FAULTS} faults", "right these first", fault.mark)


def parse(text: str, marks: dict[Path, Mark] | None = None) -> tuple[Any, list[Unparsable]]:
    """Return the data of a one-document YAML text, and what in it is not allowed.

    The data of an empty text is None. marks, when given, is filled with where each path's key
    (or list item) stands. Raises Unparsable when the text cannot be read to its end.
    """
    builder = _Builder(marks)
    try:
        for number, event in enumerate(_events(text)):
            if number > VALUES:
                message = f"holds more than {VALUES} keys and values"
                remedy = "split it into one file for each cluster"
                raise Unparsable(message, remedy, _at(event))
            builder.feed(event)
    except yaml.MarkedYAMLError as err:
        message, remedy, where = yamlsyntax.told(err, text)
        message = f"is not YAML: {message}"
        raise Unparsable(message, remedy, where, public="is not YAML") from err
    except (yaml.YAMLError, UnicodeError) as err:
        raise Unparsable("is not YAML: it holds odd characters", _PLAIN_TEXT) from err
    return (builder.root[0] if builder.root else None), builder.faults


def _events(text: str) -> Iterator[Any]:
    parser = _Parser(text)
    try:
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            yield event
    finally:
        parser.dispose()


def _at(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def decode(data: bytes) -> str:
    """Return a file's text; raise Unparsable with the line of what is not plain UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise Unparsable(
            "is not UTF-8", "save it as UTF-8", (data.count(b"\n", 0, err.start) + 1, 1)
        ) from err
    odd = _CONTROL.search(text)
    if odd:
        raise Unparsable(
            "holds a control character",
            _PLAIN_TEXT,
            (text.count("\n", 0, odd.start()) + 1, 1),
        )
    return text
