"""The schema for editors: it takes every example and refuses what the model refuses."""

from __future__ import annotations

import copy

import jsonschema
import pytest
import yaml

from saltext.muster import platforms, sizes
from saltext.muster.master import editor

from ...support import plans

SCHEMA = editor.schema()
CHECKED = jsonschema.Draft202012Validator(SCHEMA)


def _tree(path):
    """Return an example as an editor sees it: dates are texts there."""
    return _with_text_dates(yaml.safe_load(path.read_text()))


def _with_text_dates(tree):
    for waiver in tree.get("waivers", ()):
        waiver["expires"] = str(waiver["expires"])
    return tree


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", plans.EXAMPLES, ids=lambda path: path.stem)
def test_it_takes_every_example(path):
    CHECKED.validate(_tree(path))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("colour",), "red"),
        (("platform",), "vmware"),
        (("hypervisor",), "lxd"),
        (("options", "vswitch"), True),
        (("options", "drbd"), "yes"),
        (("networks", "main", "vlan"), 4095),
        (("networks", "main", "rolle"), "main"),
        (("nodes", "node1.example.com", "role"), "coordinator"),
        (("nodes", "node1.example.com", "sriov"), {"ens1f0": 2000}),
        (("hardware",), {"big": {"memory": "64"}}),
        (("hardware",), {"big": {"memory": 64}}),
        (("also",), ["ganeti"]),
        (("version",), 2),
    ],
)
def test_it_refuses_what_the_model_refuses(path, value):
    tree = copy.deepcopy(_tree(plans.ROOT / "pillar" / "clusters" / "ganeti.yaml"))
    place = tree
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert list(CHECKED.iter_errors(tree))


def _keys(value):
    if isinstance(value, dict):
        yield from value.get("properties", {}).values()
        for each in value.values():
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


def test_defaults_are_what_a_file_may_write():
    defaults = [key for key in _keys(SCHEMA) if key.get("pattern") == sizes.PATTERN]
    texts = {key["default"] for key in defaults if "default" in key}
    assert {"0 B", "4 GiB", "256 MiB"} <= texts
    assert all(sizes.parse(text) >= 0 for text in texts)


def test_what_is_wrong_is_told_of_the_value_itself():
    tree = _tree(plans.ROOT / "pillar" / "clusters" / "ganeti.yaml")
    tree["networks"]["main"]["vlan"] = "100"
    tree["time"] = {"source": []}
    told = {error.json_path: error.message for error in CHECKED.iter_errors(tree)}
    assert told["$.networks.main.vlan"] == "'100' is not of type 'integer'"
    assert "'source' was unexpected" in told["$.time"] or "required" in told["$.time"]


def test_every_key_says_what_it_is():
    models = [SCHEMA, *SCHEMA["$defs"].values()]
    forms = [form for model in models for form in model.get("anyOf", [model])]
    keys = [(form["description"], key, value) for form in forms if "properties" in form
            for key, value in form["properties"].items()]  # fmt: skip
    assert len(keys) > 80
    assert not [(about, key) for about, key, value in keys if not value.get("description")]


def test_every_platform_is_offered():
    offered = [offer["if"]["properties"]["platform"]["const"] for offer in SCHEMA["allOf"]]
    assert offered == list(platforms.names())
