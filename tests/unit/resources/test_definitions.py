"""The definitions of the installation: every version of a form stays, and each is found by its canonical."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from profiles import load
from profiles.spec import Spec, SpecFault
from resources.definitions import Definitions
from resources.search import request
from resources.search.index import Index

HERE = Path(load.__file__).parent / "tsunagu"
URL = "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet"


def folder(to: Path, **earlier: Any) -> Path:
    """Ours, with an earlier version of the sheet beside it."""
    shutil.copytree(HERE, to)
    form = json.loads((to / "Questionnaire-tsunagu-sheet.json").read_text(encoding="utf-8"))
    (to / "earlier").mkdir(exist_ok=True)
    old = form | {"id": "tsunagu-sheet-2018", "version": "2018", "status": "retired"} | earlier
    (to / "earlier" / "Questionnaire-old.json").write_text(json.dumps(old), encoding="utf-8")
    return to


def found(definitions: Definitions, index: Index, **asked: str) -> list[str]:
    wanted = request.parse(index, "Questionnaire", list(asked.items()))
    return [each.id for each in definitions.find("Questionnaire", wanted.what, wanted.order)]


def test_a_new_version_of_a_form_leaves_the_earlier_one_readable(tmp_path: Path) -> None:
    spec = load.load(folder(tmp_path / "ours"))
    index = Index(spec)
    definitions = Definitions(index, ["Questionnaire"])
    version = str(spec.artefacts[URL]["version"])
    assert found(definitions, index, url=URL) == ["tsunagu-sheet", "tsunagu-sheet-2018"]
    assert found(definitions, index, url=f"{URL}|2018") == ["tsunagu-sheet-2018"]
    assert found(definitions, index, url=URL, version=version) == ["tsunagu-sheet"]
    read = definitions.read("Questionnaire", "tsunagu-sheet-2018")
    assert read is not None
    assert orjson.loads(read.body)["status"] == "retired"


def test_a_response_is_read_by_the_version_it_names(tmp_path: Path) -> None:
    spec = load.load(folder(tmp_path / "ours"))
    now = spec.artefacts[URL]
    assert spec.artefact(URL) is now
    assert spec.artefact(f"{URL}|{now['version']}") is now
    old = spec.artefact(f"{URL}|2018")
    assert old is not None
    assert old["id"] == "tsunagu-sheet-2018"
    assert spec.artefact(f"{URL}|1999") is None


@pytest.mark.parametrize(
    ("changed", "at"),
    [({"url": "urn:other"}, "$.url"), ({"id": "tsunagu-sheet"}, "$.id"), ({"version": "now"}, "$.version")],
)
def test_an_earlier_version_is_one_of_ours_with_an_id_and_a_number_of_its_own(
    tmp_path: Path, spec: Spec, changed: dict[str, str], at: str
) -> None:
    if "version" in changed:
        changed = {"version": str(spec.artefacts[URL]["version"])}
    with pytest.raises(SpecFault) as caught:
        load.load(folder(tmp_path / "ours", **changed))
    assert caught.value.at == at


def test_rows_without_what_is_sorted_by_come_last(spec: Spec) -> None:
    index = Index(spec)
    definitions = Definitions(index, ["SearchParameter", "CodeSystem"])
    wanted = request.parse(index, "CodeSystem", [("_sort", "-_lastUpdated")])
    rows = definitions.find("CodeSystem", wanted.what, wanted.order)
    assert [each.since for each in rows] == sorted((each.since for each in rows), reverse=True)
    assert len(rows) == len([each for each in spec.artefacts.values() if each["resourceType"] == "CodeSystem"])


def test_a_definition_has_one_version(spec: Spec) -> None:
    definitions = Definitions(Index(spec), ["Patient"])
    assert definitions.read("SearchParameter", "individual-address", 1) is not None
    assert definitions.read("SearchParameter", "individual-address", 2) is None
    assert definitions.read("Patient", "individual-address") is None
