"""What the operations on a つなぐシート share: the sheet among what was sent, and the household that it names.

docs/sheet.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from api.http.call import Call
from consent.reading.reading import Reading
from profiles.spec import Spec
from resources.record import answered, moment, reference
from resources.record.coding import BASE
from resources.record.problem import Problem, of_rule
from resources.search import request

Json = dict[str, Any]

SHEET = f"{BASE}/Questionnaire/tsunagu-sheet"
AGENCY = "Organization"
_NAMING = ("referral.agency", "member.consent.agency")


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


def in_own_name(response: Json, agencies: frozenset[str]) -> None:
    """R1: who records a sheet records it as their own agency."""
    agency = answer(response, "agency")
    named = reference.local(str((agency or {}).get("reference", ""))) if isinstance(agency, dict) else ""
    if named and named not in agencies:
        text = "a sheet is recorded by one's own agency: name yours as `agency`"
        ja = "シートは自分の機関として記録します。記入機関には自分の機関を記入してください"
        at = "QuestionnaireResponse.item.where(linkId='agency')"
        raise Problem("forbidden", of_rule("R1", text, ja, at, "forbidden"))


def not_to_come(call: Call, response: Json) -> None:
    today = moment.local_day(moment.of(call.now)).isoformat()
    if str(answer(response, "date")) > today:
        at = "QuestionnaireResponse.item.where(linkId='date')"
        raise Problem.of("invalid", "the day of the sheet is to come", "記入日が未来です", at)


async def of_known_agencies(call: Call, reading: Reading, response: Json) -> Json:
    """The sheet on which the agencies that the directory does not have stand as words alone."""
    named = sorted({name for item in response.get("item") or () for name in _agencies(item)})
    known: set[str] = set()
    for first in range(0, len(named), request.MOST_VALUES):
        some = ",".join(each.partition("/")[2] for each in named[first : first + request.MOST_VALUES])
        asked = request.parse(call.on.index, AGENCY, [("_id", some), ("_count", str(request.MOST_VALUES))])
        known |= {each.reference for each in (await reading.search(asked)).versions}
    return _settled(response, frozenset(named) - known)


def _agencies(item: Json) -> Iterator[str]:
    """The agencies that an item and those below it name to be referred to, or to share with."""
    if item.get("linkId") in _NAMING:
        names = (reference.one(given, "valueReference") for given in item.get("answer") or ())
        yield from (name for name in names if name.startswith(f"{AGENCY}/"))
    for each in item.get("item") or ():
        yield from _agencies(each)


def _settled(item: Json, unknown: frozenset[str]) -> Json:
    made = dict(item)
    if item.get("linkId") in _NAMING:
        made["answer"] = [_in_words(given, unknown) for given in item.get("answer") or ()]
    if "item" in item:
        made["item"] = [_settled(each, unknown) for each in item["item"]]
    return made


def _in_words(given: Json, unknown: frozenset[str]) -> Json:
    name = reference.one(given, "valueReference")
    return {"valueReference": {"display": given["valueReference"].get("display") or name}} if name in unknown else given


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
