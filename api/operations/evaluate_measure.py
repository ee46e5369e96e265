"""$evaluate-measure: a published measure as numbers, by fiscal year: FHIR, page, picture, paper or CSV.

docs/numbers.md; docs/policy.md, P10; profiles/tsunagu/OperationDefinition-evaluate-measure.json
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

import orjson

from api.http import respond, sent
from api.http.answer import FHIR_JSON, Answer
from api.http.call import Call
from api.operations import parameters
from api.pages import figures as pages
from consent import refusal
from consent.reading.reading import Reading
from consent.views import evaluating
from consent.views.evaluating import Asked
from consent.writing import change
from resources import measure_report
from resources.record import coding, moment, period
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request

PARAMETERS = ("periodStart", "periodEnd")
KINDS = (FHIR_JSON.partition(";")[0], *pages.KINDS)
_SHORT = {
    "json": KINDS[0],
    "application/json": KINDS[0],
    "html": "text/html",
    "csv": "text/csv",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
_POLICY = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data:"}


async def evaluate_measure(call: Call) -> Answer:
    """For the lead section as they stand, for the statistician as they were reported."""
    call.sign_in()
    asked, kind = _asked(call, parameters.of_address(call, PARAMETERS)), _kind(call)
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$evaluate-measure") as reading:
        evaluating.allowed(reading.facts)
        if not evaluating.leads(reading.facts):
            found = await _reported(call, reading, asked)
            table = measure_report.read(orjson.loads(found.body), asked.measure)
            told = respond.version(found)
        else:
            table = await evaluating.live(reading, asked)
            agency = min(reading.facts.agencies)
            told = respond.json(measure_report.of(table, period.instant(call.now), agency))
    if kind == KINDS[0]:
        return told
    if kind in pages.PRINTED:
        async with call.on.turn.taken(call.asker):
            body, media = await asyncio.to_thread(pages.render, table, kind, call.language)
    else:
        body, media = pages.render(table, kind, call.language)
    return Answer(body=body, kind=media, headers=_POLICY)


async def report(call: Call) -> Answer:
    """Report closed months, each once."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {each["name"]: str(parameters.value(each)) for each in found.get("parameter", ()) if "name" in each}
    for place, each in enumerate(found.get("parameter", ())):
        if each.get("name") not in PARAMETERS:
            text, ja = f"`{each.get('name')}` is not a parameter here", f"`{each.get('name')}` は使えません"
            raise Problem.of("invalid", text, ja, f"Parameters.parameter[{place}].name")
    asked = _asked(call, given)
    names = ("$evaluate-measure", f"Measure/{call.id}")
    done = await call.on.gate.operate(call.actor, names, lambda unit: evaluating.report(unit, asked, change.new_id()))
    headers = {"location": respond.location(call, done.report)} if done.new else {}
    return respond.version(done.report, 201 if done.new else 200, headers)


async def _reported(call: Call, reading: Reading, asked: Asked) -> Version:
    wanted = request.parse(call.on.index, "MeasureReport", [("measure", asked.measure["url"]), ("_count", "500")])
    page = await reading.search(wanted)
    reports = {measure_report.period(orjson.loads(version.body)): version for version in page.versions}
    days = (asked.first.isoformat(), asked.last.isoformat())
    if days in reports:
        return reports[days]
    stand = "、".join("–".join(each) for each in sorted(reports)) or "-"
    raise Problem.of(
        "not-found",
        f"these months are not reported; reported are {stand}: ask for one of these, or report closed months by POST",
        f"この期間は報告されていません（報告済み：{stand}）。その期間を見るか、終わった月を POST で報告してください",
        "periodStart",
    )


def _asked(call: Call, given: Mapping[str, str]) -> Asked:
    measure = call.on.spec.artefacts.get(f"{coding.BASE}/Measure/{call.id}")
    if measure is None:
        raise refusal.not_found("Measure", call.id)
    first, last = (_day(given, name) for name in PARAMETERS)
    if first > last or last > moment.local_day(moment.of(call.now)) or last.year - first.year > 20:
        text, ja = (
            "a period begins before it ends, is not to come, and is of twenty years at most",
            "期間は、始まりが終わりより前で、未来でなく、20年以内にしてください",
        )
        raise Problem.of("structure", text, ja, "periodEnd")
    return Asked(measure, first, last)


def _day(given: Mapping[str, str], name: str) -> date:
    said = given.get(name, "")
    found = moment.day(said)
    if found is None:
        raise Problem.of("structure", f"`{name}` is a day, not `{said}`", f"`{name}` は日付です（`{said}`）", name)
    return found


def _kind(call: Call) -> str:
    asked = dict(call.parameters).get("_format", "")
    kinds = [asked] if asked else [part.partition(";")[0].strip() for part in call.header("accept").split(",")]
    for kind in kinds:
        if (kind := _SHORT.get(kind, kind)) in KINDS:
            return kind
    if asked:
        text, ja = f"`{asked}` is none of `{'`, `'.join(KINDS)}`", f"`{asked}` では出力できません"
        raise Problem.of("not-supported", text, ja, "_format")
    return KINDS[0]
