"""Files of sections and settings, edited so that every other byte stays: NetworkManager's."""

from __future__ import annotations

#: The older names of sections that mean the same.
_SECTIONS = {"802-3-ethernet": "ethernet"}


class Keyfile:
    """A text of ``[section]`` and ``key=value`` lines.

    Of a key that is given twice the last one counts.
    """

    def __init__(self, text: str = "") -> None:
        self._first = text
        self._lines = text.split("\n") if text else []

    def text(self) -> str:
        """Return the file's text as it is now."""
        text = "\n".join(self._lines)
        # A file that ends without a line end is so as long as nothing else changes.
        return text if text in ("", self._first) or text.endswith("\n") else text + "\n"

    def items(self, section: str) -> dict[str, str]:
        """Return the settings of a section."""
        return {key: value for _number, each, key, value in self._settings() if each == section}

    def get(self, section: str, key: str, default: str = "") -> str:
        """Return a setting's value, or ``default``."""
        return self.items(section).get(key, default)

    def set(self, section: str, key: str, value: str) -> None:
        """Give a setting a value: where it stands, else at its section's end."""
        numbers = self._numbers(section, key)
        for number in reversed(numbers[:-1]):
            del self._lines[number]
        if numbers:
            self._lines[numbers[-1] - len(numbers) + 1] = f"{key}={value}"
        else:
            self._lines.insert(self._end(section), f"{key}={value}")

    def drop(self, section: str, *keys: str) -> None:
        """Take settings out of a section."""
        for key in keys:
            for number in reversed(self._numbers(section, key)):
                del self._lines[number]

    def drop_section(self, section: str) -> None:
        """Take a section out, with all that is in it."""
        kept, inside = [], False
        for line in self._lines:
            header = _header(line)
            inside = header == section if header is not None else inside
            if not inside:
                kept.append(line)
        self._lines = kept

    def _settings(self) -> list[tuple[int, str, str, str]]:
        found, section = [], ""
        for number, line in enumerate(self._lines):
            header = _header(line)
            if header is not None:
                section = header
            elif "=" in line and not line.lstrip().startswith("#"):
                key, _, value = line.partition("=")
                found.append((number, section, key.strip(), value.strip()))
        return found

    def _numbers(self, section: str, key: str) -> list[int]:
        return [number for number, *rest in self._settings() if rest[:2] == [section, key]]

    def _end(self, section: str) -> int:
        """Return where a line of a section is put; the section is made where it is not there."""
        headers = [
            (number, header)
            for number, line in enumerate(self._lines)
            if (header := _header(line)) is not None
        ]
        own = [place for place, (_, header) in enumerate(headers) if header == section]
        if not own:
            while self._lines and not self._lines[-1].strip():
                self._lines.pop()
            self._lines += [*([""] if self._lines else []), f"[{section}]", ""]
            return len(self._lines) - 1
        following = headers[own[-1] + 1 :]
        end = following[0][0] if following else len(self._lines)
        while not self._lines[end - 1].strip():
            end -= 1
        return end


def _header(line: str) -> str | None:
    """Return the name of the section that a line begins, None when it begins none."""
    line = line.strip()
    if not line.startswith("[") or not line.endswith("]"):
        return None
    return _SECTIONS.get(line[1:-1], line[1:-1])
