"""Ids with every letter that R4 allows come in by an import, and each interaction takes them as they are.

https://hl7.org/fhir/R4/datatypes.html#id; docs/operations.md, "import"
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from demo.people import People
from demo.rest import Client
from tests.http import launch

Json = dict[str, Any]

IDS = (
    "A.b-9",
    "a.b-9",
    "0",
    "-",
    "--",
    ".x",
    "x.",
    "a..b",
    "...",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ.abcdefghijklmnopqrstuvwxyz-0123456789",
    "." * 63 + "-",
    "metadata",
    "null",
    "1e5",
)
"""Two of them differ in the case of a letter alone; one is as long as an id may be, and has every letter."""


def lines() -> Iterator[Json]:
    for id in IDS:
        yield {"resourceType": "Patient", "id": id, "name": [{"family": "水無瀬"}], "gender": "other"}
        yield {"resourceType": "Condition", "id": id, "subject": {"reference": f"Patient/{id}"}} | _concern()


def _concern() -> Json:
    fields = {"system": "https://tsunagu.example/fhir/CodeSystem/concern-field", "code": "housing"}
    status = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
    return {"code": {"coding": [fields]}, "clinicalStatus": {"coding": [status]}}


@pytest.fixture(scope="module")
def people(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Where they were imported, from a file that begins with the mark of a Windows editor."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("ids") / "city")
    file = folder.parent / "records.ndjson"
    file.write_bytes(codecs.BOM_UTF8 + b"".join(orjson.dumps(line) + b"\n" for line in lines()))
    words = ("--custodian", "Organization/yorisoi-center", "--report", str(folder.parent / "report"), str(file))
    done = launch.ran(folder, "import", *words)
    assert done.returncode == 0, done.stdout
    assert f"imported {2 * len(IDS)}, there already 0, wrong 0" in done.stdout
    with launch.serving(folder, "--demo") as running:
        everybody = People(running.base, running.credentials)
        yield everybody
        everybody.close()


@pytest.fixture(scope="module")
def officer(people: People) -> Client:
    """One of the agency that keeps them."""
    return people.officer("yorisoi")


def found(bundle: Any, mode: str = "match") -> list[str]:
    entries = bundle.get("entry", ())
    return [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries if e["search"]["mode"] == mode]


@pytest.mark.parametrize("id", IDS)
def test_it_is_read_found_and_followed_as_it_is(officer: Client, id: str) -> None:
    person, concern = f"Patient/{id}", f"Condition/{id}"
    read = officer.get(person)
    assert (read.status, read.json["id"]) == (200, id)
    assert officer.get(f"{person}/_history/1").json == read.json
    assert found(officer.search("Patient", _id=id).json) == [person]
    for asked in (person, id, f"{officer.base}/{person}"):
        assert found(officer.search("Condition", subject=asked).json) == [concern], asked
    assert found(officer.search("Patient", **{"_has:Condition:subject:_id": id}).json) == [person]
    assert found(officer.search("Patient", _filter=f"_id eq {id}").json) == [person]
    included = officer.search("Condition", _id=id, _include="Condition:subject").json
    assert (found(included), found(included, "include")) == ([concern], [person])
    included = officer.search("Patient", _id=id, _revinclude="Condition:subject").json
    assert (found(included), found(included, "include")) == ([person], [concern])
    assert found(officer.get(f"{person}/Condition").json) == [concern]
    assert sorted(found(officer.get(f"{person}/$everything").json)) == [concern, person]


@pytest.mark.parametrize("id", IDS)
def test_it_is_changed_and_its_history_told(officer: Client, id: str) -> None:
    read = officer.get(f"Condition/{id}").json
    put = officer.put(read | {"note": [{"text": "id の字を問わない"}]})
    assert (put.status, put.json["meta"]["versionId"]) == (200, "2"), put.text
    history = officer.get(f"Condition/{id}/_history").json
    assert [each["fullUrl"] for each in history["entry"]] == [f"{officer.base}/Condition/{id}"] * 2
    patch = b'[{"op": "remove", "path": "/note"}]'
    patched = officer.send(
        "PATCH", f"Condition/{id}", body=patch, headers={"Content-Type": "application/json-patch+json"}
    )
    assert (patched.status, patched.json["meta"]["versionId"]) == (200, "3"), patched.text
    meta = officer.post(f"Condition/{id}/$meta-add", {"resourceType": "Parameters", "parameter": [_tag()]})
    assert meta.status == 200, meta.text


def _tag() -> Json:
    return {"name": "meta", "valueMeta": {"tag": [{"system": "https://tsunagu.example/fhir/tests", "code": "ids"}]}}


@pytest.mark.parametrize("id", IDS)
def test_a_bundle_and_the_trail_know_it(officer: Client, id: str) -> None:
    entry = [
        {"request": {"method": "GET", "url": f"Patient/{id}"}},
        {"request": {"method": "GET", "url": f"Condition?subject=Patient/{id}"}},
    ]
    for kind in ("batch", "transaction"):
        answered = officer.post("", {"resourceType": "Bundle", "type": kind, "entry": entry})
        assert answered.status == 200, answered.text
        single, searched = (each["resource"] for each in answered.json["entry"])
        assert (single["id"], found(searched)) == (id, [f"Condition/{id}"])
    explained = officer.get(f"Patient/{id}/$explain-access")
    assert explained.status == 200, explained.text


def test_on_the_trail_each_is_found_by_its_name(people: People) -> None:
    auditor = people.officer("auditor", "audit-review")
    for id in IDS:
        assert people.officer("yorisoi").search("Patient", _id=id).json["total"] == 1
        events = auditor.search("AuditEvent", entity=f"Patient/{id}", _count="100").resources
        assert events
        for event in events:
            told = [each["what"]["reference"].partition("/_history")[0] for each in event["entity"] if "what" in each]
            assert f"Patient/{id}" in told


def test_it_is_deleted_and_only_it(officer: Client) -> None:
    one, other = "A.b-9", "a.b-9"
    assert officer.send("DELETE", f"Condition/{one}").status in (200, 204)
    assert officer.get(f"Condition/{one}").status == 410
    assert officer.get(f"Condition/{other}").status == 200
