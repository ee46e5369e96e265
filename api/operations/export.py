"""$export: bulk data asked for, looked after, fetched and cancelled by a system client, under its own policy.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html; docs/export.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from api.beside.exports import DELETED, Exports, Job, State
from api.http import lenient, preference
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.views import exporting
from consent.views.exporting import Export
from resources.record import moment, problem, reference
from resources.record.problem import Issue, Problem

PARAMETERS = ("_elements", "_outputFormat", "_since", "_type", "_typeFilter")
PATIENT = "patient"
"""Of whom alone it is: in a Parameters, where no log and no proxy keeps it with an address."""

NDJSON = "application/fhir+ndjson"
_FORMATS = (NDJSON, "application/ndjson", "ndjson")
_PATIENT = re.compile(r"Patient/[A-Za-z0-9\-.]{1,64}")
_FILTER = re.compile(r"([A-Z][A-Za-z]+)\?")
_AGAIN = "2"
_MOST_FILTERS = 20
_MOST_PATIENTS = 50


async def of_system(call: Call) -> Answer:
    return await _begun(call, "system")


async def of_patients(call: Call) -> Answer:
    return await _begun(call, "Patient")


async def of_group(call: Call) -> Answer:
    return await _begun(call, "Group", call.id)


async def status(call: Call) -> Answer:
    """202 and how far it is, or the list of the files."""
    call.sign_in()
    job, state = await _exports(call).find(call.actor, call.path["id"])
    if not state.done:
        far = f"{state.place} of {len(job.export.places)} types, {len(state.files)} files"
        return Answer(202, headers={"x-progress": far, "retry-after": _AGAIN})
    if state.fault:
        text = f"the export ended before it was complete (`{state.fault}`): begin it anew"
        ja = f"エクスポートは完了せずに終わりました（`{state.fault}`）。改めて始めてください"
        if state.fault == "login":
            raise Problem("forbidden", problem.of_rule("scope", text, ja))
        raise Problem.of("too-costly", text, ja)
    return Answer(200, orjson.dumps(_manifest(call, job, state)), "application/json", {"expires": _http(job.until)})


async def cancel(call: Call) -> Answer:
    call.sign_in()
    exports = _exports(call)
    job, _ = await exports.find(call.actor, call.path["id"])
    await exports.forget(job)
    return Answer(202)


async def file(call: Call) -> Answer:
    """What the client may read now of the records that were found."""
    call.sign_in()
    exports = _exports(call)
    job, state = await exports.find(call.actor, call.path["id"])
    number = call.path["version"]
    if not state.done or not (number.isascii() and number.isdigit() and len(number) < 6):
        raise Problem.of("not-found", "there is no such file", "このファイルはありません")
    names = await exports.file(job, int(number))
    if state.files[int(number) - 1][0] == DELETED:
        return Answer(200, await exporting.deleted(call.on.gate, call.actor, names), NDJSON)
    return Answer(200, await exporting.fetched(call.on.gate, call.actor, names, job.export.elements), NDJSON)


async def _begun(call: Call, level: str, id: str = "") -> Answer:
    call.sign_in()
    if call.actor.person:
        text = "an export is a system client's (`system/` scopes): a person searches, or asks a Patient's `$everything`"
        ja = (
            "エクスポートは、システムのクライアント（system/ のスコープ）だけができます。"
            "人は、検索か Patient の $everything を使ってください"
        )
        raise Problem("forbidden", problem.of_rule("scope", text, ja))
    if not preference.is_async(call.header("prefer")):
        text, ja = "send `Prefer: respond-async`", "`Prefer: respond-async` を付けてください"
        raise Problem.of("structure", text, ja, "Prefer")
    given, patients, left = await _given(call, level)
    if given.get("_outputFormat", NDJSON).replace(" ", "+") not in _FORMATS:
        text, ja = f"files are `{NDJSON}`", f"ファイルは `{NDJSON}` です"
        raise Problem.of("not-supported", text, ja, "_outputFormat")
    since = given.get("_since", "")
    if since and moment.read(since) is None:
        raise Problem.of("structure", f"`{since[:64]}` is no instant", f"`{since[:64]}` は日時ではありません", "_since")
    wanted = list(filter(None, given.get("_type", "").split(",")))
    if unknown := sorted(set(wanted) - exporting.TYPES):
        text, ja = f"`{unknown[0][:64]}` is not exported", f"`{unknown[0][:64]}` は出力できません"
        raise Problem.of("not-supported", text, ja, "_type")
    filters = _filters(call, given.get("_typeFilter", ""))
    types = await exporting.reaches(call.on.gate, call.actor, level, id, wanted, patients)
    if astray := sorted(filters.keys() - set(types)):
        text, ja = f"`{astray[0]}` is filtered and not exported", f"`{astray[0]}` は絞り込みだけがあり、出力されません"
        raise Problem.of("structure", text, ja, "_typeFilter")
    elements = exporting.elements(call.on.spec, types, given.get("_elements", ""))
    path = {"system": "", "Patient": "/Patient", "Group": f"/Group/{id}"}[level]
    pairs = [*given.items(), *((PATIENT, name) for name in patients)]
    said = f"?{urlencode(pairs)}" if pairs else ""
    address = f"{call.on.settings.fhir}{path}/$export{said}"
    job = await _exports(call).begin(call.actor, address, Export(level, id, types, since, filters, elements, patients))
    answer = lenient.outcome(call, left)
    answer.status, answer.headers["content-location"] = 202, f"{call.on.settings.fhir}/$export-status/{job.id}"
    return answer


async def _given(call: Call, level: str) -> tuple[dict[str, str], list[str], Sequence[Issue]]:
    """The inputs as text, where several filters or types are told apart by commas; the persons of whom alone; and why
    what was left out of the address was, where that was wished."""
    if call.method == "GET":
        found, left = lenient.read(call, _of_address, call.parameters)
        return found, [], left
    many = () if level == "system" else (PATIENT,)
    said: Mapping[str, Any] = await parameters.inputs(call, (*PARAMETERS, *many), many=many)
    given = {name: parameters.word(said, name) for name in said if name != PATIENT}
    return given, _patients(said.get(PATIENT, ())), ()


def _of_address(said: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in said:
        if name not in PARAMETERS:
            text, ja = f"`{name[:64]}` is not a parameter here", f"ここでは `{name[:64]}` を使えません"
            raise Problem.of("not-supported", text, ja, name[:64])
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _patients(said: Sequence[Any]) -> list[str]:
    names = [reference.local(str(each.get("reference", ""))) if isinstance(each, Mapping) else each for each in said]
    if wrong := [name for name in names if not isinstance(name, str) or not _PATIENT.fullmatch(name)]:
        text, ja = f"`{str(wrong[0])[:64]}` is not `Patient/id`", f"`{str(wrong[0])[:64]}` は Patient/id ではありません"
        raise Problem.of("structure", text, ja, PATIENT)
    if len(names) > _MOST_PATIENTS:
        text, ja = f"at most {_MOST_PATIENTS} persons", f"一度に指定できるのは{_MOST_PATIENTS}人までです"
        raise Problem.of("too-costly", text, ja, PATIENT)
    return list(dict.fromkeys(names))


def _filters(call: Call, said: str) -> dict[str, list[str]]:
    """`Type?query,Type?query`: by type, each of them read once so that what is wrong is told at once."""
    found: dict[str, list[str]] = {}
    parts: list[str] = []
    for part in filter(None, said.split(",")):
        begins = _FILTER.match(part)
        if begins and begins[1] in exporting.TYPES:
            parts.append(part)
        elif parts and not begins:  # a comma of the filter before
            parts[-1] += f",{part}"
        else:
            raise Problem.of("structure", "a filter is `Type?query`", "絞り込みは `種別?検索` です", "_typeFilter")
    if len(parts) > _MOST_FILTERS:
        text, ja = f"at most {_MOST_FILTERS} filters", f"絞り込みは{_MOST_FILTERS}件までです"
        raise Problem.of("too-costly", text, ja, "_typeFilter")
    for part in parts:
        type, _, query = part.partition("?")
        exporting.condition(call.on.index, type, query)
        found.setdefault(type, []).append(query)
    return found


def _manifest(call: Call, job: Job, state: State) -> dict[str, Any]:
    files = f"{call.on.settings.fhir}/$export-file/{job.id}"
    output = [
        {"type": type, "url": f"{files}/{number}", "count": count}
        for number, (type, count) in enumerate(state.files, 1)
        if type != DELETED
    ]
    deleted = [
        {"type": "Bundle", "url": f"{files}/{number}", "count": 1}
        for number, (type, _) in enumerate(state.files, 1)
        if type == DELETED
    ]
    return {
        "transactionTime": job.begun,
        "request": job.request,
        "requiresAccessToken": True,
        "output": output,
        "deleted": deleted,
        "error": [],
    }


def _exports(call: Call) -> Exports:
    settings = call.on.settings
    vault = call.on.gate.engine.store.vault
    return Exports(vault, most=settings.exports, seconds=settings.export_hours * 3600.0)


def _http(until: float) -> str:
    return format_datetime(datetime.fromtimestamp(until, UTC), usegmt=True)
