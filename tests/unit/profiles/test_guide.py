"""The implementation guide as a FHIR package: whole, indexed, valid, and the same bytes from the same files."""

from __future__ import annotations

import io
import json
import re
import tarfile
from importlib import import_module
from typing import Any

import fhirkit
import pytest

from profiles import guide
from profiles.spec import Spec
from resources.record import reference, validate

_ORDINARY = re.compile(r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){1,}$")
EN_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(guide.package()), mode="r:gz") as tar:
        return {each.name: json.loads(_read(tar, each)) for each in tar.getmembers()}


def _read(tar: tarfile.TarFile, each: tarfile.TarInfo) -> bytes:
    found = tar.extractfile(each)
    assert found is not None
    return found.read()


def resources(files: dict[str, Any], folder: str = "package") -> dict[str, Any]:
    return {
        name.rpartition("/")[2]: each
        for name, each in files.items()
        if name.rpartition("/")[0] == folder and "resourceType" in each
    }


def test_the_package_says_what_it_is(files: dict[str, Any]) -> None:
    said = files["package/package.json"]
    assert _ORDINARY.match(said["name"])
    assert said["fhirVersions"] == ["4.0.1"]
    assert said["dependencies"]["hl7.fhir.r4.core"] == "4.0.1"
    assert {"name", "version", "canonical", "license", "type", "description", "author"} <= said.keys()
    told = files[f"package/ImplementationGuide-{guide.NAME}.json"]
    assert (told["packageId"], told["version"]) == (said["name"], said["version"])


@pytest.mark.parametrize("folder", ["package", "package/example"])
def test_the_index_names_every_file_and_what_is_in_it(files: dict[str, Any], folder: str) -> None:
    found = resources(files, folder)
    index = files[f"{folder}/.index.json"]
    assert index["index-version"] == 2
    assert {each["filename"] for each in index["files"]} == set(found)
    for row in index["files"]:
        each = found[row["filename"]]
        assert row["filename"] == f"{each['resourceType']}-{each['id']}.json"
        assert {key: each.get(key) for key in row if key != "filename"} == {
            key: value for key, value in row.items() if key != "filename"
        }


def test_whatever_the_product_goes_by_is_in_it(files: dict[str, Any], spec: Spec) -> None:
    urls = {each["url"] for each in resources(files).values() if "url" in each}
    assert {each["url"] for each in spec.artefacts.values() if "url" in each} <= urls
    listed = files[f"package/ImplementationGuide-{guide.NAME}.json"]["definition"]["resource"]
    named = {each["reference"]["reference"]: each["exampleBoolean"] for each in listed}
    of_all = {**resources(files), **resources(files, "package/example")}
    assert named.keys() == {f"{each['resourceType']}/{each['id']}" for each in of_all.values()} - {
        f"ImplementationGuide/{guide.NAME}"
    }


def test_every_file_is_valid_r4_and_read_by_others_models(files: dict[str, Any]) -> None:
    for name, each in {**resources(files), **resources(files, "package/example")}.items():
        assert fhirkit.validate(json.dumps(each).encode()) == [], name
        module = import_module(f"fhir.resources.R4B.{each['resourceType'].lower()}")
        getattr(module, each["resourceType"]).model_validate(each)


def test_every_example_validates_as_what_is_sent_does(files: dict[str, Any], spec: Spec) -> None:
    shown = resources(files, "package/example")
    names = {f"{each['resourceType']}/{each['id']}" for each in shown.values()}
    assert len(names) >= 15
    for name, each in shown.items():
        issues = validate.validate(spec, each, json.dumps(each, ensure_ascii=False).encode())
        assert [issue.text for issue in issues if issue.severity == "error"] == [], name
        assert {target for _, target in reference.named(each)} <= names, name


def test_names_are_written_as_jp_core_has_them(files: dict[str, Any]) -> None:
    """In kanji (IDE) and in kana (SYL), each a name of its own."""
    people = [
        each
        for each in resources(files, "package/example").values()
        if each["resourceType"] in ("Patient", "Practitioner")
    ]
    assert people
    for each in people:
        said = [
            part["valueCode"] for name in each["name"] for part in name["extension"] if part["url"] == EN_REPRESENTATION
        ]
        assert said == ["IDE", "SYL"], each["id"]


def test_the_same_files_give_the_same_bytes() -> None:
    assert guide.package() == guide.package()
