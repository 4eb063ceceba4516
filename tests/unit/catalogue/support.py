"""Facts and a plan of a sound Ganeti node; a case changes one thing of them."""

from __future__ import annotations

import copy
from datetime import date

from saltext.muster.facts import Facts
from saltext.muster.requirement import judge

TODAY = date(2026, 11, 21)

PLAN = {
    "id": "node1.example.com",
    "now": 1795219200.0,
    "platform": "ganeti",
    "components": {
        "hostname": {"name": "node1.example.com"},
        "packages": {"names": {"debian-12": ["lvm2", "socat"], "debian-13": ["lvm2"]}},
        "drbd": {"options": {"minor_count": "128", "usermode_helper": "/bin/true"}},
    },
    "declared": {
        "fqdn": "node1.example.com",
        "address": "192.0.2.11",
        "bridge": "xen-br0",
        "cluster_name": "cluster.example.com",
        "cluster_address": "192.0.2.100",
        "drbd": True,
    },
    "waivers": [],
}

FACTS = {
    "os": {"id": "debian", "version_id": "12", "family": "debian"},
    "hostname": {
        "running": "node1.example.com",
        "configured": "node1.example.com",
        "cloud_init": {"installed": False, "preserve_hostname": False},
    },
    "hosts": {
        "entries": [
            {"line": 1, "address": "127.0.0.1", "names": ["localhost"]},
            {"line": 2, "address": "192.0.2.11", "names": ["node1.example.com", "node1"]},
            {"line": 3, "address": "192.0.2.100", "names": ["cluster.example.com"]},
        ]
    },
    "drbd": {
        "loaded": True,
        "available": True,
        "version": "8.4.11",
        "parameters": {"minor_count": "128", "usermode_helper": "/bin/true"},
        "configured": {"minor_count": "128", "usermode_helper": "/bin/true"},
        "boot": True,
        "in_use": False,
        "resources": [],
    },
    "packages": {"manager": "dpkg", "installed": {"lvm2": "2.03", "socat": "1.7"}},
    "bridges": {"bridges": {"xen-br0": {"ports": ["eth0"]}}, "links": ["eth0", "lo", "xen-br0"]},
    "skew": {"low": -0.4, "high": 0.2},
    "selinux": {"configured": "disabled", "running": "disabled"},
    "kvm_spice": {"exists": True, "link": "/usr/bin/kvm", "executable": True},
    "chrony": {
        "services": {
            "chrony.service": {"installed": True, "enabled": True, "active": True},
            "systemd-timesyncd.service": {"installed": True, "enabled": False, "active": False},
        },
        "tracking": {"refid": "C0000201", "name": "192.0.2.1", "stratum": 3, "leap": "Normal"},
    },
}


def changed(data, path, value):
    """Return a copy of ``data`` with the value at the dotted ``path`` replaced."""
    data = copy.deepcopy(data)
    *parents, last = path.split("/")
    inner = data
    for key in parents:
        inner = inner[key]
    inner[last] = value
    return data


def verdict_of(rows, id_, facts=FACTS, plan=PLAN):
    """Judge the row ``id_`` of ``rows``."""
    row = next(row for row in rows if row.id == id_)
    return judge(row, Facts(facts), plan, TODAY)
