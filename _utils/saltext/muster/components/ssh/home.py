"""Root's side of SSH on a node: key pairs, folder and files, read and made."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from saltext.muster import files, origins
from saltext.muster.components import border
from saltext.muster.components.ssh.keys import TYPES, Key, ordered, parse, received
from saltext.muster.components.ssh.programs import Run
from saltext.muster.errors import Refused
from saltext.muster.probes import _sshfiles

#: The pairs that ssh uses by itself: the name of the private half, best first.
PAIRS = {
    "id_ed25519": TYPES[:1],
    "id_ecdsa": TYPES[1:4],
    "id_rsa": TYPES[4:],
}

#: The host keys that sshd has when nothing else is configured.
HOST_KEYS = [f"/etc/ssh/ssh_host_{kind}_key" for kind in ("ed25519", "ecdsa", "rsa")]

KEYGEN = "ssh-keygen"

#: The comment of a pair that muster made: by it ``undo`` knows that it is still that one.
MADE = "made-by-muster"

#: What is taken back first: folders go last, when they are empty.
_ORDER = "mode pair fold"


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
            origins.note(f"mode {path}", f"{self.mode(path) or 0:04o}")
            os.chmod(self.real(path), (self.mode(path) or 0) & 0o700)

    def make_folder(self) -> None:
        """Make .ssh, for root alone, where it is not there."""
        if self.mode(self.folder) is None:
            origins.note(f"folder {self.folder}", "absent")
            with suppress(FileExistsError):
                os.makedirs(self.real(self.folder), 0o700)

    def settings(self) -> list[list[str]]:
        """Return the words of sshd's effective settings for root; none while it cannot tell."""
        if not border.is_live(self.root):
            return []
        argv = ["/usr/sbin/sshd", "-T", "-C", "user=root,host=localhost,addr=127.0.0.1"]
        return [line.split() for line in self.run(argv, "").output.split("\n")]

    def host_keys(self) -> list[Key]:
        """Return the node's own public keys, one of a type: those that sshd shows."""
        told = [words[1] for words in self.settings() if words[:1] == ["hostkey"]]
        paths = [path for path in told if path.startswith("/")] or HOST_KEYS
        there = [path for path in paths if self.mode(path) is not None]
        return received([" ".join(self.read(f"{path}.pub").split()[:2]) for path in there])

    def authorized_file(self) -> str:
        """Return where sshd looks for root's keys: the first place that it is told."""
        lines = (words[1] for words in self.settings() if words[:1] == ["authorizedkeysfile"])
        name = next(lines, ".ssh/authorized_keys")
        if name == "none":
            raise Refused("AuthorizedKeysFile is none: no key can log in; take that line out")
        path = name.replace("%h", self.path).replace("%u", "root").replace("%%", "%")
        return path if path.startswith("/") else f"{self.path}/{path}"

    def private(self, kinds: Sequence[str] = TYPES) -> list[str]:
        """Return the paths of private keys that are there, of the wanted types."""
        return [path for path in self._paths(kinds) if self.mode(path) is not None]

    def public(self, kinds: Sequence[str] = TYPES) -> list[Key]:
        """Return the public halves of the pairs that a program can use without being asked."""
        found = (self._usable(path) for path in self.private(kinds))
        return ordered(key for key in found if key and key.kind in kinds)

    def make_pair(self) -> str:
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
        origins.note(f"pair {path}", "absent")
        made = [KEYGEN, "-q", "-t", "ed25519", "-N", "", "-C", MADE, "-f", self.real(path)]
        done = self.run(made)
        if done.status:
            raise Refused(f"ssh-keygen made no key pair: {done.said}; install openssh-client")
        return path

    def undo(self, noted: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Take back what ``origins`` noted of pairs, modes and folders; return notes and faults.

        A pair that is no more the one that muster made stays, and is named.
        """
        notes: list[str] = []
        faults: list[str] = []
        for name in sorted(noted, key=lambda name: (_ORDER.find(name[:4]), name)):
            what, _, path = name.partition(" ")
            try:
                if what == "mode" and self.mode(path) is not None:
                    os.chmod(self.real(path), int(noted[name], 8))
                elif what == "pair":
                    notes += self._without_pair(path)
                elif what == "folder":
                    os.rmdir(self.real(path))
            except OSError as err:
                if what != "folder":  # that one is still in use
                    faults.append(f"{path}: {err.strerror}")
        return notes, faults

    def _without_pair(self, path: str) -> list[str]:
        words = self.read(f"{path}.pub").split()
        if words[2:] != [MADE]:
            there = self.mode(path) is not None
            return [f"{path} is not the pair that muster made, and stays"] if there else []
        for each in (path, f"{path}.pub"):
            with suppress(FileNotFoundError):
                os.unlink(self.real(each))
        return [f"removed {path}, which muster had made: who else trusted it does so in vain"]

    def _paths(self, kinds: Sequence[str]) -> list[str]:
        wanted = set(kinds)
        return [f"{self.folder}/{name}" for name, each in PAIRS.items() if wanted & set(each)]

    def _usable(self, path: str) -> Key | None:
        """Return the public key of a private one, by both halves; None when they do not agree."""
        public = parse(self.read(f"{path}.pub"))
        if (self.mode(path) or 0) & 0o077:
            return public  # ssh-keygen reads none that others may read: that is mended first
        done = self.run([KEYGEN, "-y", "-P", "", "-f", self.real(path)])
        inside = parse(done.output) if not done.status else None
        return inside if inside and public in (None, inside) else None
