"""PVC's rows of the system: Debian, its own repository, its version, running tasks."""

from tests.support.hosts import Case
from tests.support.installed import STATUS, dpkg

OLD, NEW = "pvc", "pvc-new"
LIST = "/etc/apt/sources.list.d/pvc.list"
KEY = "/etc/apt/keyrings/pvc.gpg"
URL = "https://repo.parallelvirtualcluster.org/debian/"


def daemon(version):
    return dpkg(OLD, {"pvc-daemon-node": version})


def process(name):
    return {"/proc/700/stat": f"700 ({name}) S 1" + " 0" * 17 + " 5000 0 0\n"}


CASES = (
    Case("PVC-024", OLD, "pass", "debian 11"),
    Case("PVC-024", OLD, "pass", "debian 10", system="debian-10"),
    Case("PVC-024", OLD, "fail", "debian 12", system="debian-12"),
    Case("PVC-024", OLD, "warn", "derivative", system="ubuntu-20.04"),
    Case("PVC-024", OLD, "fail", "almalinux 8.9", system="almalinux-8.9"),
    Case("PVC-024", OLD, "unknown", "os-release", files={"/etc/os-release": None}),
    Case("PVC-024", NEW, "pass", "debian 12"),
    Case("PVC-024", NEW, "warn", "older release", system="debian-11"),
    Case("PVC-024", NEW, "warn", "older release", system="debian-10"),
    Case("PVC-024", NEW, "fail", "debian 13", system="debian-13"),

    Case("PVC-025", OLD, "pass", f"{URL} bullseye, key {KEY}"),
    Case("PVC-025", NEW, "pass", f"{URL} bookworm, key {KEY}"),
    Case("PVC-025", OLD, "fail", "no repository of PVC", files={LIST: None}),
    Case("PVC-025", OLD, "fail", "no repository of PVC",
         files={LIST: f"# deb {URL} bullseye pvc\n"}),
    Case("PVC-025", OLD, "fail", "not the suite of bullseye",
         files={LIST: f"deb [signed-by={KEY}] {URL} buster pvc\n"}),
    Case("PVC-025", OLD, "fail", "no such key", files={KEY: None}),
    Case("PVC-025", OLD, "warn", "no keyring is named after PVC",
         files={LIST: f"deb {URL} bullseye pvc\n", KEY: None}),
    Case("PVC-025", OLD, "pass", "/etc/apt/trusted.gpg.d/pvc.gpg",
         files={LIST: f"deb {URL} bullseye pvc\n", KEY: None,
                "/etc/apt/trusted.gpg.d/pvc.gpg": ""}),
    Case("PVC-025", OLD, "pass", "https://mirror.example.net/pvc",
         files={LIST: f"deb [signed-by={KEY}] https://mirror.example.net/pvc bullseye pvc\n"},
         plan={"declared/repositories": ["mirror.example.net"]}),
    Case("PVC-025", OLD, "unknown", "not a regular file", files={f"{LIST}/": ""}),

    Case("PVC-068", OLD, "pass", "0.9.38"),
    Case("PVC-068", NEW, "pass", "0.9.103"),
    Case("PVC-068", OLD, "pass", "0.9.21", files=daemon("0.9.21-0~debian-11")),
    Case("PVC-068", OLD, "fail", "0.9.20", files=daemon("0.9.20-0~debian-11")),
    Case("PVC-068", OLD, "pass", "0.9.22", files=daemon("0.9.22-0")),
    # 0.9.3 is older than 0.9.21, though 3 looks more than 2.
    Case("PVC-068", OLD, "fail", "0.9.3", files=daemon("0.9.3-0")),
    Case("PVC-068", OLD, "unknown", "git", files=daemon("git")),
    Case("PVC-068", OLD, "skip", "not installed yet",
         files=dpkg(OLD, without=("pvc-daemon-node",))),
    Case("PVC-068", OLD, "skip", "no SR-IOV", plan={"declared/sriov": None}),
    Case("PVC-068", OLD, "unknown", "database", files={STATUS: None}),

    Case("PVC-085", OLD, "pass", "no task"),
    Case("PVC-085", OLD, "warn", "running: debootstrap", files=process("debootstrap")),
    Case("PVC-085", NEW, "warn", "running: qemu-img", files=process("qemu-img")),
    Case("PVC-085", OLD, "skip", "role", plan={"declared/role": "hypervisor"}),
    Case("PVC-085", OLD, "unknown", "no processes", files={"/proc/": None}),
)  # fmt: skip
