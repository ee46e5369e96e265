"""The committed tables are what the generator makes of the genuine package, and nobody has edited them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from profiles import generate, served

TABLES = Path(generate.__file__).parent / "r4"
PACKAGE = os.environ.get("TSUNAGU_R4_PACKAGE")
SERVED = ["Thing"]
STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"


def put(folder: Path, kind: str, id: str, /, **elements: Any) -> None:
    url = f"http://hl7.org/fhir/{kind}/{id}"
    (folder / f"{kind}-{id}.json").write_text(json.dumps({"resourceType": kind, "url": url, **elements}))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one resource type, one datatype, and what hangs on them."""
    elements: list[dict[str, Any]] = [
        {"path": "Thing", "constraint": [{"key": "thg-1", "severity": "error", "expression": "part.exists()"}]},
        {"path": "Thing.id", "min": 0, "max": "1", "type": [{"code": "http://hl7.org/fhirpath/System.String"}]},
        {
            "path": "Thing.owner",
            "min": 1,
            "max": "1",
            "type": [{"code": "Reference", "targetProfile": [f"{STRUCTURES}Patient", f"{STRUCTURES}Group"]}],
            "constraint": [{"key": "ele-1", "severity": "error", "expression": "x"}],
        },
        {"path": "Thing.size", "min": 0, "max": "*", "type": [{"code": "Size"}]},
        {
            "path": "Thing.state",
            "min": 0,
            "max": "1",
            "type": [{"code": "code"}],
            "binding": {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/state|4.0.1"},
        },
        {"path": "Thing.part", "min": 0, "max": "*", "contentReference": "#Thing"},
    ]
    size = [
        {"path": "Size", "min": 0, "max": "*"},
        {"path": "Size.value", "min": 0, "max": "1", "type": [{"code": "decimal"}]},
    ]
    put(tmp_path, "StructureDefinition", "Thing", kind="resource", abstract=False, snapshot={"element": elements})
    put(tmp_path, "StructureDefinition", "Size", kind="complex-type", abstract=False, snapshot={"element": size})
    put(tmp_path, "ValueSet", "state", compose={"include": [{"system": "urn:s", "concept": [{"code": "on"}]}]})
    put(
        tmp_path,
        "SearchParameter",
        "shared-owner",
        code="owner",
        type="reference",
        base=["Other", "Thing"],
        expression="Other.owner | Thing.owner | (Thing.part as Reference)",
        target=["Patient"],
    )
    put(
        tmp_path,
        "SearchParameter",
        "draft",
        code="draft",
        type="token",
        base=["Thing"],
        expression="x",
        experimental=True,
    )
    put(
        tmp_path,
        "CompartmentDefinition",
        "patient",
        code="Patient",
        resource=[{"code": "Thing", "param": ["owner"]}, {"code": "Other", "param": ["x"]}],
    )
    return tmp_path


def test_an_element_becomes_one_row(package: Path) -> None:
    rows = json.loads(generate.tables(package, SERVED)["elements.json"])
    assert rows == {
        "Size": {"value": [0, "1", ["decimal"], [], ""]},
        "Thing": {
            "id": [0, "1", ["id"], [], ""],
            "owner": [1, "1", ["Reference"], ["Patient", "Group"], ""],
            "size": [0, "*", ["Size"], [], ""],
            "state": [0, "1", ["code"], [], "http://hl7.org/fhir/ValueSet/state"],
            "part": [0, "*", ["#Thing"], [], ""],
        },
    }


def test_a_required_value_set_is_written_out(package: Path) -> None:
    assert json.loads(generate.tables(package, SERVED)["value-sets.json"]) == {
        "http://hl7.org/fhir/ValueSet/state": {"urn:s": ["on"]}
    }


def test_of_a_shared_search_parameter_the_types_own_branches_stay(package: Path) -> None:
    rows = json.loads(generate.tables(package, SERVED)["search.json"])["Thing"]
    assert list(rows) == ["owner"]
    assert rows["owner"][:3] == ["reference", "Thing.owner | (Thing.part as Reference)", ["Patient"]]


def test_own_invariants_stay_and_general_ones_go(package: Path) -> None:
    rows = json.loads(generate.tables(package, SERVED)["invariants.json"])
    assert rows == {"Thing": {"thg-1": ["", "thg-1", "error", "part.exists()"]}}


def test_a_compartment_names_served_types_only(package: Path) -> None:
    rows = json.loads(generate.tables(package, SERVED)["compartments.json"])
    assert rows == {"Patient": {"Thing": ["owner"]}}


def test_a_table_has_a_line_for_each_row(package: Path) -> None:
    lines = generate.tables(package, SERVED)["elements.json"].decode().splitlines()
    assert '  "owner": [1,"1",["Reference"],["Patient","Group"],""],' in lines


def test_the_same_package_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    generate.write(package, tmp_path / "r4")
    first = {file.name: file.read_bytes() for file in (tmp_path / "r4").iterdir()}
    generate.write(package, tmp_path / "r4")
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "r4").iterdir()}


def test_no_committed_table_was_edited_by_hand() -> None:
    sums = dict(line.split("  ")[::-1] for line in (TABLES / "checksums.txt").read_text().splitlines())
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in TABLES.glob("*.json")} == sums


if PACKAGE:
    GENUINE = Path(PACKAGE)

    def test_the_committed_tables_are_what_the_genuine_package_gives() -> None:
        envelopes = json.loads(served.FILE.read_bytes())["envelopes"]
        made = generate.tables(GENUINE, served.types(), envelopes)
        assert {file.name: file.read_bytes() for file in TABLES.iterdir()} == made
