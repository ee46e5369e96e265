"""What the operations on a つなぐシート share: the sheet among what was sent, and the household that it names.

docs/sheet.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from api.http.call import Call
from consent.reading.reading import Reading
from profiles.spec import Spec
from resources.record import answered, reference
from resources.record.coding import BASE
from resources.record.problem import Problem
from resources.search import request

Json = dict[str, Any]

SHEET = f"{BASE}/Questionnaire/tsunagu-sheet"


def one(found: Json) -> Json:
    """The sheet. Raises Problem where it is none."""
    if found.get("resourceType") != "QuestionnaireResponse":
        text, ja = "send a QuestionnaireResponse", "QuestionnaireResponse を送ってください"
        raise Problem.of("structure", text, ja, "questionnaire-response")
    return found


def form(spec: Spec, response: Mapping[str, Any]) -> Mapping[str, Any]:
    """The version of the form that a sheet names, else the one in force. Raises Problem where there is none such."""
    named = str(response.get("questionnaire", ""))
    asked = spec.artefact(named) if named.partition("|")[0] == SHEET else spec.artefacts[SHEET]
    if asked is None:
        raise Problem.of("invalid", *answered.no_version(spec, named), "QuestionnaireResponse.questionnaire")
    return asked


def answer(response: Mapping[str, Any], link: str) -> Any:
    """The first answer to an item of the whole sheet, of whichever type; None where there is none."""
    for item in response.get("item") or ():
        if item.get("linkId") == link:
            for given in item.get("answer") or ():
                return next((value for key, value in given.items() if key.startswith("value")), None)
    return None


async def persons(call: Call, reading: Reading, names: Sequence[str]) -> dict[str, Json]:
    """Those of these Patients that the caller may see, as far as they may see them."""
    found: dict[str, Json] = {}
    for first in range(0, len(names), request.MOST_VALUES):
        some = ",".join(each.partition("/")[2] for each in names[first : first + request.MOST_VALUES])
        asked = [("_id", some), ("_count", str(request.MOST_VALUES))]
        page = await reading.search(request.parse(call.on.index, "Patient", asked))
        found |= {each.reference: orjson.loads(each.body) for each in page.versions}
    return found


async def household(reading: Reading, response: Mapping[str, Any]) -> Json | None:
    """The household that a sheet says it is about, None for a new one. Raises Problem where it is not to be seen."""
    type, _, id = reference.one(response, "subject").partition("/")
    if type != "Group":
        return None
    found: Json = orjson.loads((await reading.read(type, id)).body)
    return found
