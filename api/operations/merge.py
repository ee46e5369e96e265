"""Patient/$merge: two Patients are one person from then on, or are two again; and what is asked so is answered.

https://hl7.org/fhir/R5/patient-operation-merge.html; docs/policy.md, "merging two Patients"; `undo`, `decided-by` and
`reason`, and the answer on the Task, are ours (profiles/tsunagu/OperationDefinition-merge.json).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import merging
from consent.acts.merge_task import Merged
from consent.acts.merging import Merge, Named
from consent.acts.reply import Reply
from consent.writing.change import UnitOfWork
from resources.record import reference
from resources.record.problem import Issue, Problem
from resources.search import grammar

_PATIENTS = ("source-patient", "target-patient")
_IDENTIFIERS = tuple(f"{name}-identifier" for name in _PATIENTS)
_ASKED = (*_PATIENTS, *_IDENTIFIERS, "result-patient", "preview", "undo", "decided-by", "reason")
_ANSWERED = ("accept", "undo", "decided-by", "reason")


async def merge(call: Call) -> Answer:
    """What was done or asked: the inputs, the Task, and the Patient that is used since, as the caller sees them."""
    given = await parameters.inputs(call, _ASKED, many=_IDENTIFIERS)
    if "result-patient" in given:
        text = "no Patient is rewritten by a merge: leave it out, and change the target by a version of its own"
        ja = "統合では Patient を書き換えません。指定せずに呼び、必要なら統合先の Patient の新しい版を書いてください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="not-supported"))
    source, target = (_named(given, name) for name in _PATIENTS)
    asked = Merge(
        source,
        target,
        undo=parameters.flag(given, "undo"),
        decides=_decides(given),
        preview=parameters.flag(given, "preview"),
        reason=parameters.reason(given),
    )
    names = ("$merge", *(each.reference for each in (source, target) if each.reference))
    done = await call.on.gate.operate(call.actor, names, partial(merging.asked, merge=asked))
    return _answer(given, done)


async def answer(call: Call) -> Answer:
    """The same of what was answered."""
    given = await parameters.inputs(call, _ANSWERED)
    if ("accept" in given) == parameters.flag(given, "undo"):
        text = "say whether it is confirmed (`accept`), or that a merge is to be undone (`undo`)"
        ja = "確かめるかどうか（`accept`）か、統合を取り消すこと（`undo`）のどちらかを示してください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    reason = parameters.reason(given)
    if "accept" in given:
        answered = Reply(call.id, parameters.flag(given, "accept"), reason)
        return await _done(call, partial(merging.answered, answer=answered))
    return await _done(call, partial(merging.unasked, undo=merging.Undo(call.id, reason, _decides(given))))


async def _done(call: Call, do: Callable[[UnitOfWork], Awaitable[Merged]]) -> Answer:
    return _answer({}, await call.on.gate.operate(call.actor, ("$merge", f"Task/{call.id}"), do))


def _decides(given: Mapping[str, Any]) -> bool:
    """Whether the lead section is asked."""
    decided = parameters.word(given, "decided-by") or "custodian"
    if decided not in ("custodian", "lead-section"):
        text, ja = "it is `custodian` or `lead-section`", "`custodian` か `lead-section` です"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter"))
    return decided == "lead-section"


def _named(given: Mapping[str, Any], name: str) -> Named:
    """By a reference, by identifiers, or by both."""
    said = reference.one(given, name)
    identifiers = tuple(_sought(given[f"{name}-identifier"]))
    if not said.startswith("Patient/") and (name in given or not identifiers):
        text = f"name one Patient of this server by `{name}`, or by `{name}-identifier`"
        ja = f"このサーバーの Patient を `{name}` か `{name}-identifier` で示してください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    return Named(said, identifiers)


def _sought(identifiers: Sequence[Any]) -> Sequence[tuple[str, str]]:
    """The search parameters by which somebody with all of these is found."""
    found = []
    for each in identifiers:
        if not isinstance(each, Mapping) or not each.get("value"):
            text, ja = "an identifier has a `value`", "識別番号（Identifier）には `value` が必要です"
            raise Problem("invalid", Issue(text, ja, "Parameters.parameter"))
        system, value = (grammar.escaped(str(each.get(part, ""))) for part in ("system", "value"))
        found.append(("identifier", f"{system}|{value}"))
    return found


def _answer(given: Mapping[str, Any], done: Merged) -> Answer:
    told: list[dict[str, Any]] = []
    inputs = [{"name": name, "valueReference": given[name]} for name in _PATIENTS if name in given]
    if inputs:
        told.append({"name": "input", "resource": {"resourceType": "Parameters", "parameter": inputs}})
    told.append({"name": "outcome", "resource": _outcome(done)})
    told.append({"name": "result", "resource": orjson.Fragment(done.target.body)})
    if done.task:
        told.append({"name": "task", "resource": orjson.Fragment(done.task.body)})
    return respond.json({"resourceType": "Parameters", "parameter": told})


def _outcome(done: Merged) -> dict[str, Any]:
    status = orjson.loads(done.task.body).get("status") if done.task else ""
    said = {
        "": "nothing was written: this is what would be done / 書き込みはしていません（確認のみ）",
        "requested": "it is asked, and holds once it is confirmed / 求めを送りました。確認されると効力が生じます",
        "cancelled": "it was declined / 断りました",
    }.get(str(status), "it holds from now on / 効力が生じました")
    issue = {"severity": "information", "code": "informational", "details": {"text": said}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
