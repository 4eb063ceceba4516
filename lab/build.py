"""Build what nodes boot from: roots, Salt's environments and local package repositories."""

from __future__ import annotations

import hashlib
import os
import shlex
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lab import cache, overrides
from lab.recipes import MASTER, MASTER_PACKAGES, MIRROR, ROOTS, Root
from lab.run import run
from lab.sandbox import build_in

_HERE = Path(__file__).parent
_KEPT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")


@dataclass(frozen=True)
class Built:
    """Where the parts of the lab are, by name of root (Salt: by suite)."""

    roots: dict[str, Path]
    salt: dict[str, Path]
    repositories: dict[str, Path]

    def folders(self) -> list[Path]:
        """Return the folders of all parts."""
        return [*self.roots.values(), *self.salt.values(), *self.repositories.values()]


def _text_of(*names: str) -> list[str]:
    """Return the text of builders' files: a changed builder makes a new entry."""
    return [(_HERE / name).read_text(encoding="utf-8") for name in names]


def make_root(root: Root, prefix: str = "") -> Path:
    """Return the folder of a root, building it when it is not in the cache.

    prefix
        what its name in the cache begins with: another one than the lab's own for parts that
        stay when the lab's are renewed
    """
    recipe: dict[str, Any] = {"root": asdict(root) | {"salt": None, "served": None}}
    recipe |= {"mirror": MIRROR, "text": _text_of("overrides.py"), "without": _KEPT_OUT}

    def build(tree: Path) -> None:
        run(
            ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(root.packages)}"]
            + [f"--dpkgopt=path-exclude={pattern}" for pattern in _KEPT_OUT]
            + [f"--aptopt={line}" for line in _proxies()]
            + [root.suite, str(tree), MIRROR]
        )
        overrides.apply(tree)

    return cache.entry(f"{prefix}root-{root.name}", recipe, build)


def _proxies() -> list[str]:
    """Return the host's apt proxy settings as configuration lines."""
    lines = run(["apt-config", "dump"]).stdout.splitlines()
    names = ("Acquire::http::Proxy ", "Acquire::https::Proxy ")
    return [line for line in lines if line.startswith(names) and '""' not in line]


def _salt(root: Root, tree: Path) -> Path:
    """Return the folder that nodes of a suite see as /opt/salt: one environment a version."""
    script = [
        "apt-get -qq update",
        # Some of Salt's parts come as source only.
        "apt-get -qq install -y --no-install-recommends gcc libc6-dev python3-dev >/dev/null",
    ]
    for version in root.salt:
        names = [f"salt=={version}", *(MASTER_PACKAGES if version == MASTER.salt else ())]
        script += [
            f"python3 -m venv /opt/salt/{version}",
            f"/opt/salt/{version}/bin/pip install --quiet {shlex.join(names)}",
            f"/opt/salt/{version}/bin/salt-call --version",
        ]

    def build(output: Path) -> None:
        build_in(root, tree, output, "/opt/salt", "\n".join(script))

    recipe = {"script": script, "suite": root.suite, "text": _text_of("chroot.sh")}
    return cache.entry(f"salt-{root.suite}", recipe, build)


def make_repository(root: Root, tree: Path, prefix: str = "") -> Path:
    """Return the folder with the packages that a root's nodes may install.

    tree, prefix
        as of `make_root`
    """
    script = [
        "apt-get -qq update",
        "apt-get -qq install -y --no-install-recommends --download-only " + " ".join(root.served),
        "cp /var/cache/apt/archives/*.deb /repository/",
    ]

    def build(output: Path) -> None:
        build_in(root, tree, output, "/repository", "\n".join(script))
        _write_index(output)

    recipe = {"script": script, "root": tree.parent.name, "text": _text_of("chroot.sh")}
    return cache.entry(f"{prefix}repository-{root.name}", recipe, build)


def _write_index(folder: Path) -> None:
    """Write the index by which apt knows the packages of a folder."""
    blocks = []
    for deb in sorted(folder.glob("*.deb")):
        fields = run(["dpkg-deb", "--field", str(deb)]).stdout.strip()
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        blocks.append(
            f"{fields}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n"
        )
    (folder / "Packages").write_text("\n".join(blocks), encoding="utf-8")


def build_all() -> Built:
    """Return all parts of the lab, building in parallel those that are not in the cache.

    Raises LabError of the first part that cannot be built.
    """
    salt: dict[str, Future[Path]] = {}
    repositories: dict[str, Future[Path]] = {}
    # Apart, as the second kind waits for the first.
    makers = ThreadPoolExecutor(max(2, os.cpu_count() or 1))
    with makers, ThreadPoolExecutor() as pool:
        roots = {name: makers.submit(make_root, root) for name, root in ROOTS.items()}
        for name, root in ROOTS.items():
            tree = roots[name].result()
            repositories[name] = pool.submit(make_repository, root, tree)
            if root.salt:
                salt[root.suite] = pool.submit(_salt, root, tree)
    # Out here all have ended, also after one has failed.
    return Built(_results(roots), _results(salt), _results(repositories))


def _results(jobs: dict[str, Future[Path]]) -> dict[str, Path]:
    """Return the results of jobs by their names; raise what one of them raised."""
    return {name: job.result() for name, job in jobs.items()}
