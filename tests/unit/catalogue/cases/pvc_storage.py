"""Ceph's OSDs and their memory."""

from __future__ import annotations

from typing import Any

from tests.support.hosts import Case

ASK = "ceph daemon osd.0 config get osd_memory_target"


def conf(text: str) -> dict[str, str]:
    """Return a ceph.conf of this text alone."""
    return {"/etc/ceph/ceph.conf": text}


def osd(status: str, seen: str, text: str, **more: Any) -> Case:
    """Return a case of PVC-022 with this ceph.conf."""
    return Case("PVC-022", "pvc", status, seen, files=conf(text), **more)


CASES = (
    Case("PVC-022", "pvc", "pass", "osd.0: 4294967296"),
    osd("fail", "osd.0: 939524095", "[osd]\nosd_memory_target = 939524095\n"),
    osd("pass", "osd.0: 939524096", "[osd]\nosd_memory_target = 939524096\n"),
    osd("pass", "osd.0: 939524097", "[osd]\nosd memory target = 939524097\n"),
    osd("fail", "osd.3: 805306368", "[osd]\nosd_memory_target=4G\n[osd.3]\nosd-memory-target=768M"),
    osd("pass", "[global]", "osd memory target = 1G # enough\n"),
    osd("unknown", "'much' is no size", "[osd]\nosd_memory_target = much\n"),
    osd("pass", "asked osd.0", "", commands={ASK: '{"osd_memory_target": "4294967296"}'}),
    osd("fail", "536870912", "", commands={ASK: '{"osd_memory_target": "536870912"}'}),
    osd("unknown", "ceph is not installed", ""),
    osd("unknown", "told no", "", commands={ASK: "[]"}),
    Case("PVC-022", "pvc", "skip", "no OSD", files={"/var/lib/ceph/osd/": None}),
)
