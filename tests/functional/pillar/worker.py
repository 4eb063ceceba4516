"""A salt-master's worker as far as pillars go: Salt's own Pillar, again and again.

Arguments: changes of the master's options as JSON. Each line of the input is a minion id as
JSON, each line of the output its compiled pillar.
"""

from __future__ import annotations

import json
import sys

import salt.config
import salt.pillar

GRAINS = {"os": "Debian", "os_family": "Debian", "kernel": "Linux"}


def main() -> None:
    opts = salt.config.master_config(None)
    opts.update(json.loads(sys.argv[1]), grains=GRAINS)
    for line in sys.stdin:
        minion_id = json.loads(line)
        grains = {**GRAINS, "id": minion_id}
        compiled = salt.pillar.Pillar(opts, grains, minion_id, "base").compile_pillar()
        print(json.dumps(compiled), flush=True)


if __name__ == "__main__":
    main()
