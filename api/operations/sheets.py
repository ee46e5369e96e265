"""What the operations on a つなぐシート share: the sheet among what was sent, and the household that it names.

docs/sheet.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from consent.reading.reading import Reading
from resources.record import reference
from resources.record.coding import BASE
from resources.record.problem import Problem

Json = dict[str, Any]

SHEET = f"{BASE}/Questionnaire/tsunagu-sheet"


def one(found: Json) -> Json:
    """The sheet. Raises Problem where it is none."""
    if found.get("resourceType") != "QuestionnaireResponse":
        text, ja = "send a QuestionnaireResponse", "QuestionnaireResponse を送ってください"
        raise Problem.of("structure", text, ja, "questionnaire-response")
    return found


def answer(response: Mapping[str, Any], link: str) -> Any:
    """The first answer to an item of the whole sheet, of whichever type; None where there is none."""
    for item in response.get("item") or ():
        if item.get("linkId") == link:
            for given in item.get("answer") or ():
                return next((value for key, value in given.items() if key.startswith("value")), None)
    return None


async def household(reading: Reading, response: Mapping[str, Any]) -> Json | None:
    """The household that a sheet says it is about, None for a new one. Raises Problem where it is not to be seen."""
    type, _, id = reference.one(response, "subject").partition("/")
    if type != "Group":
        return None
    found: Json = orjson.loads((await reading.read(type, id)).body)
    return found
