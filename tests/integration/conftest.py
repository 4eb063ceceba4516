"""A real master and a real minion of this Salt version, on loopback; nothing here is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import salt._logging
from saltfactories.utils import random_string

# Salt holds its first messages back for a stream that pytest has closed when they come out.
salt._logging.shutdown_temp_handler()

ROOT = Path(__file__).parents[2]
ID = "n1.example.com"

CLUSTER = f"""
version: 1
name: small
platform: ganeti
tier: test
networks:
  main: {{cidr: 192.0.2.0/24, bridge: xen-br0}}
nodes:
  {ID}: {{address: 192.0.2.11}}
"""


@pytest.fixture(scope="session")
def clusters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clusters")
    (folder / "small.yaml").write_text(CLUSTER)
    return folder


@pytest.fixture(scope="session")
def master(salt_factories, clusters):
    daemon = salt_factories.salt_master_daemon(
        random_string("master-"),
        overrides={
            "interface": "127.0.0.1",
            "file_roots": {"base": [str(ROOT / "salt")]},
            "ext_pillar": [{"muster": {"clusters": str(clusters)}}],
            "open_mode": True,
            "worker_threads": 2,
        },
    )
    with daemon.started():
        done = daemon.salt_run_cli().run("saltutil.sync_all", _timeout=60)
        assert done.returncode == 0, done
        yield daemon


@pytest.fixture(scope="session")
def minion(master):
    with master.salt_minion_daemon(ID, overrides={"file_client": "remote"}).started() as daemon:
        done = daemon.salt_call_cli().run("saltutil.sync_all", _timeout=60)
        assert done.returncode == 0, done
        yield daemon
