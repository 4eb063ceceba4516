"""The node's name, and whether cloud-init will rewrite it at boot."""

import re
from typing import Any, Dict, Union

from ._text import first_line, lines, unquote, words
from .source import Source, attempt

_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")
_KEYS = ("preserve_hostname", "manage_etc_hosts")
_SETTING = re.compile(r"^(preserve_hostname|manage_etc_hosts)[ \t]*:(?:[ \t]+(.*))?$")


def read(source: Source) -> Dict[str, Any]:
    """Return the name in /etc/hostname, the running one, and cloud-init's settings."""
    return {
        "configured": attempt(_configured, source),
        "running": attempt(_running, source),
        "cloud_init": attempt(_cloud_init, source),
    }


def parse(text: str) -> str:
    """Return the name in an /etc/hostname: its first line that is no comment, or ""."""
    for _, line in lines(text):
        name = line.strip()
        if name and not name.startswith("#"):
            return name
    return ""


def cloud_settings(text: str) -> Dict[str, Union[bool, str]]:
    """Return cloud-init's hostname settings in one of its files.

    Only lines of the form ``key: value`` at the margin are seen: this is no YAML reader, and a
    file in another style, such as one in braces, says nothing here.
    """
    found = {}
    for _, line in lines(text):
        match = _SETTING.match(line)
        if match:
            found[match.group(1)] = _value(match.group(2) or "")
    return found


def _value(text: str) -> Union[bool, str]:
    text = re.split(r"(?:^|[ \t])#", text, maxsplit=1)[0].strip()
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE + ("", "~", "null"):
        return False
    return unquote(text)


def _configured(source: Source) -> str:
    return parse(source.text_or("/etc/hostname"))


def _running(source: Source) -> str:
    return first_line(source.text("/proc/sys/kernel/hostname"))


def _cloud_init(source: Source) -> Dict[str, Union[bool, str]]:
    found = dict.fromkeys(_KEYS, False)  # type: Dict[str, Union[bool, str]]
    for path in ["/etc/cloud/cloud.cfg"] + source.glob("/etc/cloud/cloud.cfg.d/*.cfg"):
        found.update(cloud_settings(source.text_or(path)))
    off = source.exists("/etc/cloud/cloud-init.disabled")
    off = off or "cloud-init=disabled" in words(first_line(source.text_or("/proc/cmdline")))
    found["installed"] = source.exists("/usr/bin/cloud-init") and not off
    return found
