"""What the lab's virtual machines are made of. The one place to change them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lab.recipes import DOMAIN, NAME, ROOTS, SALT_NEW, STATE, Node

# Small, with virtio, bonding, 8021q, dummy, DRBD, device-mapper and SELinux.
KERNEL = "linux-image-cloud-amd64"
# A whole machine has a device manager and an agent that the host can ask without any network.
_WHOLE = (
    *(KERNEL, "initramfs-tools", "qemu-guest-agent", "udev"),
    *("e2fsprogs", "fdisk", "lvm2", "nftables"),
)
# Its policy is there and asleep: arguments of the kernel wake it.
_SELINUX = ("selinux-basics", "selinux-policy-default")
# Left out and served, as for the containers: muster really installs them.
_SERVED = ("ifenslave",)

ROOT = replace(
    ROOTS["bookworm"],
    name="vm",
    packages=tuple(sorted({*ROOTS["bookworm"].packages, *_WHOLE, *_SELINUX} - {*_SERVED})),
    served=(*ROOTS["bookworm"].served, *_SERVED),
    salt=(),
)

CPUS = 2
MEMORY_MIB = 2048
# The root's own size; sparse, so that only what is in it takes room.
ROOT_MIB = 4096
# Empty disks besides the root, /dev/vdb and /dev/vdc: for volume groups. Ganeti's own wants 20 GiB.
EMPTY_MIB = {"data": 24 * 1024, "spare": 1024}
_ARGUMENTS = (
    "root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off quiet systemd.show_status=1"
)
# The kinds of machine: each one's arguments of the kernel. Nothing else tells them apart.
KINDS = {"plain": _ARGUMENTS, "selinux": f"{_ARGUMENTS} security=selinux"}
# /dev/kvm is not tried: a nested one often runs no ordinary kernel, and figures are comparable.
QEMU = (
    *("qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=multi,tb-size=512"),
    *("-cpu", "max", "-smp", str(CPUS), "-m", str(MEMORY_MIB)),
    *("-display", "none", "-nodefaults", "-device", "virtio-rng-pci"),
)

NICS = ("eth0", "eth1")
# What the switch carries tagged besides the untagged network; every other tag is dropped.
VLANS = (77,)

MACHINES = {
    node.name: node
    for node in (
        Node(f"vm1.{DOMAIN}", "10.77.0.41", ROOT.name, SALT_NEW),
        Node(f"vm2.{DOMAIN}", "10.77.0.42", ROOT.name, SALT_NEW),
    )
}

# Sockets and process numbers.
RUN = STATE / "vm"
# Disks of running machines: /run may be in memory.
DISKS = Path(f"/var/tmp/{NAME}-lab-vm")


def mac(node: Node, nic: int) -> str:
    """Return the hardware address of a machine's card, the first being 0."""
    last = int(node.address.rpartition(".")[2])
    return f"52:54:00:77:{last:02x}:{nic:02x}"
