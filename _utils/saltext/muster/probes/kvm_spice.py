"""The link /usr/bin/kvm-spice, and what it could point to."""

from typing import Any, Dict

from .source import Source, attempt, shown

_PATH = "/usr/bin/kvm-spice"
_KVM = ("/usr/bin/kvm", "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm")


def read(source: Source) -> Dict[str, Any]:
    """Return whether kvm-spice exists, where it points, and which KVM binary there is."""
    return {
        "path": _PATH,
        "exists": attempt(_there, source),
        "link": attempt(lambda: shown(source.link(_PATH) or "")),
        "executable": attempt(source.executable, _PATH),
        "kvm": attempt(_kvm, source),
    }


def _there(source: Source) -> bool:
    # A dangling link is in the way as well.
    return source.link(_PATH) is not None or source.exists(_PATH)


def _kvm(source: Source) -> str:
    for path in _KVM:
        if source.executable(path):
            return path
    return ""
