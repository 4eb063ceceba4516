"""What muster's components keep of a Ganeti node, as a pyinfra deploy."""

import json
import os

from pyinfra import host
from pyinfra.facts.server import LinuxDistribution
from pyinfra.operations import apt, files, server, systemd

CHRONY = "/etc/chrony/chrony.conf"
with open(os.environ["BENCH_VALUES"], encoding="utf-8") as _file:
    VALUES = json.load(_file)


def lines(name, path, wanted):
    """Have these lines in a file, among others; return the operations."""
    return [
        files.line(name=f"{name}: {line}", path=path, line=line, escape_regex_characters=True)
        for line in wanted
    ]


def no_lines(name, path, regex):
    """Have no such line in a file; return the operation."""
    return files.line(name=name, path=path, line=regex, present=False, extended_regex=True)


_name = VALUES["hostname"].replace(".", "[.]")
_sources = [f"server {source} iburst" for source in VALUES["sources"]]
_system = host.get_fact(LinuxDistribution)
_release = f"{_system['name']}-{_system['major']}".lower()

server.hostname(name="The node has its name", hostname=VALUES["hostname"])
lines("The hosts file has", "/etc/hosts", VALUES["hosts_lines"])
no_lines("No loopback line names the node", "/etc/hosts", rf"^127[.].*[[:space:]]{_name}.*$")
lines("DRBD has", VALUES["options_file"], [f"options drbd {VALUES['options']}"])
lines("Loaded at boot", VALUES["boot_file"], ["drbd"])
apt.packages(name="The packages are installed", packages=VALUES["packages"][_release])
_changed = lines("The clock follows", CHRONY, _sources)
_changed.append(no_lines("The clock follows no pool", CHRONY, "^(pool|peer)[[:space:]].*$"))
systemd.service(
    name="chrony reads its configuration",
    service="chrony",
    restarted=True,
    _if=lambda: any(each.did_change() for each in _changed),
)
systemd.service(name="The time service runs", service="chrony", running=True, enabled=True)
