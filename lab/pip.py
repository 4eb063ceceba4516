"""Hand the host's pip settings on to a build, so that it finds the same index."""

from __future__ import annotations

import configparser
import os
import shutil
from pathlib import Path

_BUNDLE = Path("etc/ssl/certs/ca-certificates.crt")
_PATH_SETTINGS = ("find-links", "index-url", "extra-index-url")


def _configs() -> list[Path]:
    """Return the configuration files that pip reads here, in pip's order."""
    found = [Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf"]
    found.append(Path.home() / ".config/pip/pip.conf")
    if os.environ.get("PIP_CONFIG_FILE"):
        found.append(Path(os.environ["PIP_CONFIG_FILE"]))
    return [path for path in found if path.is_file()]


def environment() -> dict[str, str]:
    """Return the variables that pip needs in the build, and no others of the host's."""
    passed = {
        key: value
        for key, value in os.environ.items()
        if key.startswith("PIP_") or key.lower() in ("http_proxy", "https_proxy", "no_proxy")
    }
    passed.pop("PIP_CONFIG_FILE", None)
    if "PIP_CERT" in passed:
        passed["PIP_CERT"] = f"/{_BUNDLE}"
    return passed


def write_settings(layer: Path) -> None:
    """Write one pip.conf and the CA bundle into a layer that lies over a root.

    layer
        the folder; what is written goes with it when the build ends
    """
    merged = configparser.RawConfigParser()
    merged.read(_configs(), encoding="utf-8")
    for section in merged.sections():
        if merged.has_option(section, "cert"):
            merged.set(section, "cert", f"/{_BUNDLE}")
    (layer / "etc").mkdir(parents=True, exist_ok=True)
    with (layer / "etc/pip.conf").open("w", encoding="utf-8") as handle:
        merged.write(handle)
    bundle = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE") or f"/{_BUNDLE}"
    if Path(bundle).is_file():
        (layer / _BUNDLE).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle, layer / _BUNDLE)


def folders() -> list[str]:
    """Return the host's folders that an index or a wheel is taken from."""
    merged = configparser.RawConfigParser()
    merged.read(_configs(), encoding="utf-8")
    found: set[str] = set()
    for name in _PATH_SETTINGS:
        words = os.environ.get(f"PIP_{name.upper().replace('-', '_')}", "").split()
        for section in merged.sections():
            words += merged.get(section, name, fallback="").split()
        paths = [Path(word.removeprefix("file://")) for word in words]
        # An index points to files beside itself ("../files/...").
        if name != "find-links":
            paths = [path.parent for path in paths]
        found |= {str(path) for path in paths if len(path.parts) > 1 and path.is_dir()}
    return sorted(path for path in found if path.startswith("/"))
