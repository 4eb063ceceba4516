import os

from saltext.muster import digest


def test_a_plans_digest_leaves_out_the_clock_and_itself():
    plan = {"id": "n", "components": {}}
    assert digest.of_plan(plan) == digest.of_plan({**plan, "now": 3.0, "digest": "x"})
    assert digest.of_plan(plan) != digest.of_plan({**plan, "id": "m"})


def test_the_digest_of_data_does_not_depend_on_the_order_of_keys():
    assert digest.of_data({"a": 1, "b": [2]}) == digest.of_data({"b": [2], "a": 1})
    assert digest.of_data({"a": [1, 2]}) != digest.of_data({"a": [2, 1]})


def test_the_librarys_digest_leaves_salts_folders_out():
    names = {os.path.basename(path) for path in digest._files()}
    assert {"digest.py", "source.py", "rules.py"} <= names
    assert all("/modules/" not in path for path in digest._files())


def test_a_platforms_module_counts(tmp_path):
    module = tmp_path / "other.py"
    module.write_text("X = 1\n")
    assert digest.library(str(module)) not in ("", digest.library())
