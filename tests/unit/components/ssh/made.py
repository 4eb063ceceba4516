"""Public keys for tests: of the right shape, and nobody's."""

from __future__ import annotations

import base64

from saltext.muster.components.ssh.keys import Key


def key(number=0, kind="ssh-ed25519"):
    name = kind.encode()
    data = len(name).to_bytes(4, "big") + name + number.to_bytes(36, "big")
    return Key(kind, base64.b64encode(data).decode())
