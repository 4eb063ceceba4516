"""Regular expressions of a node's files, matched in bounded time whatever they are.

Python's own ``re`` may run for ages on a hostile expression; these are run as automata. What the
two have in common is understood: literals, ``.``, sets, groups, ``|``, ``* + ? {m,n}``, ``^``,
``$`` and the classes ``\\d \\w \\s``. Anything else raises Unsupported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network

#: An expression that a person writes is shorter; its automaton is smaller.
LENGTH, STATES, STEPS, DEPTH = 500, 1000, 20000, 40

#: More different states after an octet than this have no expression that a person writes.
_WIDTH = 64

_DIGITS = frozenset("0123456789")
_WORDS = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": frozenset(" \t\n\r\f\v")}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}

#: The states that the automaton may be in.
Position = frozenset[int]


class Unsupported(ValueError):
    """The expression is not understood, or too large."""


@dataclass(frozen=True)
class Set:
    """The characters that one step takes."""

    chars: frozenset[str]
    negated: bool = False

    def takes(self, char: str) -> bool:
        """Say whether the step takes ``char``."""
        return (char in self.chars) is not self.negated


@dataclass
class _State:
    step: Set | None = None
    after: int = -1
    free: list[int] = field(default_factory=list)
    at_start: list[int] = field(default_factory=list)
    at_end: list[int] = field(default_factory=list)


class Pattern:
    """An expression as an automaton.

    anywhere says that a match may begin at any place of a text, as for Python's ``re.search``;
    else it begins at the start, as for ``re.match``. It may end before the text does.
    """

    def __init__(self, text: str, anywhere: bool = False) -> None:
        if len(text) > LENGTH:
            raise Unsupported(f"the expression is longer than {LENGTH} characters")
        self._states: list[_State] = []
        self._anywhere = anywhere
        self._entry, self._exit = _Parser(text, self._states).parse()
        self._known: dict[tuple[Position, str], Position] = {}
        self.start = self._closure({self._entry}, at_start=True)

    @property
    def named(self) -> frozenset[str]:
        """The characters that the expression tells from others; it takes all others alike."""
        steps = (state.step for state in self._states)
        return frozenset(char for step in steps if step is not None for char in step.chars)

    def matches(self, text: str) -> bool:
        """Say whether the expression matches ``text``."""
        if not text:  # the only one that ends where it starts
            found = self._closure(set(self.start), at_start=True, at_end=True)
            return self._exit in found
        return self.accepts(self.feed(self.start, text))

    def feed(self, position: Position, text: str) -> Position:
        """Return where the automaton is after ``text``; empty when nothing can match any more."""
        for char in text:
            position = self._step(position, char)
        return position

    def accepts(self, position: Position) -> bool:
        """Say whether a text that ends at this position matches."""
        return self._exit in self._closure(set(position), at_end=True)

    def _step(self, position: Position, char: str) -> Position:
        key = (position, char)
        if key not in self._known:
            if len(self._known) >= STEPS:
                raise Unsupported("the expression is too complicated")
            self._known[key] = self._reached(position, char)
        return self._known[key]

    def _reached(self, position: Position, char: str) -> Position:
        reached = {self._exit} if self._exit in position else set()
        for number in position:
            state = self._states[number]
            if state.step is not None and state.step.takes(char):
                reached.add(state.after)
        if self._anywhere:
            reached.add(self._entry)
        return self._closure(reached)

    def _closure(self, found: set[int], at_start: bool = False, at_end: bool = False) -> Position:
        todo = list(found)
        while todo:
            state = self._states[todo.pop()]
            reached = list(state.free)
            reached += state.at_start if at_start else []
            reached += state.at_end if at_end else []
            todo += [number for number in reached if number not in found]
            found.update(reached)
        return frozenset(found)


def address_outside(pattern: Pattern, network: IPv4Network) -> str:
    """Return an IPv4 address outside the network that the pattern matches, or "".

    All addresses are looked at, octet by octet. Raises Unsupported for too complicated a pattern.
    """
    low, high = network.network_address.packed, network.broadcast_address.packed
    level = {(pattern.start, False): ""}
    for place in range(4):
        reached: dict[tuple[Position, bool], str] = {}
        for (position, out), text in level.items():
            for octet in range(256):
                piece = f"{octet}." if place < 3 else str(octet)
                after = pattern.feed(position, piece)
                if after:
                    outside = out or not low[place] <= octet <= high[place]
                    reached.setdefault((after, outside), text + piece)
        if len(reached) > _WIDTH:
            raise Unsupported("the expression is too complicated")
        level = reached
    ends = (text for (position, out), text in level.items() if out and pattern.accepts(position))
    return next(ends, "")


class _Parser:
    """Makes states of an expression; each method returns the first and last of its part."""

    def __init__(self, text: str, states: list[_State]) -> None:
        self.text, self.states, self.place, self.depth = text, states, 0, 0

    def parse(self) -> tuple[int, int]:
        found = self._choice()
        if self.place < len(self.text):
            raise Unsupported("the expression has a ) too many")
        return found

    def _new(self) -> int:
        if len(self.states) >= STATES:
            raise Unsupported("the expression is too complicated")
        self.states.append(_State())
        return len(self.states) - 1

    def _peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise Unsupported("the expression ends too early")
        self.place += 1
        return char

    def _choice(self) -> tuple[int, int]:
        first, last = self._new(), self._new()
        while True:
            begin, end = self._sequence()
            self.states[first].free.append(begin)
            self.states[end].free.append(last)
            if self._peek() != "|":
                return first, last
            self.place += 1

    def _sequence(self) -> tuple[int, int]:
        first = last = self._new()
        while self._peek() not in ("", "|", ")"):
            begin, end = self._repeated()
            self.states[last].free.append(begin)
            last = end
        return first, last

    def _repeated(self) -> tuple[int, int]:
        start = self.place
        begin, end = self._atom()
        while self._peek() in ("*", "+", "?", "{"):
            source = self.text[start : self.place]
            least, most = self._counts()
            begin, end = self._times(begin, end, source, least, most)
            if self._peek() == "+":
                raise Unsupported("possessive repetition is not understood")
            if self._peek() == "?":
                self.place += 1  # a lazy one matches the same texts
        return begin, end

    def _counts(self) -> tuple[int, int | None]:
        mark = self._take()
        if mark != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
        inner, closed, _ = self.text[self.place :].partition("}")
        least, comma, most = inner.partition(",")
        if not closed or not all(
            word.isascii() and word.isdigit() for word in (least, most or "0")
        ):
            raise Unsupported("a { of the expression is no repetition")
        self.place += len(inner) + 1
        return int(least[:4]), int(most[:4]) if most else None if comma else int(least[:4])

    def _times(
        self, begin: int, end: int, source: str, least: int, most: int | None
    ) -> tuple[int, int]:
        if least > 64 or (most or 0) > 64:
            raise Unsupported("the expression repeats too often")
        first = last = self._new()
        for number in range(max(least, most if most is not None else least + 1)):
            begin, end = (begin, end) if number == 0 else self._copy(source)
            self.states[last].free.append(begin)
            after = self._new()
            self.states[end].free.append(after)
            if number >= least:
                self.states[last].free.append(after)
            if most is None and number >= least - (1 if least else 0):
                self.states[after].free.append(begin)
            last = after
        return first, last

    def _copy(self, source: str) -> tuple[int, int]:
        inner = _Parser(source, self.states)
        inner.depth = self.depth + 1
        if inner.depth > DEPTH:
            raise Unsupported("the expression is nested too deeply")
        return inner._repeated()

    def _atom(self) -> tuple[int, int]:
        char = self._take()
        if char == "(":
            return self._group()
        if char in "*+?{":
            raise Unsupported(f"nothing stands before {char}")
        first, last = self._new(), self._new()
        if char == "^":
            self.states[first].at_start.append(last)
        elif char == "$":
            self.states[first].at_end.append(last)
        else:
            self.states[first].step, self.states[first].after = self._set(char), last
        return first, last

    def _group(self) -> tuple[int, int]:
        if self._peek() == "?":
            if self.text[self.place : self.place + 2] != "?:":
                raise Unsupported("(? of the expression is not understood")
            self.place += 2
        self.depth += 1
        if self.depth > DEPTH:
            raise Unsupported("the expression is nested too deeply")
        found = self._choice()
        self.depth -= 1
        if self._take() != ")":
            raise Unsupported("the expression lacks a )")
        return found

    def _set(self, char: str) -> Set:
        if char == ".":
            return Set(frozenset("\n"), negated=True)
        if char == "[":
            return self._bracket()
        return self._escape() if char == "\\" else Set(frozenset(char))

    def _escape(self) -> Set:
        char = self._take()
        if char.lower() in _CLASSES:
            return Set(_CLASSES[char.lower()], negated=char.isupper())
        if char.isalnum() and char not in _CONTROLS:
            raise Unsupported(f"\\{char} of the expression is not understood")
        return Set(frozenset(_CONTROLS.get(char, char)))

    def _bracket(self) -> Set:
        negated = self._peek() == "^"
        self.place += negated
        chars: set[str] = set()
        opened = self.place
        while self._peek() != "]" or self.place == opened:
            chars |= self._member()
        self.place += 1
        return Set(frozenset(chars), negated)

    def _member(self) -> frozenset[str]:
        first = self._single()
        following = self.text[self.place : self.place + 2]
        if len(first) != 1 or following[:1] != "-" or following in ("-", "-]"):
            return first
        self.place += 1
        (low,), last = first, self._single()
        (high,) = last if len(last) == 1 else ("",)
        if not low <= high or ord(high) - ord(low) > 255:
            raise Unsupported("a range of the expression is not understood")
        return frozenset(chr(code) for code in range(ord(low), ord(high) + 1))

    def _single(self) -> frozenset[str]:
        char = self._take()
        if char == "[" and self._peek() in (":", ".", "="):
            raise Unsupported("a named class of the expression is not understood")
        if char != "\\":
            return frozenset(char)
        found = self._escape()
        if found.negated:
            raise Unsupported("a negated class in a set is not understood")
        return found.chars
