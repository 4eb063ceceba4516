import pytest

from saltext.muster.catalogue import ravada, vmmanager
from tests.unit.catalogue.support import FACTS, PLAN, changed, verdict_of

UBUNTU = {"id": "ubuntu", "version_id": "22.04", "family": "debian"}
ALMA = {"id": "almalinux", "version_id": "8.9", "family": "redhat"}
SERVICES = FACTS["chrony"]["services"]

CASES = [
    (ravada, "RAV-009", "packages/installed", {"openssh-server": "1"}, "pass"),
    (ravada, "RAV-009", "packages/installed", {"openssh-client": "1"}, "fail"),
    (ravada, "RAV-010", "packages/installed", {"libvirt-bin": "1"}, "pass"),
    (ravada, "RAV-011", "packages/installed", {"libvirt-daemon": "1"}, "fail"),
    (ravada, "RAV-012", "packages/installed", {"libvirt-clients": "1"}, "pass"),
    (ravada, "RAV-013", "packages/installed", {"qemu-system-x86": "1"}, "pass"),
    (ravada, "RAV-014", "packages/installed", {}, "fail"),
    (ravada, "RAV-015", "os/version_id", "12", "pass"),
    (ravada, "RAV-015", "os/version_id", "4", "fail"),
    (ravada, "RAV-017", "kvm_spice", FACTS["kvm_spice"], "pass"),
    (ravada, "RAV-017", "kvm_spice", {"exists": False, "link": "/gone", "executable": False},
     "fail"),
    (ravada, "RAV-017", "os", UBUNTU, "skip"),
    (ravada, "RAV-017", "os", ALMA, "skip"),
    (ravada, "RAV-018", "os", UBUNTU, "pass"),
    (ravada, "RAV-018", "os/version_id", "12", "skip"),
    (vmmanager, "VMM-031", "packages/installed", {"dmidecode": "1", "python3": "3"}, "pass"),
    (vmmanager, "VMM-031", "packages/installed", {"python3": "3"}, "fail"),
    (vmmanager, "VMM-032", "selinux/running", "disabled", "pass"),
    (vmmanager, "VMM-032", "selinux/running", "permissive", "pending"),
    (vmmanager, "VMM-032", "selinux", {"configured": "enforcing", "running": "enforcing"}, "warn"),
    (vmmanager, "VMM-033", "selinux/configured", "absent", "pass"),
    (vmmanager, "VMM-033", "selinux/configured", "permissive", "warn"),
    (vmmanager, "VMM-034", "selinux/running", "enforcing", "pending"),
    (vmmanager, "VMM-034", "selinux/running", "disabled", "pass"),
    (vmmanager, "VMM-036", "chrony/tracking/leap", "Normal", "pass"),
    (vmmanager, "VMM-036", "chrony/tracking/leap", "Not synchronised", "fail"),
    (vmmanager, "VMM-036", "chrony/tracking/refid", "7F7F0101", "fail"),
    (vmmanager, "VMM-036", "chrony/tracking/refid", "00000000", "fail"),
    (vmmanager, "VMM-036", "chrony/tracking", {"unknown": "chronyc: no answer"}, "unknown"),
    (vmmanager, "VMM-036", "chrony/services",
     {**SERVICES, "ntp.service": {"enabled": True, "active": False}}, "fail"),
    (vmmanager, "VMM-036", "chrony/services",
     {**SERVICES, "ntp.service": {"enabled": False, "active": True}}, "fail"),
    (vmmanager, "VMM-036", "chrony/services/chrony.service/enabled", False, "fail"),
    (vmmanager, "VMM-036", "chrony/tracking/stratum", 16, "fail"),
    (vmmanager, "VMM-036", "chrony/services", {}, "fail"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "id_", "path", "value", "status"), CASES)
def test_one_thing_changed(module, id_, path, value, status):
    found = verdict_of(module.ROWS, id_, facts=changed(FACTS, path, value), plan=PLAN)
    assert found.status == status
    assert found.seen or found.reason
