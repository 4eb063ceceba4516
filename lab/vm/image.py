"""A disk with Debian's own kernel on it, made without mounting anything."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import build, cache
from lab.overrides import REPOSITORY
from lab.recipes import MIRROR, SALT_NEW
from lab.run import run
from lab.vm.recipe import ROOT, ROOT_MIB

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Image:
    """A disk's parts: the root file system as it is, a kernel and its first RAM disk.

    parts are what is cached to make it of.
    """

    folder: Path
    parts: tuple[Path, ...]

    @property
    def disk(self) -> Path:
        """Return the raw file system; machines write into layers above it."""
        return self.folder / "root.img"

    @property
    def kernel(self) -> Path:
        """Return the kernel."""
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        """Return the first RAM disk."""
        return self.folder / "initrd.img"


def make() -> Image:
    """Return the image, building what is not in the cache.

    Raises LabError when a part cannot be built.
    """
    salt = build.build_all().salt[ROOT.suite] / SALT_NEW
    root = build.make_root(ROOT, prefix="vm-")
    repository = build.make_repository(ROOT, root, prefix="vm-")
    recipe = {
        "root": asdict(ROOT) | {"mirror": MIRROR},
        "parts": [str(salt), str(root), str(repository)],
        "text": [Path(__file__).read_text(encoding="utf-8")],
        "size": ROOT_MIB,
    }

    def fill(output: Path) -> None:
        tree = output / "root"
        run(["cp", "--archive", "--reflink=auto", str(root), str(tree)])
        _copy(salt, tree / "opt/salt" / SALT_NEW)
        _copy(repository, tree / REPOSITORY.lstrip("/"))
        _finish(tree)
        for name in ("vmlinuz", "initrd.img"):
            (found,) = (tree / "boot").glob(f"{name}-*")
            shutil.copyfile(found, output / name)
        disk = [str(output / "root.img"), f"{ROOT_MIB}M"]
        run(["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", str(tree), *disk])
        cache.remove_tree(tree)

    return Image(cache.entry("vm-image", recipe, fill), (root, repository))


def _copy(source: Path, target: Path) -> None:
    """Copy a folder with everything that files have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    run(["cp", "--archive", "--reflink=auto", str(source), str(target)])


def _finish(tree: Path) -> None:
    """Make a container's root a whole machine's."""
    # Its clock is its own: chronyd may set it.
    shutil.rmtree(tree / "etc/systemd/system/chrony.service.d")
    (tree / "etc/fstab").write_text("/dev/vda / ext4 errors=remount-ro 0 1\n")
    # Without one it would be a first boot, which enables every unit there is.
    (tree / "etc/machine-id").write_text(uuid.uuid4().hex + "\n")
    (tree / "etc/hostname").write_text("template\n")
    (tree / "etc/network/interfaces").write_text("auto lo\niface lo inet loopback\n")
    _label(tree)


def _label(tree: Path) -> None:
    """Give all files SELinux's labels: here in seconds, in a machine in many minutes.

    The system's own relabelling is not to be marked for the first boot with SELinux.
    """
    units = tree / "lib/systemd/system/basic.target.wants"
    (units / "selinux-autorelabel-mark.service").unlink()
    # The tool needs a /proc; the mount ends with its namespace. A kernel without SELinux stores
    # labels as any other attribute, so no file system is left out for lack of them (-m).
    script = 'mount -t proc proc "$1/proc" && exec chroot "$1" setfiles -q -F -m -e /proc "$2" /'
    contexts = "/etc/selinux/default/contexts/files/file_contexts"
    argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    run([*argv, "sh", str(tree), contexts])
