"""Ganeti's rows of names: hostname, /etc/hostname, /etc/hosts; with the tutorial's samples."""

from tests.support.hosts import Case

KVM, XEN = "ganeti", "ganeti-xen"
HOSTS = "/etc/hosts"
RUNNING, CONFIGURED = "/proc/sys/kernel/hostname", "/etc/hostname"
CLOUD = {"/usr/bin/cloud-init": "#!/bin/sh\n"}
KEPT = {"/etc/cloud/cloud.cfg": "preserve_hostname: true\n"}

#: What the tutorial shows as wrong, and as right.
WRONG = "127.0.0.1 localhost\n127.0.1.1 node1.example.com node1\n"
RIGHT = "127.0.0.1 localhost\n192.168.1.1 node1.example.com node1\n"
THERE = {"declared/address": "192.168.1.1"}


def hosts(*lines):
    return {HOSTS: "127.0.0.1 localhost\n" + "".join(f"{line}\n" for line in lines)}


CASES = (
    Case("GNT-011", KVM, "pass", "node1.example.com"),
    Case("GNT-011", XEN, "pass", "node1.example.com"),
    Case("GNT-011", KVM, "fail", "node1", files={RUNNING: "node1\n"}),
    Case("GNT-011", KVM, "fail", "node2.example.com", files={RUNNING: "node2.example.com\n"}),
    Case("GNT-011", KVM, "unknown", "hostname", files={RUNNING: None}),
    Case("GNT-011", KVM, "fail", "node1", files={RUNNING: "node1\n"}, plan={"declared/fqdn": None}),
    Case("GNT-011", KVM, "pass", "other.example.com", files={RUNNING: "other.example.com\n"},
         plan={"declared/fqdn": None}),

    Case("GNT-012", KVM, "pass", "no such line"),
    Case("GNT-012", KVM, "fail", "127.0.1.1 node1.example.com node1", files={HOSTS: WRONG}),
    Case("GNT-012", KVM, "pass", files={HOSTS: RIGHT}),
    Case("GNT-012", KVM, "fail", "127.0.1.1 NODE1", files=hosts("127.0.1.1 NODE1")),
    Case("GNT-012", KVM, "fail", "::ffff:127.0.1.1", files=hosts("::ffff:127.0.1.1 node1")),
    Case("GNT-012", KVM, "fail", "::1", files=hosts("::1 node1.example.com")),
    Case("GNT-012", KVM, "pass", files=hosts("# 127.0.1.1 node1.example.com node1")),
    Case("GNT-012", KVM, "unknown", "not a regular file", files={f"{HOSTS}/": ""}),

    Case("GNT-013", KVM, "pass", "192.0.2.11 node1.example.com node1"),
    Case("GNT-013", KVM, "pass", "192.168.1.1", files={HOSTS: RIGHT}, plan=THERE),
    Case("GNT-013", KVM, "fail", "no line for", files={HOSTS: WRONG}, plan=THERE),
    # Ganeti itself writes the line with TABs.
    Case("GNT-013", KVM, "pass", files=hosts("192.0.2.11\tnode1.example.com\tnode1")),
    Case("GNT-013", KVM, "fail", "no line for node1.example.com", files=hosts()),
    Case("GNT-013", KVM, "fail", "node1 node1.example.com",
         files=hosts("192.0.2.11 node1 node1.example.com")),
    Case("GNT-013", KVM, "fail", "192.0.2.12",
         files=hosts("192.0.2.11 node1.example.com node1", "192.0.2.12 node1")),
    Case("GNT-013", KVM, "fail", "192.0.2.11 node1.example.com",
         files=hosts("192.0.2.11 node1.example.com")),
    Case("GNT-013", KVM, "unknown", "declares no address", plan={"declared/address": None}),

    Case("GNT-014", KVM, "pass", "node1.example.com"),
    Case("GNT-014", KVM, "fail", "no name", files={CONFIGURED: None}),
    Case("GNT-014", KVM, "fail", "node1", files={CONFIGURED: "node1\n"}),
    Case("GNT-014", KVM, "warn", "cloud-init", files=CLOUD),
    Case("GNT-014", KVM, "pass", files={**CLOUD, **KEPT}),
    Case("GNT-014", KVM, "pass", files={**CLOUD, "/etc/cloud/cloud-init.disabled": ""}),
    Case("GNT-014", KVM, "unknown", "not a regular file", files={f"{CONFIGURED}/": ""}),

    Case("GNT-056", KVM, "pass", "192.0.2.100"),
    Case("GNT-056", KVM, "fail", "no line for cluster.example.com", files={HOSTS: RIGHT}),
    Case("GNT-056", KVM, "fail", "192.0.2.99", files=hosts("192.0.2.99 cluster.example.com")),
    Case("GNT-056", KVM, "skip", "no cluster name", plan={"declared/cluster_name": None}),
    Case("GNT-056", KVM, "unknown", "cluster_address", plan={"declared/cluster_address": None}),
)  # fmt: skip
