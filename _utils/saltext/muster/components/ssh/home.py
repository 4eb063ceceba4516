"""Root's side of SSH on a node: key pairs, folder and files, read and made."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from saltext.muster import files
from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh.keys import TYPES, Key, ordered, parse
from saltext.muster.errors import Refused
from saltext.muster.probes import _sshfiles

#: The pairs that ssh uses by itself: the name of the private half, best first.
PAIRS = {
    "id_ed25519": TYPES[:1],
    "id_ecdsa": TYPES[1:4],
    "id_rsa": TYPES[4:],
}

KEYGEN = "ssh-keygen"

Run = Callable[[Iterable[str], str], Done]


class Home:
    """Root's home on the node whose files are below ``root`` (None = the running node)."""

    def __init__(self, root: str | None, run: Run) -> None:
        self.root = root
        self.run = run
        passwd = files.read(files.below(root, "/etc/passwd")) or ""
        self.path = _sshfiles.home_of(passwd, "root") or "/root"
        self.folder = f"{self.path}/.ssh"

    def real(self, path: str) -> str:
        """Return where the node's path lies."""
        return files.below(self.root, path)

    def read(self, path: str) -> str:
        """Return the text of the node's file, "" when it is not there."""
        return files.read(self.real(path)) or ""

    def mode(self, path: str) -> int | None:
        """Return the permissions of the node's file or folder, None when it is not there."""
        try:
            return stat.S_IMODE(os.stat(self.real(path)).st_mode)
        except FileNotFoundError:
            return None

    def loose(self, paths: Iterable[str]) -> list[str]:
        """Return those of the paths that others than root may read or write."""
        return [path for path in paths if (self.mode(path) or 0) & 0o077]

    def tighten(self, paths: Iterable[str]) -> None:
        """Take all rights of others away from the paths, which are the node's."""
        for path in paths:
            os.chmod(self.real(path), (self.mode(path) or 0) & 0o700)

    def make_folder(self) -> None:
        """Make .ssh, for root alone, where it is not there."""
        with suppress(FileExistsError):
            os.mkdir(self.real(self.folder), 0o700)

    def private(self, kinds: Sequence[str] = TYPES) -> list[str]:
        """Return the paths of private keys that are there, of the wanted types."""
        return [path for path in self._paths(kinds) if self.mode(path) is not None]

    def public(self, kinds: Sequence[str] = TYPES) -> list[Key]:
        """Return the public halves of the pairs that a program can use without being asked."""
        found = (self._usable(path) for path in self.private(kinds))
        return ordered(key for key in found if key and key.kind in kinds)

    def make_pair(self, comment: str) -> str:
        """Make an ed25519 pair without a passphrase and return its path.

        Raises Refused when half of one is there already: nothing is overwritten.
        """
        path = f"{self.folder}/id_ed25519"
        if self.mode(path) is not None:
            raise Refused(
                f"{path} is there, but no program can use it unasked: it has a passphrase, is no"
                " key, or its .pub file is another's; nothing was overwritten; mend it"
                f" (ssh-keygen -p -f {path}; ssh-keygen -y -f {path}) or move it away"
            )
        public = f"{path}.pub"
        if self.mode(public) is not None:
            raise Refused(f"{public} is there without its private half: move it away, run again")
        self.make_folder()
        where = self.real(path)
        done = self.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", where], "")
        if done.status:
            raise Refused(f"ssh-keygen made no key pair: {done.said}; install openssh-client")
        return path

    def _paths(self, kinds: Sequence[str]) -> list[str]:
        wanted = set(kinds)
        return [f"{self.folder}/{name}" for name, each in PAIRS.items() if wanted & set(each)]

    def _usable(self, path: str) -> Key | None:
        """Return the public key of a private one, by both halves; None when they do not agree."""
        public = parse(self.read(f"{path}.pub"))
        if (self.mode(path) or 0) & 0o077:
            return public  # ssh-keygen reads none that others may read: that is mended first
        done = self.run([KEYGEN, "-y", "-P", "", "-f", self.real(path)], "")
        inside = parse(done.output) if not done.status else None
        return inside if inside and public in (None, inside) else None
