"""A draft as YAML: keys with comments before them, every value by PyYAML's own writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

Path = tuple[str, ...]

#: Marks a line that says what must still be decided.
TO_DECIDE = "TO DECIDE"

_WIDTH, _LONGEST = 96, 400


class _Plain(yaml.SafeDumper):
    """PyYAML's safe writer, which writes every value out."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Draft:
    """The data of a cluster file, and comments at its keys."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.comments: dict[Path, list[str]] = {}

    def note(self, where: Path, text: str) -> None:
        """Put a comment before the key at a path; a path that ends in "" is a mapping's end."""
        self.comments.setdefault(where, []).append(text)

    def decide(self, where: Path, text: str) -> None:
        """Put a comment there that says what must still be decided."""
        self.note(where, f"{TO_DECIDE}: {text}")

    def text(self) -> str:
        """Return the draft as the text of a cluster file."""
        noted = {path[:end] for path in self.comments for end in range(1, len(path))}
        return "\n".join([*self._lines(self.data, (), noted), *self._notes(("",), "")]) + "\n"

    def _lines(self, data: Mapping[str, Any], path: Path, noted: set[Path]) -> Iterator[str]:
        """Give the lines of a mapping; noted are the paths that have comments within."""
        indent = "  " * len(path)
        for key, value in data.items():
            here = (*path, key)
            yield from self._notes(here, indent)
            name = f"{indent}{_flow(key)}:"
            flow = f"{name} {_flow(value)}"
            long = len(flow) > _WIDTH or here in noted or not path
            if isinstance(value, dict) and value and long:
                yield name
                yield from self._lines(value, here, noted)
                yield from self._notes((*here, ""), f"{indent}  ")
            elif isinstance(value, list) and len(flow) > _WIDTH:
                yield name
                yield from (f"{indent}  - {_flow(each)}" for each in value)
            else:
                yield flow

    def _notes(self, path: Path, indent: str) -> Iterator[str]:
        for text in self.comments.get(path, ()):
            yield f"{indent}# {comment(text)}"


def comment(text: str) -> str:
    """Return a text that stays one comment: printable ASCII in one line."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    return "".join(char if " " <= char <= "~" else "?" for char in short)


def _flow(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Plain, default_flow_style=True, width=10**9, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
