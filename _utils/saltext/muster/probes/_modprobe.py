"""Kernel modules: their options, what loads them at boot, and whether there is a file."""

import re
from typing import Any, Dict, List, Tuple, Union

from ._text import first_line, lines, unquote, words
from .source import Absent, Source, Unknown, Unreadable, shown

#: Highest precedence first.
_BASES = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")

#: modules.dep of a distribution's kernel has about 1 MiB.
_INDEX_LIMIT = 16 * 1024 * 1024

_OPTION = re.compile(r"""((?:"[^"]*"|[^\s"])+)""")


def same(one: str, other: str) -> bool:
    """Say whether two names are one module's: ``-`` and ``_`` are the same to the kernel."""
    return one.replace("-", "_") == other.replace("-", "_")


def options(source: Source, module: str) -> List[Dict[str, Any]]:
    """Return the module's options as modprobe gives them to the kernel, in that order.

    Each is {"option", "value", "file", "line"}; of one option the last wins.
    """
    found = []
    for path in files(source, "modprobe.d"):
        found += parse_options(source.text_or(path), module, path)
    for word in words(first_line(source.text_or("/proc/cmdline"))):
        name, dot, option = word.partition(".")
        if dot and same(name, module):
            found.append(_option(option, "/proc/cmdline", 1))
    return found


def parse_options(text: str, module: str, path: str) -> List[Dict[str, Any]]:
    """Return the module's options in one file of modprobe.d; path names it in them."""
    found = []
    for number, line in logical(text):
        given = words(line)
        if len(given) > 2 and given[0] == "options" and same(given[1], module):
            rest = line.split(None, 2)[2]
            found += [_option(option, path, number) for option in _OPTION.findall(rest)]
    return found


def blocked(source: Source, module: str) -> str:
    """Return the first blacklist or install line of modprobe.d for the module, or "".

    A blacklisted module is not loaded at boot; an install command replaces its loading.
    """
    for path in files(source, "modprobe.d"):
        for number, line in logical(source.text_or(path)):
            given = words(line)
            if len(given) > 1 and given[0] in ("blacklist", "install") and same(given[1], module):
                return f"{shown(path)}:{number}: {' '.join(given)}"
    return ""


def logical(text: str) -> List[Tuple[int, str]]:
    """Return [(number, line)] without comments; a backslash at the end joins two lines."""
    found, start, parts = [], 0, []
    for number, line in lines(text):
        start = start or number
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        whole = " ".join(parts + [line]).strip()
        if whole and not whole.startswith("#"):
            found.append((start, whole))
        start, parts = 0, []
    return found


def at_boot(source: Source, module: str) -> bool:
    """Say whether modules-load.d or /etc/modules loads the module at boot.

    systemd takes a whole line for a name: one with options loads nothing.
    """
    paths = files(source, "modules-load.d") + ["/etc/modules"]
    return any(listed(source.text_or(path), module) for path in paths)


def boot_lines(source: Source, module: str) -> List[Dict[str, Any]]:
    """Return [{"file", "line", "text"}] of what modules-load.d and /etc/modules say of the module.

    Lines with options are among them, though systemd loads nothing for one.
    """
    found = []
    # Debian's modules-load.d has a link to /etc/modules.
    paths = [path for path in files(source, "modules-load.d") if not _is_modules(source, path)]
    for path in paths + ["/etc/modules"]:
        for number, line in lines(source.text_or(path)):
            given = words(line)
            if given and same(given[0], module):
                found.append({"file": shown(path), "line": number, "text": " ".join(given)[:200]})
    return found[:100]


def _is_modules(source: Source, path: str) -> bool:
    return source.link(path) in ("../modules", "/etc/modules")


def listed(text: str, module: str) -> bool:
    """Say whether a file of modules-load.d names the module."""
    return any(same(line.strip(), module) for _, line in lines(text))


def files(source: Source, kind: str) -> List[str]:
    """Return the *.conf files of modprobe.d or modules-load.d in force, by name."""
    first = {}  # type: Dict[str, str]
    for base in _BASES:
        for name in source.names(f"{base}/{kind}"):
            if name.endswith(".conf"):
                first.setdefault(name, f"{base}/{kind}/{name}")
    # A link to /dev/null takes the files of that name out of force.
    return [first[name] for name in sorted(first) if source.link(first[name]) != "/dev/null"]


def available(source: Source, module: str, release: str) -> bool:
    """Say whether the kernel ``release`` has the module, as a file or built in."""
    folder = f"/lib/modules/{release}"
    return any(
        indexed(_index(source, f"{folder}/{name}"), module)
        for name in ("modules.dep", "modules.builtin")
    )


def indexed(text: str, module: str) -> bool:
    """Say whether a modules.dep or modules.builtin has a file of the module."""
    name = re.escape(module).replace(r"\_", "_").replace("_", "[-_]")
    return re.search(rf"^(?:[^:\n]*/)?{name}\.ko(?:\.\w+)?(?::|$)", text, re.M) is not None


def _index(source: Source, path: str) -> str:
    try:
        return source.text(path, _INDEX_LIMIT)
    except Absent:
        return ""


def _option(text: str, path: str, number: int) -> Dict[str, Any]:
    name, _, value = text.partition("=")
    return {
        "option": name.replace("-", "_"),
        "value": unquote(value),
        "file": shown(path),
        "line": number,
    }


def parameters(source: Source, module: str) -> Dict[str, Union[str, Unknown]]:
    """Return {name: value} of the loaded module; a value may be unreadable by design."""
    folder = f"/sys/module/{module}/parameters"
    found = {}  # type: Dict[str, Union[str, Unknown]]
    for name in source.names(folder):
        try:
            found[name] = source.text(f"{folder}/{name}").rstrip("\n")
        except Unreadable as err:
            found[name] = {"unknown": str(err)}
    return found
