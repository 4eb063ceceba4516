"""A bundle is judged alike by Salt's function and by the command without Salt."""

from __future__ import annotations

import json

import jsonschema
import pytest
from salt.exceptions import CommandExecutionError

from saltext.muster import schema
from saltext.muster.cli import subjects
from saltext.muster.cli.main import main
from tests.support import bundles, hosts
from tests.support.minion import Minion


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(subjects.time, "time", lambda: hosts.NOW)


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_the_same_bundle_and_plan_give_the_same_report(profile, tmp_path, capsys):
    # One row fails, and one fact cannot be read: not only what passes is compared.
    changes = {"hosts/entries": [], "os/version_id": {"unknown": "told by a test"}}
    path = bundles.written(tmp_path, "b.json", bundles.sound(profile, changes))
    plan = {**hosts.sound_plan(profile), "now": hosts.NOW}
    minion = Minion(tmp_path, {"muster": plan})
    by_salt = minion.call("muster.check", refresh=False, bundle=path)
    assert minion.modules.pack["__context__"]["retcode"] == by_salt["retcode"] == 2
    cluster = str(hosts.DATA / "clusters" / f"{profile}.yaml")
    status = main(["check", "--cluster", cluster, "--node", plan["id"], "--bundle", path, "--json"])
    by_command = json.loads(capsys.readouterr().out)
    assert by_command == json.loads(json.dumps(by_salt))
    assert status == by_salt["retcode"]
    jsonschema.validate(by_command, schema.REPORT)
    assert {"pass", "unknown"} <= set(by_salt["counts"])


def test_the_clock_of_a_bundle_is_not_compared(tmp_path):
    held = bundles.sound("ganeti")
    held["facts"]["skew"] = {"low": 0.0, "high": 0.0}
    path = bundles.written(tmp_path, "b.json", held)
    minion = Minion(tmp_path, {"muster": {**hosts.sound_plan("ganeti"), "now": hosts.NOW}})
    report = minion.call("muster.check", refresh=False, bundle=path)
    assert bundles.statuses(report["verdicts"])["GNT-058"] == "unknown"


def test_what_is_no_bundle_is_refused(tmp_path):
    minion = Minion(tmp_path, {"muster": {**hosts.sound_plan("ganeti"), "now": hosts.NOW}})
    for path in (tmp_path / "none", "/etc/passwd", "-"):
        with pytest.raises(CommandExecutionError, match="collect again"):
            minion.call("muster.check", refresh=False, bundle=str(path))


def test_without_a_plan_a_bundle_is_not_judged_either(tmp_path):
    path = bundles.written(tmp_path, "b.json", bundles.sound("ganeti"))
    report = Minion(tmp_path).call("muster.check", refresh=False, bundle=path)
    assert (report["retcode"], report["verdicts"]) == (2, [])
    jsonschema.validate(report, schema.REPORT)
