"""$directory-export: the directory as open data, on any day, in the list's own columns, 公共施設一覧, HSDS or GIF.

docs/directory.md, "publishing"; profiles/tsunagu/OperationDefinition-directory-export.json
"""

from __future__ import annotations

from datetime import date

import orjson

from api import listed
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent import policy
from consent.reading.reading import Reading
from resources.listing import forms, hsds, publishing
from resources.record import coding, reference
from resources.record.problem import Problem

PARAMETERS = ("form", "date", "_format")

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
KINDS = (CSV, XLSX, JSON)
_FORMS = {"list": (CSV, XLSX), "facilities": (CSV, XLSX), "hsds": (JSON,), "gif": (JSON,)}
_SHORT = {"csv": CSV, "xlsx": XLSX, "json": JSON}
_FUNCTIONS = {"officer": 0, "deputy": 1}


async def directory_export(call: Call) -> Answer:
    """Anybody may ask. Names of staff are in the list's own columns alone, and for who signed in for an agency."""
    given = parameters.of_address(call, ("form", "date"))
    form = given.get("form", "list")
    if form not in _FORMS:
        text, ja = f"`{form}` is no form: {', '.join(_FORMS)}", f"`{form}` は形式ではありません（{'、'.join(_FORMS)}）"
        raise Problem.of("structure", text, ja, "form")
    kind = _kind(call, form)
    day = listed.day(given)
    async with call.on.gate.reading(call.actor, "search", "operation", "HealthcareService") as reading:
        resources = []
        for type in ("HealthcareService", "Organization", "Location"):
            resources += [each.body for each in await listed.on(call, reading, type, day)]
        desks = publishing.desks(resources)
        staff = await _staff(call, reading, day) if form == "list" else {}
    displays = {each.code: each.display for each in call.on.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")}
    code, city = publishing.municipality(resources)
    if form == "hsds":
        return Answer(200, orjson.dumps(hsds.page(desks, displays, call.on.settings.fhir)), kind)
    if form == "gif":
        return Answer(200, orjson.dumps(forms.gif(desks, displays, code, city)), kind)
    rows = forms.listed(desks, displays, staff) if form == "list" else forms.facilities(desks, code, city)
    if kind == XLSX:
        return Answer(200, forms.workbook(rows), XLSX)
    return Answer(200, forms.text(rows), f"{CSV}; charset=utf-8")


def _kind(call: Call, form: str) -> str:
    asked = next((value for name, value in call.parameters if name == "_format"), "")
    kind = _SHORT.get(asked, asked) or _FORMS[form][0]
    if kind not in _FORMS[form]:
        text, ja = f"`{form}` is not given as `{asked}`", f"`{form}` を `{asked}` の形で出すことはできません"
        raise Problem.of("not-acceptable", text, ja, "_format")
    return kind


async def _staff(call: Call, reading: Reading, day: date | None) -> dict[str, tuple[str, str]]:
    """主 and 副 by the id of a desk, for who signed in for an agency and may read them; nobody for anybody else."""
    if call.actor.anonymous or call.actor.is_citizen:
        return {}
    made = policy.ruling("search", reading.facts).rules
    if not all(policy.reaches(made, type) for type in ("Practitioner", "PractitionerRole")):
        return {}
    people = {each.version.reference: each.body for each in await listed.on(call, reading, "Practitioner")}
    found: dict[str, list[list[str]]] = {}
    for each in await listed.on(call, reading, "PractitionerRole", day):
        person = people.get(reference.one(each.body, "practitioner"), {})
        name = next((str(one["text"]) for one in person.get("name") or () if one.get("text")), "")
        places = [_FUNCTIONS[code] for code in coding.codes(each.body.get("code"), "role") if code in _FUNCTIONS]
        for desk in reference.many(each.body, "healthcareService"):
            pair = found.setdefault(desk.partition("/")[2], [[], []])
            for place in places:
                pair[place].append(name)
    return {desk: ("、".join(pair[0]), "、".join(pair[1])) for desk, pair in found.items()}
