"""transaction: everything in a Bundle is done, or nothing of it; in the order of the specification, whatever its own.

https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.http import changes, error_boundary, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import entry as entries
from api.interactions import naming
from api.interactions.entry import METHODS, Entry, Find
from consent.gate import Gate
from consent.writing.aside import aside
from consent.writing.prepared import Change
from resources.record import parse
from resources.record.problem import Issue, Problem

MOST_READS = 20
"""So often a transaction that writes may read while others wait to write; for one that only reads nobody waits."""

_READS = ("read", "vread", "history-instance", "search-type")


async def transaction(call: Call, find: Find, body: bytes) -> Answer:
    """The Bundle in this body, which was checked but for what its entries write."""
    every, asked = await aside(len(body), _read, call, find, body)
    order = sorted(asked, key=lambda place: METHODS.index(every[place].method.replace("PATCH", "PUT")))
    reads = [place for place in range(len(every)) if place not in asked]

    async def read(gate: Gate) -> list[Answer]:
        inside = replace(call, on=replace(call.on, gate=gate))
        return [await _answer(inside, every[place]) for place in reads]

    if asked:
        done, shown = await call.on.gate.transact(call.actor, [asked[place] for place in order], read)
    else:  # nobody who writes waits for what only reads
        done, shown = [], await read(call.on.gate)
    answers = {place: entries.answered(answer) for place, answer in zip(reads, shown, strict=True)}
    for place, each in zip(order, done, strict=True):
        answers[place] = entries.answered(respond.written(every[place].call(call), each))
        if each.version.since:
            answers[place]["response"]["lastModified"] = each.version.since
        if not call.prefers:
            answers[place].pop("resource", None)
    told: respond.Json = {"resourceType": "Bundle", "type": "transaction-response"}
    return respond.json(told | ({"entry": [answers[place] for place in range(len(every))]} if every else {}))


def _read(call: Call, find: Find, body: bytes) -> tuple[list[Entry], dict[int, Change]]:
    """The entries, and by place those that write as changes, in which each link leads where it will lead."""
    said = parse.editable(body).get("entry", [])
    every = [entries.read(call, find, each, place) for place, each in enumerate(said)]
    reads = [each for each in every if each.method in ("GET", "HEAD")]
    for each in reads:
        if each.row.interaction not in _READS:
            raise _not_here(each)
    if MOST_READS < len(reads) < len(every):
        text = f"a transaction that writes reads at most {MOST_READS} times: read the rest in one that only reads"
        ja = f"書き込む transaction の読み取りは{MOST_READS}件までです。残りは、読むだけの transaction で求めてください"
        raise Problem.of("too-costly", text, ja, "Bundle.entry")
    writes = {place: (each, _change(call, each)) for place, each in enumerate(every) if each not in reads}
    _distinct(every, [change for _, change in writes.values()])
    named = {each.full_url: change.reference for each, change in writes.values() if each.full_url}
    spec = call.on.spec
    found = {each.full_url for each, change in writes.values() if change.condition} & named.keys()
    for place, each in enumerate(every):
        if each in reads:
            type = each.parts.get("type", "")
            if naming.asked(spec, type, each.parameters, dict.fromkeys(found, "")) != tuple(each.parameters):
                raise _unknown(each)
            every[place] = replace(each, parameters=naming.asked(spec, type, each.parameters, named))
    return every, {place: _linked(call, each, change, named) for place, (each, change) in writes.items()}


def _linked(call: Call, entry: Entry, change: Change, named: Mapping[str, str]) -> Change:
    if change.condition:
        change = replace(change, condition=naming.asked(call.on.spec, change.type, change.condition, named))
    patching = change.patch is not None and entry.resource.get("resourceType") == "Parameters"
    found = naming.linked(call.on.spec, entry, named) if change.body or patching else entry.resource
    if found is entry.resource:
        return change
    if patching:
        return replace(change, patch=changes.of_entry(entry.call(call), found, b"", entry.at).patch)
    return replace(change, body=parse.write(found))


def _change(call: Call, entry: Entry) -> Change:
    """The change that an entry asks for. Raises Problem naming its element."""
    asked = entry.call(call)
    type, id = entry.parts.get("type", ""), entry.parts.get("id", "")
    resource, at = entry.resource, f"{entry.at}.request.url"
    if entry.row.interaction not in ("create", "update", "patch", "delete"):
        raise _not_here(entry)
    if type not in call.on.spec.types or (entry.method in ("POST", "PUT") and resource.get("resourceType") != type):
        raise _unfit(entry, at)
    if entry.method in ("PUT", "PATCH", "DELETE") and id and entry.parameters:
        raise _unfit(entry, at)
    if entry.method == "PATCH":
        found = changes.of_entry(asked, resource, entries.sent(entry)[0], entry.at)
    else:
        found = changes.of(asked, entry.row.interaction, resource, entries.sent(entry)[0], entry.at)
    return replace(found, at=entry.at)


def _distinct(every: Sequence[Entry], asked: Sequence[Change]) -> None:
    given = [each.full_url for each in every if each.full_url]
    if len(set(given)) < len(given):
        text, ja = "two entries have the same fullUrl", "同じ fullUrl の要素が二つあります"
        raise Problem.of("structure", text, ja, "Bundle.entry.fullUrl")
    if len({each.reference for each in asked}) < len(asked):
        text, ja = "two entries write the same record", "同じ記録を二つの要素が書いています"
        raise Problem.of("structure", text, ja, "Bundle.entry")


async def _answer(call: Call, entry: Entry) -> Answer:
    error_boundary.check_format(entry.row, entry.parameters, {})
    error_boundary.check_parameters(entry.row, entry.parameters)
    return await entry.row.handler(entry.call(call))


def _not_here(entry: Entry) -> Problem:
    text = f"`{entry.row.interaction}` is not done in a transaction: ask for it in a batch, or by itself"
    ja = f"`{entry.row.interaction}` は transaction の中ではできません。batch か、単独で求めてください"
    return Problem.of("not-supported", text, ja, f"{entry.at}.request.url")


def _unknown(entry: Entry) -> Problem:
    """Why a search by the name of an entry that is on a condition is not done: nobody knows yet what that one finds."""
    text = "what an entry on a condition leads to is not known yet: search by it in a request of its own"
    ja = "条件付きの要素が何を指すかは、まだ決まっていません。別の要求で検索してください"
    return Problem.of("structure", text, ja, f"{entry.at}.request.url")


def _unfit(entry: Entry, at: str) -> Problem:
    text = f"`{entry.method}` of this address does not fit the entry's resource or this server"
    return Problem("structure", Issue(text, f"`{entry.method}` のアドレスが要素の内容と合いません", at))
