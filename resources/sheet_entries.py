"""The entries a sheet is filed by, with names that follow from its content.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from resources.record.coding import BASE
from resources.sheet_answers import Answers

CODES = f"{BASE}/CodeSystem"

Json = dict[str, Any]


class Urls:
    """Names that follow from the sheet's content alone, so that the same sheet gives the same Bundle."""

    def __init__(self, response: Mapping[str, Any]) -> None:
        content = json.dumps(response, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"{BASE}/Questionnaire/tsunagu-sheet {content}")

    def of(self, *words: object) -> str:
        return f"urn:uuid:{uuid.uuid5(self._space, ' '.join(map(str, words)))}"


def post(url: str, resource: Json) -> Json:
    """The entry that files a resource under a name other entries may refer to."""
    return {"fullUrl": url, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def put(resource: Json, before: Mapping[str, Any]) -> Json:
    """The entry that puts a record that stands in its place, as long as nobody has changed it meanwhile."""
    name = f"{resource['resourceType']}/{resource['id']}"
    request = {"method": "PUT", "url": name}
    if version := (before.get("meta") or {}).get("versionId"):
        request["ifMatch"] = f'W/"{version}"'
    return {"resource": resource, "request": request}


def relationship(answers: Answers, link: str, wording: str | None = None) -> Json:
    """A relation as coded, in the family's own words where they gave any."""
    coding = answers.one(link)
    return {
        "coding": [{"system": coding["system"], "code": coding["code"]}],
        "text": wording or coding["display"],
    }
