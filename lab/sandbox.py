"""Run a build step in a root without changing the root."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from lab import pip
from lab.recipes import MIRROR, STATE, Root
from lab.run import run

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def build_in(root: Root, tree: Path, output: Path, inside: str, script: str) -> None:
    """Run a shell script in a copy of a root that is thrown away afterwards.

    The script has the host's network, Debian's archive and the host's pip settings.

    root, tree
        the recipe and the folder of the root
    output, inside
        a folder of the host and where the script sees it: all that stays of the build
    script
        shell text; it stops at the first command that fails

    Raises LabError with the end of what the script said.
    """
    STATE.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STATE, prefix="build-") as folder:
        layer = Path(folder, "layer")
        for sub in ("etc/apt", "root"):
            (layer / sub).mkdir(parents=True)
        pip.write_settings(layer)
        shutil.copyfile("/etc/resolv.conf", layer / "etc/resolv.conf")
        (layer / "etc/apt/sources.list").write_text(f"deb {MIRROR} {root.suite} main\n")
        (layer / "etc/apt/sources.list.d").mkdir()
        (layer / "root/build.sh").write_text(f"set -eu\n{script}\n")
        binds = Path(folder, "binds")
        pairs = [(str(output), inside), *((path, path) for path in pip.folders())]
        binds.write_text("".join(f"{source} {target}\n" for source, target in pairs))
        work = Path(folder, "work")
        work.mkdir()
        run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
            + ["sh", str(Path(__file__).with_name("chroot.sh"))]
            + [str(work), str(tree), str(layer), str(binds), "sh", "/root/build.sh"],
            env={"PATH": _PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"}
            | {"DEBIAN_FRONTEND": "noninteractive"}
            | pip.environment(),
            timeout=900,
        )
