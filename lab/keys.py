"""Salt's key pairs, made before the first boot: nobody's key is accepted because it asks."""

from __future__ import annotations

from dataclasses import dataclass

from lab.run import run


@dataclass(frozen=True)
class KeyPair:
    """An RSA key pair as PEM text."""

    private: str
    public: str


def generate() -> KeyPair:
    """Return a new key pair.

    Raises LabError when openssl does.
    """
    private = run(["openssl", "genrsa", "-traditional", "2048"]).stdout
    public = run(["openssl", "rsa", "-pubout"], stdin=private).stdout
    return KeyPair(private, public)
