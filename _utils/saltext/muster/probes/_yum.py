"""yum's and dnf's repositories."""

from typing import Any, Dict, List, Tuple

from ._text import lines, unquote, words
from ._urls import plain
from .source import Source, shown

_MAINS = ("/etc/dnf/dnf.conf", "/etc/yum.conf")
_FOLDERS = ("/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d")
_ON = ("1", "yes", "true", "on", "")
_MOST = 500


def enabled(source: Source) -> List[Dict[str, Any]]:
    """Return the enabled repositories of yum or dnf."""
    paths = [f"{folder}/{name}" for folder in _FOLDERS for name in source.names(folder)]
    found = []
    for path in list(_MAINS) + [path for path in paths if path.endswith(".repo")]:
        for number, name, options in parse(source.text_or(path)):
            if name != "main" and options.get("enabled", "1").strip().lower() in _ON:
                found.append(_finish(source, path, number, name, options))
    return found[:_MOST]


def parse(text: str) -> List[Tuple[int, str, Dict[str, str]]]:
    """Return [(line, section, options)] of an INI file as yum reads it."""
    found = []  # type: List[Tuple[int, str, Dict[str, str]]]
    key = ""
    for number, line in lines(text):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if stripped.startswith("[") and "]" in stripped:
            found.append((number, stripped[1:].split("]", 1)[0], {}))
            key = ""
        elif line[0] in " \t" and key and found:
            found[-1][2][key] += " " + stripped
        elif found and "=" in stripped:
            key, _, value = stripped.partition("=")
            key = key.strip().lower()
            found[-1][2][key] = unquote(value.strip())
    return found


def _finish(
    source: Source, path: str, number: int, name: str, options: Dict[str, str]
) -> Dict[str, Any]:
    urls = words(options.get("baseurl", "").replace(",", " "))
    urls += [options[key] for key in ("mirrorlist", "metalink") if options.get(key)]
    keys = words(options.get("gpgkey", "").replace(",", " "))
    return {
        "kind": "yum",
        "id": name[:100],
        "url": " ".join(plain(source, url, path) for url in urls[:20]),
        "suite": "",
        "components": [],
        "signed_by": " ".join(plain(source, key, path) for key in keys[:20]),
        "origin": "",
        "file": shown(path),
        "line": number,
    }
