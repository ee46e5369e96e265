"""The labels of a record being written: what is not said of them stays, and some are added or taken off.

https://hl7.org/fhir/R4/resource-operation-meta-add.html; docs/policy.md, "labels"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from consent import labels, refusal
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.reading import showing
from consent.rule import Action, Decision
from consent.writing.prepared import Prepared
from resources.record import parse, problem
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Transaction

BEFORE: Predicate = EVERYTHING
"""Under this the server looks for the labels of a record that was deleted and is brought back."""


class Beside(Protocol):
    """The unit of work: who writes, and what they were shown."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts

    async def judge(self, action: Action, version: Version) -> Decision: ...


async def asked(unit: Beside, ready: Prepared, before: Version | None) -> Prepared:
    """A relabelling as if its writer had sent what they were shown of the record, with other labels."""
    change = ready.change
    if not change.relabelling:
        return ready
    if change.type == "Patient" and change.relabelling.protects:
        raise Problem("business-rule", problem.of_rule("D1", *_PROTECTION, "Parameters.parameter.valueMeta.security"))
    if before is None:
        raise refusal.not_found(change.type, change.id)
    if before.deleted:
        name = change.reference
        raise Problem.of("deleted", f"`{name}` was deleted", f"`{name}` は削除されています")
    shown = await _shown(unit, before)
    meta = change.relabelling.of(shown.get("meta") or {})
    for element in labels.ELEMENTS:
        if len(meta.get(element) or ()) > labels.MOST:
            text, ja = f"a record has at most {labels.MOST} of these", f"付けられるのは{labels.MOST}件までです"
            raise Problem("invalid", Issue(text, ja, f"Parameters.parameter.valueMeta.{element}"))
    return _made(unit, ready, shown | {"meta": meta})


async def kept(unit: Beside, ready: Prepared, said: Mapping[str, Any], before: Version | None) -> Prepared:
    """The change with the labels of the version before, as far as its writer has `said` nothing of them."""
    if before is None:
        return ready
    standing = await _labelled(unit, before)
    had = (orjson.loads(standing.body).get("meta") or {}) if standing else {}
    if not any(had.get(element) for element in labels.ELEMENTS):
        return ready
    assert standing is not None
    shown = (await _shown(unit, standing)).get("meta") or {}
    every = dict.fromkeys(labels.ELEMENTS, ()) if ready.change.relabelling or ready.change.patch else {}
    meta = labels.kept(had, shown, every | dict(said.get("meta") or {}), ready.sent.get("meta") or {})
    return ready if meta == ready.sent.get("meta") else _made(unit, ready, ready.sent | {"meta": meta})


async def _labelled(unit: Beside, before: Version) -> Version | None:
    """The version whose labels stand: a deletion has none, and takes none away."""
    if not before.deleted:
        return before
    return await unit.tx.get(before.type, before.id, within=BEFORE, number=before.number - 1)


async def _shown(unit: Beside, version: Version) -> dict[str, Any]:
    """What of a version its next writer has been shown."""
    body = parse.editable(version.body)
    if not (await unit.judge("read", version)).masks:
        return body
    return (await showing.redaction_of(unit.engine, unit.tx, version, unit.facts)).show(body)


def _made(unit: Beside, ready: Prepared, sent: dict[str, Any]) -> Prepared:
    resource = orjson.loads(parse.write(sent))
    return ready.turned(unit.engine, sent, resource)


_PROTECTION = (
    "that a person's whereabouts are secret is no label to be added or taken off: it is set by `$protect` and ended by "
    "`$lift-protection`",
    "居所の秘匿は、ラベルとして付け外しできません。`$protect` で設定し、`$lift-protection` で解除します",
)
