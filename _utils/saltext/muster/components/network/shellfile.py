"""Files of ``KEY=value`` lines as a shell reads them, edited so that every other byte stays."""

from __future__ import annotations

import re

from saltext.muster.probes._text import assignments

#: What needs no quotes.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/@%+-]*", re.ASCII)


class Shellfile:
    """A text of assignments; of a key that is given twice the last one counts."""

    def __init__(self, text: str = "") -> None:
        self._first = text
        self._lines = text.split("\n") if text else []

    def text(self) -> str:
        """Return the file's text as it is now."""
        text = "\n".join(self._lines)
        # A file that ends without a line end is so as long as nothing else changes.
        return text if text in ("", self._first) or text.endswith("\n") else text + "\n"

    def items(self) -> dict[str, str]:
        """Return all values without their quotes."""
        return assignments("\n".join(self._lines))

    def get(self, key: str) -> str:
        """Return a value, "" where the key is not there."""
        return self.items().get(key, "")

    def set(self, key: str, value: str) -> None:
        """Give a key a value, in place of the old one; "" takes it out."""
        if self.get(key) == value:
            return
        numbers = [n for n, line in enumerate(self._lines) if key in assignments(line)]
        line = f"{key}={value}" if _PLAIN.fullmatch(value) else f'{key}="{value}"'
        for number in reversed(numbers if not value else numbers[:-1]):
            del self._lines[number]
        if value and numbers:
            self._lines[numbers[-1] - len(numbers) + 1] = line
        elif value:
            end = len(self._lines)
            while end and not self._lines[end - 1].strip():
                end -= 1
            self._lines.insert(end, line)
