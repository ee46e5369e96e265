"""$submit: a つなぐシート is filed in one call: household, persons, concerns, consents and referrals.

R1 to R3 and decision 16 of the domain; docs/sheet.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import orjson

from api.http import etag, outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters, sheets
from consent.reading.reading import Reading
from consent.writing import change
from consent.writing.prepared import Change
from consent.writing.written import Written
from resources import sheet, sheet_known, sheet_member, sheet_paper
from resources.record import parse
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search import request
from resources.sheet import Filing, Part

Json = dict[str, Any]

AGAIN = Issue(
    "this sheet is filed already: nothing is recorded twice",
    "このシートは登録済みです。二重には登録しません",
    severity="information",
    code="duplicate",
)


@dataclass(frozen=True, slots=True)
class Filed:
    """An entry that was filed; with an `outcome` instead, what was left out, and why."""

    written: Written | None = None
    outcome: Problem | None = None


async def submit(call: Call) -> Answer:
    """All of it or nothing; with `partial`, each consent and referral by itself, and a list of what was left out."""
    response, partial = await _asked(call)
    paper = sheet_paper.named(response)
    try:
        return await _submitted(call, response, paper, partial=partial)
    except Problem as problem:
        if problem.kind != "conflict":
            raise
    # Beside it the same was filed; or what has its id is not for this caller, to whom nothing is there.
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$submit") as reading:
        seen = await _filed(call, reading, paper)
    return await _submitted(call, response, paper if seen else change.new_id(), partial=partial)


async def _submitted(call: Call, response: Json, id: str, *, partial: bool) -> Answer:
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$submit") as reading:
        sheets.in_own_name(response, reading.facts.agencies)
        if filed := await _filed(call, reading, id):
            return _again(call, filed, response)
        group = await sheets.household(reading, response)
        tied = [*filter(None, (sheet_member.tied(item) for item in response.get("item") or ()))]
        known = await sheets.persons(call, reading, tied)
        settled = await sheets.of_known_agencies(call, reading, response) if partial else response
    form = sheets.form(call.on.spec, response)
    made = sheet.filing(settled | _paper(response), form, group)
    sheets.not_to_come(call, response)
    if made.left and not partial:
        raise Problem("invalid", *made.left)
    if not partial and len(made.entries) > call.on.settings.transaction_limit:
        raise _too_many(len(made.entries), call.on.settings.transaction_limit)
    ids = {each["fullUrl"]: _id(each, id) for each in made.entries if "fullUrl" in each}
    done = await _in_parts(call, made, ids) if partial else await _whole(call, made, ids)
    told = sheet_known.otherwise(response, form, known)
    return _answer(call, done, f"QuestionnaireResponse/{response.get('id', id)}", told)


async def _asked(call: Call) -> tuple[Json, bool]:
    """The sheet, and whether what is right of it is filed where not all is."""
    found, body = await sent.anything(call)
    await sent.checked(call, found, body)
    read = parse.editable(body)
    if found["resourceType"] != "Parameters":
        parameters.of_address(call, ())
        return sheets.one(read), False
    given = {each.get("name"): parameters.value(each) for each in read.get("parameter", ())}
    if unknown := [str(name) for name in given if name not in ("questionnaire-response", "partial")]:
        text = f"`{unknown[0]}` is not a parameter here"
        raise Problem.of("not-supported", text, f"`{unknown[0]}` は使えません", "Parameters.parameter")
    held = given.get("questionnaire-response")
    return sheets.one(held if isinstance(held, dict) else {}), given.get("partial") is True


async def _filed(call: Call, reading: Reading, id: str) -> Version | None:
    """The same paper, if it is filed: a search that finds nothing is no refusal on the trail."""
    wanted = request.parse(call.on.index, "QuestionnaireResponse", [("_id", id)])
    return next(iter((await reading.search(wanted)).versions), None)


def _again(call: Call, filed: Version, response: Json) -> Answer:
    """What became of a paper that is here already. Raises Problem where it says something else now."""
    stood = (orjson.loads(filed.body).get("identifier") or {}).get("value")
    own = (response.get("identifier") or {}).get("value")
    if stood != (own or sheet_paper.content(response)):
        raise Problem.of(
            "conflict",
            f"a sheet of these people of that day is filed as `{filed.reference}`: correct it there (PUT)",
            f"同じ日の同じ人たちのシートが `{filed.reference}` にあります。訂正はそのシートを更新（PUT）してください",
            "QuestionnaireResponse",
        )
    entry = {"response": {"status": "200 OK", **_place(call, filed), "outcome": _outcome(call, (AGAIN,))}}
    told = {"resourceType": "Bundle", "type": "transaction-response", "entry": [entry]}
    return respond.json(told, 200, {"location": respond.location(call, filed)})


def _paper(response: Json) -> Json:
    """What says which paper it was, unless the sender's own number does."""
    if "identifier" in response:
        return {}
    return {"identifier": {"system": sheet_paper.SYSTEM, "value": sheet_paper.content(response)}}


def _id(entry: Json, paper: str) -> str:
    type = entry["resource"]["resourceType"]
    return f"{type}/{paper if type == 'QuestionnaireResponse' else change.new_id()}"


async def _whole(call: Call, made: Filing, ids: Mapping[str, str]) -> list[Filed]:
    parts = [made.whole, *made.parts]
    try:
        return await _commit(call, made.entries, ids)
    except Problem as problem:
        raise _pointed(problem, parts, ids) from None


async def _in_parts(call: Call, made: Filing, ids: Mapping[str, str]) -> list[Filed]:
    """The persons, household, sheet and concerns first; what rests on them, each by itself."""
    try:
        done = await _commit(call, made.whole.entries, ids)
    except Problem as problem:
        raise _pointed(problem, [made.whole], ids) from None
    for part in made.parts:
        try:
            done += await _commit(call, part.entries, ids)
        except Problem as problem:
            done.append(Filed(outcome=_pointed(problem, [part], ids)))
    return done + [Filed(outcome=Problem("invalid", issue)) for issue in made.left]


async def _commit(call: Call, entries: Sequence[Json], ids: Mapping[str, str]) -> list[Filed]:
    changes = list(_changes(entries, ids))
    return [Filed(written) for written in await call.on.gate.commit(call.actor, changes)]


def _changes(entries: Sequence[Json], ids: Mapping[str, str]) -> Iterator[Change]:
    for entry in entries:
        body, asked = parse.write(_linked(entry["resource"], ids)), entry["request"]
        if asked["method"] == "POST":
            type, _, id = ids[entry["fullUrl"]].partition("/")
            yield Change("create", type, id, body)
        else:
            type, _, id = asked["url"].partition("/")
            yield Change("update", type, id, body, etag.demanded(asked.get("ifMatch")))


def _linked(node: Any, ids: Mapping[str, str]) -> Any:
    """The record with the names of the other entries' records in its references."""
    if isinstance(node, dict):
        return {
            key: ids.get(value, value) if key == "reference" and isinstance(value, str) else _linked(value, ids)
            for key, value in node.items()
        }
    return [_linked(each, ids) for each in node] if isinstance(node, list) else node


def _too_many(many: int, most: int) -> Problem:
    text = (
        f"this sheet makes {many} records, and {most} are written at once (`TSUNAGU_TRANSACTION_LIMIT`): send it with "
        "`partial`, which files each consent and referral by itself"
    )
    ja = (
        f"このシートからは {many} 件の記録ができ、一度に書けるのは {most} 件（`TSUNAGU_TRANSACTION_LIMIT`）までです。"
        "同意と紹介を一件ずつ登録する `partial` を付けて送ってください"
    )
    return Problem.of("too-costly", text, ja, "QuestionnaireResponse.item")


def _pointed(problem: Problem, parts: Sequence[Part], ids: Mapping[str, str]) -> Problem:
    """The same, said of the sheet's own items and not of records that never were."""
    names = {name: part.at for part in parts for entry in part.entries if (name := ids.get(entry.get("fullUrl", "")))}

    def told(issue: Issue) -> Issue:
        type = issue.at.partition(".")[0].partition("[")[0]
        if type == "QuestionnaireResponse":
            return issue
        those = {part.at for part in parts if any(each["resource"]["resourceType"] == type for each in part.entries)}
        text, ja = issue.text, issue.ja
        for name, at in names.items():
            text, ja = text.replace(name, at), ja.replace(name, at)
        at = those.pop() if len(those) == 1 else "QuestionnaireResponse.item"
        return replace(issue, text=f"{text} (`{issue.at}`)", ja=f"{ja}（`{issue.at}`）", at=at)

    pointed = Problem(problem.kind, *map(told, problem.issues))
    pointed.wait = problem.wait
    return pointed


def _answer(call: Call, done: Sequence[Filed], paper: str, told: Sequence[Issue]) -> Answer:
    entries, headers = [], {}
    for each in done:
        if each.outcome is not None:
            refused = HTTPStatus(outcomes.status(each.outcome))
            status = f"{refused.value} {refused.phrase}"
            entries.append({"response": {"status": status, "outcome": _refused(call, each.outcome)}})
        elif each.written is not None:
            version = each.written.version
            status = "201 Created" if each.written.action == "create" else "200 OK"
            response = {"status": status, **_place(call, version)}
            if version.reference == paper:
                headers["location"] = respond.location(call, version)
                response |= {"outcome": _outcome(call, tuple(told))} if told else {}
            entries.append({"response": response})
    bundle = {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}
    return respond.json(bundle, 201, headers)


def _place(call: Call, version: Version) -> Json:
    return {
        "location": respond.location(call, version),
        "etag": etag.of(version),
        "lastModified": version.since,
    }


def _outcome(call: Call, issues: tuple[Issue, ...]) -> Json:
    return outcomes.outcome(issues, "business-rule", call.language)


def _refused(call: Call, problem: Problem) -> Json:
    return outcomes.of_problem(problem, call.language)
