"""A world, and one beside it that differs only in what an actor may not see.

docs/policy.md, "nothing leaks".
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from consent import policy, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from profiles.spec import Spec
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import values
from resources.store.port import Store
from tests.laws import asking
from tests.laws.worlds import HOUSEHOLDS, Record, World, index, versions, worlds

INERT = ("Condition", "QuestionnaireResponse", "ServiceRequest", "Task")
"""Types of which no record is evidence here: what is decided does not hang on them."""

_EVIDENCE = (vocabulary.CONFIRM_DEATH, vocabulary.COORDINATE, vocabulary.EMERGENCY_REVIEW, vocabulary.SUCCESSION)
_ONCE_DONE = (vocabulary.DIVIDE, vocabulary.MERGE)
"""What is evidence once it is completed; while it waits, or came to nothing, it is as any request."""

OTHERWISE: dict[str, dict[str, Any]] = {
    "Condition": {"note": [{"text": "別の記録"}], "recordedDate": "2025-05-05"},
    "QuestionnaireResponse": {"status": "amended", "authored": "2025-05-05"},
    "ServiceRequest": {"status": "entered-in-error", "authoredOn": "2025-05-05"},
    "Task": {"status": "failed", "authoredOn": "2025-05-05"},
}
"""What a hidden record says instead; where its other date is one that a consent speaks of, it is gone instead."""

_FATES = st.sampled_from(("gone", "other"))


def _with_sheets(world: World) -> World:
    """The same world, where who keeps the first member of a household keeps its sheet: a consent may rest on it."""
    keepers = {each.reference: each.custodian for each in world.records}
    sheets = {sheet(members[0]): keepers[members[0]] for members in HOUSEHOLDS.values()}
    kept = (replace(each, custodian=sheets.get(each.reference, each.custodian)) for each in world.records)
    return world.with_records(kept)


def sheet(patient: str) -> str:
    return next(f"QuestionnaireResponse/q{group[-1]}" for group, members in HOUSEHOLDS.items() if patient in members)


on_sheets = worlds().map(_with_sheets)


def beside(
    runner: asyncio.Runner, spec: Spec, world: World, draw: st.DataObject, actor: Actor
) -> tuple[set[str], World]:
    """What of a world an actor may not see, and a world that differs in nothing else: each is gone there, or
    says something else."""
    hidden = runner.run(holding(world, spec, hidden_from, actor))
    stay = runner.run(holding(otherwise(world, dict.fromkeys(hidden, "other")), spec, hidden_from, actor))
    fates = {name: draw.draw(_FATES if name in stay else st.just("gone")) for name in sorted(hidden)}
    other = otherwise(world, fates)
    assert runner.run(holding(other, spec, hidden_from, actor)) == {name for name in hidden if fates[name] == "other"}
    return hidden, other


async def holding(world: World, spec: Spec, ask: Any, *given: Any) -> Any:
    """What is answered to a question in a store that holds this world."""
    answers = []

    async def look(store: Store) -> None:
        answers.append(await ask(store, world, PolicyEngine.of(store, spec, index()), *given))

    await asking.stored(versions(world.records, world.gone), look)
    return answers[0]


async def hidden_from(store: Store, world: World, engine: PolicyEngine, actor: Actor) -> set[str]:
    """The inert records that the actor may neither read nor find, but for what is offered to them: whether that is
    still there is told to who accepts it."""
    async with asking.asked(store, actor) as view:
        rows = await asking.everything(view)
        known = await asking.known(view, actor, engine.ordinance, rows)
        made = [policy.rules(action, known) for action in ("read", "search")]
        seen = {row for row in rows if any(policy.decide(each, row.stored, known.world).allowed for each in made)}
        offers = (row for row in seen if term(".code", vocabulary.TRANSFER) in row.terms)
        offered = {name for row in offers for name in values(row.terms, ".of")}
        return {row.reference for row in rows if _is_inert(row) and row not in seen} - offered


def _is_inert(row: Version) -> bool:
    """A coordination that was accepted is evidence: by it a case is read; so are the review of an emergency, a death,
    and that two were merged or a household divided."""
    evidence = {term(".code", code) for code in _EVIDENCE}
    done = {term(".code", code) for code in _ONCE_DONE} if b'"completed"' in row.body else set()
    return row.type in INERT and not (evidence | done) & set(row.terms)


def otherwise(world: World, fates: dict[str, str]) -> World:
    """The same world but for the records with a fate: they are gone, or say something else.

    What was written of them stays about whom they were about (docs/policy.md, "whom a record is about"): in a world in
    which it were about nobody the actor would not see it in the same form.
    """
    gone = [each for each in world.records if fates.get(each.reference) == "gone"]
    return world.with_records((changed(each, fates) for each in world.records if each not in gone), gone)


def changed(record: Record, fates: dict[str, str]) -> Record:
    """The same record, of which nothing is as it was but who it is about."""
    if fates.get(record.reference) != "other":
        return record
    return replace(record, body=record.body | OTHERWISE[record.body["resourceType"]], author="Organization/z")
