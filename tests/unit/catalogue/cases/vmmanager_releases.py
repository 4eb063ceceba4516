"""VMM-018 to 021, 026, 028, 029 and NET-022: which system and release."""

from tests.support.hosts import Case
from tests.support.installed import rpm

KVM, ROUTING, FABRIC, LXD = (
    "vmmanager-kvm", "vmmanager-routing", "vmmanager-fabric", "vmmanager-lxd",
)  # fmt: skip
OS_RELEASE = "/etc/os-release"
JOINED, NEW = {"declared/joined": True}, {"declared/joined": False}

#: 2024-06-30 23:59:59 UTC, and the second after it.
LAST_SECOND, NEXT_DAY = 1719791999.0, 1719792000.0


def release(id_, version, like="rhel centos fedora"):
    return {OS_RELEASE: f'ID="{id_}"\nID_LIKE="{like}"\nVERSION_ID="{version}"\n'}


def almalinux(version, key="3abb34f8-5ffd890e"):
    return rpm("almalinux-8.8", {"almalinux-release": version, "gpg-pubkey": key})


CASES = (
    Case("VMM-018", KVM, "pass", "almalinux 8.6", system="almalinux-8.6"),
    Case("VMM-018", KVM, "pass", "almalinux 8.7", system="almalinux-8.7"),
    Case("VMM-018", KVM, "pass", "almalinux 8.8", system="almalinux-8.8"),
    Case("VMM-018", KVM, "pass", "almalinux 8.9"),
    Case("VMM-018", KVM, "fail", "almalinux 8.5", files=release("almalinux", "8.5")),
    # 8.10 is newer than 8.9, and no 8.1.
    Case("VMM-018", KVM, "fail", "almalinux 8.10", files=release("almalinux", "8.10")),
    Case("VMM-018", KVM, "fail", "rocky 8.9", files=release("rocky", "8.9")),
    Case("VMM-018", KVM, "fail", "debian 12", system="debian-12"),
    Case("VMM-018", KVM, "fail", "centos 7", system="centos-7", plan=NEW),
    Case("VMM-018", KVM, "skip", "VMM-029", system="centos-7", plan=JOINED),
    Case("VMM-018", KVM, "unknown", "os-release", files={OS_RELEASE: None}),
    Case("VMM-018", KVM, "unknown", "no VERSION_ID", files={OS_RELEASE: "ID=almalinux\n"}),
    Case("VMM-018", LXD, "skip", "hypervisor"),
    Case("VMM-019", LXD, "pass", "ubuntu 20.04"),
    Case("VMM-019", LXD, "fail", "ubuntu 22.04", system="ubuntu-22.04"),
    Case("VMM-019", LXD, "fail", "ubuntu 18.04", system="ubuntu-18.04"),
    Case("VMM-019", LXD, "fail", "almalinux 8.9", files=release("almalinux", "8.9")),
    Case("VMM-019", KVM, "skip", "hypervisor"),
    Case("VMM-020", ROUTING, "pass", "almalinux 8.9"),
    Case("VMM-020", ROUTING, "fail", "almalinux 8.10", files=release("almalinux", "8.10")),
    Case("VMM-020", ROUTING, "fail", "lxd", plan={"profile/hypervisor": "lxd"}),
    Case("VMM-020", ROUTING, "skip", "VMM-029", system="centos-7", plan=JOINED),
    Case("VMM-020", KVM, "skip", "network_type"),
    Case("VMM-021", FABRIC, "pass", "almalinux 8.9"),
    Case("VMM-021", FABRIC, "fail", "almalinux 8.5", files=release("almalinux", "8.5")),
    Case("VMM-021", FABRIC, "fail", "ubuntu 20.04", files=release("ubuntu", "20.04", "debian")),
    Case("VMM-021", LXD, "pass", "ubuntu 20.04", plan={"profile/network_type": "ip-fabric"}),
    Case("VMM-021", LXD, "fail", "ubuntu 22.04", system="ubuntu-22.04",
         plan={"profile/network_type": "ip-fabric"}),
    Case("VMM-021", KVM, "skip", "network_type"),
    # The real AlmaLinux 8.8: 8.8-1.el8 and the old key alone.
    Case("VMM-026", KVM, "fail", "keys 3abb34f8", system="almalinux-8.8"),
    Case("VMM-026", KVM, "pass", "almalinux-release 8.9-1.el8"),
    Case("VMM-026", KVM, "pass", "8.8-3.el8", commands=almalinux("8.8-3.el8")),
    Case("VMM-026", KVM, "fail", "8.8-2.el8", commands=almalinux("8.8-2.el8")),
    Case("VMM-026", KVM, "pass", "8.10-1.el8", commands=almalinux("8.10-1.el8")),
    Case("VMM-026", KVM, "pass", "ced7258b",
         commands=almalinux("8.8-1.el8", "ced7258b-6525146f")),
    # Another key of a later date is not the new one.
    Case("VMM-026", KVM, "fail", "keys 2f86d6a1",
         commands=almalinux("8.8-1.el8", "2f86d6a1-6525146f")),
    Case("VMM-026", KVM, "fail", "keys none",
         commands=rpm("almalinux-8.8", without=("gpg-pubkey",))),
    Case("VMM-026", KVM, "unknown", "not installed",
         commands=rpm("almalinux-8.8", without=("almalinux-release",))),
    Case("VMM-026", KVM, "skip", "centos 7", system="centos-7"),
    Case("VMM-026", LXD, "skip", "hypervisor"),
    Case("VMM-028", KVM, "pass", "almalinux 8.9"),
    Case("VMM-028", KVM, "fail", "centos 8", system="centos-8"),
    Case("VMM-028", KVM, "pass", "centos 7", system="centos-7"),
    Case("VMM-029", KVM, "pass", "almalinux 8.9"),
    Case("VMM-029", KVM, "pass", "centos 8", system="centos-8"),
    Case("VMM-029", KVM, "fail", "centos 7", system="centos-7", plan=NEW, now=LAST_SECOND),
    Case("VMM-029", KVM, "warn", "until 2024-06-30", system="centos-7", plan=JOINED,
         now=LAST_SECOND),
    Case("VMM-029", KVM, "fail", "end of life", system="centos-7", plan=JOINED, now=NEXT_DAY),
    Case("NET-022", FABRIC, "pass", "almalinux 8.9"),
    Case("NET-022", FABRIC, "warn", "almalinux 8.10", files=release("almalinux", "8.10")),
    Case("NET-022", FABRIC, "fail", "almalinux 9.3", files=release("almalinux", "9.3")),
    Case("NET-022", LXD, "pass", "ubuntu 20.04", plan={"profile/network_type": "ip-fabric"}),
    Case("NET-022", LXD, "fail", "ubuntu 22.04", system="ubuntu-22.04",
         plan={"profile/network_type": "ip-fabric"}),
    Case("NET-022", KVM, "skip", "network_type"),
)  # fmt: skip
