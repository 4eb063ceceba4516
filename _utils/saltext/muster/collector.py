"""Build the file muster-collect: the probes in one plain Python file, for servers without Salt."""

from __future__ import annotations

import hashlib
import os

from saltext.muster import facts, probes

_HERE = os.path.dirname(os.path.abspath(probes.__file__))

#: Its first lines are read by Python 2 too, which must be told in words. The rest runs on 3.6.
_HEAD = '''\
#!/usr/bin/env python3
"""muster-collect: read what a server is, changing nothing, and print it as a bundle (JSON).

Copy this one file to the server, or send it through SSH; Python 3.6 or newer is all it needs:

    ssh root@server python3 - < muster-collect > server.json
    muster fit --bundle server.json

Made from muster's probes by `muster collect --script`; every probe is below as it is there. It
tells no secrets: what it met and left out is listed in the bundle.
"""

import sys

if sys.version_info < (3, 6):
    sys.exit("muster-collect: this is Python %d.%d, wanted 3.6 or newer" % sys.version_info[:2])

import importlib
import importlib.machinery

LIBRARY = "@LIBRARY@"
PROBES = @PROBES@
SOURCES = {}
'''

_TAIL = '''

class Embedded(object):
    """Imports the modules whose texts are above."""

    def find_spec(self, name, path=None, target=None):
        if name not in SOURCES:
            return None
        package = name == "muster_probes"
        return importlib.machinery.ModuleSpec(name, self, is_package=package)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(SOURCES[name], "<muster-collect: %s>" % name, "exec"), module.__dict__)


if __name__ == "__main__":
    sys.meta_path.insert(0, Embedded())
    command = importlib.import_module("muster_probes._command")
    sys.exit(
        command.main(
            sys.argv[1:],
            PROBES,
            lambda name: importlib.import_module("muster_probes." + name),
            LIBRARY,
        )
    )
'''


def digest() -> str:
    """Return the SHA-256 of all probes' texts: which probes a bundle's facts come from."""
    found = hashlib.sha256()
    for name, text in _texts().items():
        found.update(f"{name}\0{len(text)}\0{text}".encode())
    return found.hexdigest()


def script() -> str:
    """Return the text of the file muster-collect; the same library gives the same text."""
    head = _HEAD.replace("@LIBRARY@", digest()).replace("@PROBES@", _list(facts.names()))
    return "".join([head, *(_embedded(name, text) for name, text in _texts().items()), _TAIL])


def _texts() -> dict[str, str]:
    found = {}
    for name in sorted(os.listdir(_HERE)):
        if name.endswith(".py"):
            with open(os.path.join(_HERE, name), encoding="utf-8") as file:
                found[name.removesuffix(".py")] = file.read()
    return found


def _embedded(name: str, text: str) -> str:
    module = "muster_probes" if name == "__init__" else f"muster_probes.{name}"
    plain = text.isascii() and "'''" not in text and text.endswith("\n")
    literal = f"r'''{text}'''" if plain else ascii(text)
    return f'\nSOURCES["{module}"] = {literal}\n'


def _list(names: list[str]) -> str:
    return "\n".join(["[", *(f'    "{name}",' for name in names), "]"])
