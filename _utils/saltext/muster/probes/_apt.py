"""apt's sources: one-line and deb822 files, and the keyrings that sign them."""

import re
from typing import Any, Dict, List, Tuple

from ._text import first_line, lines, words
from ._urls import plain, strip
from .source import Absent, Source, shown

_MAIN = "/etc/apt/sources.list"
_PARTS = "/etc/apt/sources.list.d"
_LISTS = "/var/lib/apt/lists"
_KEYRINGS = ("/etc/apt/trusted.gpg.d", "/etc/apt/keyrings", "/usr/share/keyrings")
_MOST = 500

_LINE = re.compile(r"^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*(.*)$")
_ORIGIN = re.compile(r"^Origin: *(\S[^\n]{0,100})$", re.M)
_OFF = ("no", "false", "off", "without", "disable", "0")


def enabled(source: Source) -> List[Dict[str, Any]]:
    """Return apt's enabled sources of binary packages, one for each URL and suite."""
    found = []  # type: List[Dict[str, Any]]
    for path in [_MAIN] + [f"{_PARTS}/{name}" for name in source.names(_PARTS)]:
        if path.endswith(".sources"):
            parsed = parse_deb822(source.text(path))
        elif path.endswith(".list"):
            parsed = parse_list(source.text_or(path))
        else:
            continue  # apt passes other names over
        for entry in parsed:
            found += [
                _finish(source, dict(each, file=shown(path))) for each in _mirrors(source, entry)
            ]
    return found[:_MOST]


def parse_list(text: str) -> List[Dict[str, Any]]:
    """Return the sources of a one-line file: url, suite, components, signed_by, line."""
    found = []
    for number, line in lines(text):
        match = _LINE.match(line.split("#", 1)[0])
        if match:
            options, url, suite, components = match.groups()
            signed = dict(word.partition("=")[::2] for word in words(options or ""))
            found.append(_entry(url, suite, words(components), signed.get("signed-by", ""), number))
    return found


def parse_deb822(text: str) -> List[Dict[str, Any]]:
    """Return the sources of a deb822 file, disabled stanzas left out."""
    found = []
    for number, fields in _stanzas(text):
        kinds = words(fields.get("types", ""))
        if "deb" not in kinds or fields.get("enabled", "yes").strip().lower() in _OFF:
            continue
        signed = fields.get("signed-by", "").strip()
        signed = "a key in the file" if "PGP" in signed else signed
        for url in words(fields.get("uris", "")):
            for suite in words(fields.get("suites", "")):
                components = words(fields.get("components", ""))
                found.append(_entry(url, suite, components, signed, number))
    return found[:_MOST]


def keyrings(source: Source) -> List[str]:
    """Return the paths of apt's keyrings."""
    found = [f"{folder}/{shown(name)}" for folder in _KEYRINGS for name in source.names(folder)]
    single = ["/etc/apt/trusted.gpg"] if source.exists("/etc/apt/trusted.gpg") else []
    return (single + [path for path in found if path.endswith((".gpg", ".asc"))])[:_MOST]


def _entry(url: str, suite: str, components: List[str], signed: str, line: int) -> Dict[str, Any]:
    return {
        "url": url,
        "suite": suite[:100],
        "components": components[:20],
        "signed_by": signed[:200],
        "line": line,
    }


def _stanzas(text: str) -> List[Tuple[int, Dict[str, str]]]:
    """Return [(first line's number, fields in lower case)]; a line with a blank goes on."""
    found = []  # type: List[Tuple[int, Dict[str, str]]]
    fields = {}  # type: Dict[str, str]
    start, key = 0, ""
    for number, line in lines(text) + [(0, "")]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                found.append((start, fields))
            fields, key = {}, ""
        elif line[0] in " \t":
            if key:
                fields[key] += " " + line.strip()
        elif ":" in line:
            start = start if fields else number
            key, _, value = line.partition(":")
            key = key.strip().lower()
            fields[key] = value.strip()
    return found


def _mirrors(source: Source, entry: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Return the source once for each mirror in the file that a mirror+file: URL names."""
    kind, _, path = entry["url"].partition(":")
    if kind != "mirror+file":
        return [entry]
    text = source.text_or("/" + path.lstrip("/"))
    urls = [words(line)[0] for _, line in lines(text) if words(line) and line[0] != "#"]
    return [dict(entry, url=url) for url in urls] or [entry]


def _finish(source: Source, entry: Dict[str, Any]) -> Dict[str, Any]:
    url = plain(source, entry["url"], entry["file"])
    origin = _origin(source, entry["url"], entry["suite"])
    return dict(entry, kind="apt", id="", url=url, origin=origin)


def _origin(source: Source, url: str, suite: str) -> str:
    """Return the Origin of the Release file that apt has fetched from there, or ""."""
    bare = strip(url)[0].partition("://")[2].rstrip("/")
    where = bare if suite.endswith("/") else f"{bare}/dists/{suite}"
    name = where.rstrip("/").replace("_", "%5f").replace("/", "_")
    for kind in ("InRelease", "Release"):
        try:
            text = source.head(f"{_LISTS}/{name}_{kind}", 4096)
        except Absent:
            continue
        match = _ORIGIN.search(text)
        return first_line(match.group(1)) if match else ""
    return ""
