"""Ganeti's rows of the system: a minimal, new system, its packages, its clock."""

from tests.support.hosts import Case
from tests.support.installed import STATUS, dpkg

KVM, XEN = "ganeti", "ganeti-xen"
WANTS, UNITS = "/etc/systemd/system/multi-user.target.wants", "/lib/systemd/system"
NGINX = {"files": {f"{UNITS}/nginx.service": "[Service]\n"},
         "links": {f"{WANTS}/nginx.service": f"{UNITS}/nginx.service"}}  # fmt: skip
CLUSTER = "/var/lib/ganeti/ssconf_cluster_name"
LIST = "/etc/apt/sources.list.d/other.list"
MOUNTS = "/proc/self/mountinfo"


def skew(low, high):
    return {"skew": {"low": low, "high": high}}


JOINED = {"declared/joined": True}

CASES = (
    Case("GNT-005", KVM, "pass", "none beyond it"),
    Case("GNT-005", XEN, "pass", "none beyond it"),
    Case("GNT-005", KVM, "warn", "packages.example.net",
         files={LIST: "deb https://packages.example.net/debian bookworm main\n"}),
    Case("GNT-005", KVM, "warn", "nginx.service, enabled (web server)", **NGINX),
    Case("GNT-005", KVM, "warn", "gnome-shell", files=dpkg(KVM, {"gnome-shell": "43.9-0"})),
    Case("GNT-005", KVM, "unknown", "database", files={STATUS: None}),

    Case("GNT-009", KVM, "pass", "nothing of the kind"),
    Case("GNT-009", KVM, "warn", "guests web1", files={"/etc/libvirt/qemu/web1.xml": "<domain/>"}),
    Case("GNT-009", KVM, "pass", files={"/etc/libvirt/qemu/networks/default.xml": "<network/>"}),
    Case("GNT-009", KVM, "warn", "1 running guests",
         files={"/proc/800/comm": "qemu-system-x86\n",
                "/proc/800/cmdline": "qemu-system-x86_64\0-name\0web1"}),
    Case("GNT-009", KVM, "warn", "a node of PVC", files={"/etc/pvc/": ""}),
    Case("GNT-009", KVM, "warn", "software of VMmanager", files={"/opt/ispsystem/": ""}),
    Case("GNT-009", KVM, "warn", "Ceph cluster 8d1e61d5",
         files={"/etc/ceph/ceph.conf":
                "[global]\nfsid = 8d1e61d5-0f6b-4f5e-9d3c-0c8f6a0a7a11\n"}),
    Case("GNT-009", KVM, "warn", "volume group xenvg has 3 volumes",
         facts={"lvm/groups": {"xenvg": {"size": 1, "free": 1, "pvs": 1, "lvs": 3}}}),
    Case("GNT-009", KVM, "warn", "filesystem /data",
         facts={"filesystems/mounts": [{"path": "/"}, {"path": "/var/log"}, {"path": "/data"}]}),
    # A member of this very cluster has guests and volumes, as it should.
    Case("GNT-009", KVM, "pass", "member of cluster.example.com",
         files={CLUSTER: "cluster.example.com\n", "/etc/libvirt/qemu/web1.xml": "<domain/>"},
         facts={"lvm/groups": {"xenvg": {"size": 1, "free": 1, "pvs": 1, "lvs": 3}}}),
    Case("GNT-009", KVM, "unknown", "mountinfo", files={MOUNTS: None}),

    Case("GNT-015", KVM, "pass", "none of them additional"),
    Case("GNT-015", XEN, "pass", "none of them additional"),
    Case("GNT-015", KVM, "warn", "nginx.service, enabled (web server)", **NGINX),
    Case("GNT-015", KVM, "pass",
         files={f"{UNITS}/ganeti-noded.service": "[Service]\n"},
         links={f"{WANTS}/ganeti-noded.service": f"{UNITS}/ganeti-noded.service"}),

    Case("GNT-044", KVM, "pass", "all 19"),
    Case("GNT-044", XEN, "pass", "all 20"),
    Case("GNT-044", KVM, "fail", "missing: ndisc6, socat",
         files=dpkg(KVM, without=("socat", "ndisc6"))),
    # Names of a release that nobody listed are never guessed.
    Case("GNT-044", KVM, "unknown", "no names are known for almalinux-8.9",
         system="almalinux-8.9"),
    Case("GNT-044", KVM, "unknown", "database", files={STATUS: None}),
    Case("GNT-044", KVM, "unknown", "names no packages", plan={"components/packages": None}),

    Case("GNT-057", KVM, "pass", "in no cluster"),
    Case("GNT-057", KVM, "warn", "in no cluster", plan=JOINED),
    Case("GNT-057", KVM, "pass", "in cluster cluster.example.com", plan=JOINED,
         files={CLUSTER: "cluster.example.com\n"}),
    Case("GNT-057", KVM, "fail", "other.example.com", plan=JOINED,
         files={CLUSTER: "other.example.com\n"}),
    Case("GNT-057", KVM, "pass", "cluster.example.com",
         files={CLUSTER: "cluster.example.com\n"}),
    Case("GNT-057", KVM, "fail", "other.example.com", files={CLUSTER: "other.example.com\n"}),
    Case("GNT-057", KVM, "unknown", "cluster_name", files={CLUSTER: "other.example.com\n"},
         plan={"declared/cluster_name": None}),
    Case("GNT-057", KVM, "unknown", "not a regular file", files={f"{CLUSTER}/": ""}),

    Case("GNT-058", KVM, "pass", "+0.3"),
    Case("GNT-058", KVM, "pass", "+149.9", facts=skew(149.0, 149.9)),
    Case("GNT-058", KVM, "pass", "+150.0", facts=skew(149.0, 150.0)),
    Case("GNT-058", KVM, "fail", "+150.1", facts=skew(150.1, 151.0)),
    Case("GNT-058", KVM, "fail", "-400.0", facts=skew(-400.0, -300.0)),
    Case("GNT-058", KVM, "unknown", "could only be compared", facts=skew(-200.0, 10.0)),
)  # fmt: skip
