"""Of a household's sheets and plans what is about one person alone, for that person and who may sign for them.

docs/policy.md, P7: an extract is given by `$everything` of that Patient, never by reading or searching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import policy, vocabulary
from consent.reading import one_person, showing
from consent.reading.reading import SOUGHT, Reading
from consent.rule import Decision, Rule
from consent.rules import oneself
from resources import divided_plan
from resources.division import Part
from resources.record import parse, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import subset
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

TYPES = frozenset({"CarePlan", "QuestionnaireResponse"})

MOST = 200
"""So many sheets and plans of a household are looked through."""


@dataclass(frozen=True, slots=True)
class Extracts:
    """Those that were wanted of them, and how many there are."""

    shown: Sequence[Version] = ()
    total: int = 0


async def extracts(reading: Reading, patient: str, asked: Mapping[str, Predicate], wanted: slice) -> Extracts:
    """One of each sheet or plan of a household that says something of this person and is not theirs to read whole, the
    oldest first; of each type those of which that is so which was `asked`. Nobody but the person, and who may sign for
    them, has any."""
    own, permit = reading.facts.oneself, oneself.extract(reading.facts)
    if own is None or permit is None or patient != own.patient:
        return Extracts()
    made = {type: tuple(_ruled(reading, type, permit)) for type in asked}
    found: list[Version] = []
    for type, rules in made.items():
        query = Query(all_of([has(".type", type), asked[type]]), limit=MOST + 1)
        found += (await reading.view.find(query, within=policy.within(rules))).versions
    if len(found) > MOST:
        text = f"more than {MOST} sheets and plans bear on this: ask by `_type`, or with `_since`"
        ja = f"対象となるシートと計画が{MOST}件を超えています。`_type` か `_since` で絞ってください"
        raise Problem.of("too-costly", text, ja)
    seen = zip(found, await reading.sees(found), strict=True)
    cut = [each for each, whole in seen if not whole]  # what is read whole is among what they find
    parts = []
    for whole in sorted(cut, key=lambda each: (each.first, each.reference)):
        decision = policy.decide(made[whole.type], whole.stored, reading.facts.world)
        part = await _cut(reading, whole, patient) if decision.allowed else None
        parts += [(part, decision)] if part else []
    shown = []
    for part, decision in parts[wanted]:
        reading.shown.append(part)
        reading.decisions.append(decision)
        shown.append(await _marked(reading, part, decision))
    return Extracts(shown, len(parts))


def _ruled(reading: Reading, type: str, permit: Rule) -> Iterator[Rule]:
    """Every restriction there is, and in the place of the grounds that of the extract."""
    yield permit
    yield from (rule for rule in policy.rules("search", reading.facts.of_type(type)) if rule.effect != "permit")


async def _cut(reading: Reading, whole: Version, patient: str) -> Version | None:
    """What of it is about the person alone; None where nothing is."""
    body = await (_plan if whole.type == "CarePlan" else _sheet)(reading, whole, patient)
    if body is None:
        return None
    head = {"resourceType": whole.type, "id": whole.id}
    # How the whole is handled may be so for the sake of another.
    meta = one_person.stamp(parse.editable(whole.body)["meta"])
    return one_person.cut(whole, head | body | {"meta": meta, "subject": {"reference": patient}})


async def _marked(reading: Reading, part: Version, decision: Decision) -> Version:
    """As the person may see it; it says of itself that it is a part."""
    shown = await showing.shown(reading.engine, reading.view, part, decision, reading.facts)
    return replace(shown, body=parse.write(subset.marked(parse.editable(shown.body))))


async def _sheet(reading: Reading, whole: Version, patient: str) -> dict[str, Any] | None:
    """Its rows that are tied to this person and name nobody else."""
    cut = parse.editable(one_person.of_paper(whole, patient).body)
    known = await _known(reading, cut.get("item"), patient)
    own = (frozenset({patient}), frozenset[str]())
    rows = [
        row
        for row in cut.get("item") or ()
        if _leads(row) and all(known[one] in own for one in reference.locals_of(row))
    ]
    return cut | {"item": rows} if rows else None


def _leads(row: Mapping[str, Any]) -> bool:
    """Whether each of its references leads to a record of which can be told whom it is about."""
    said = (each.get("reference") for each in reference.objects(row) if "reference" in each)
    return all(isinstance(each, str) and bool(reference.local(each)) for each in said)


async def _plan(reading: Reading, whole: Version, patient: str) -> dict[str, Any] | None:
    """Its activities that are for this person and name nobody else."""
    had, part = parse.editable(whole.body), Part((patient,))
    known = await _known(reading, had, patient)
    places = divided_plan.activities(had, (part,), known.get).goes[0]
    return divided_plan.plan(had, places, part, patient, known.get) if places else None


async def _known(reading: Reading, node: Any, patient: str) -> Mapping[str, frozenset[str] | None]:
    return {name: await _concerned(reading, name, patient) for name in sorted(reference.locals_of(node))}


async def _concerned(reading: Reading, name: str, patient: str) -> frozenset[str] | None:
    """Whom a record that a plan names is about, as far as the person may read it; None where that is not so."""
    type, _, id = name.partition("/")
    if type == "Patient":
        return frozenset({name})
    if type not in vocabulary.CASEWORK:
        return frozenset()
    found = await reading.view.get(type, id, within=SOUGHT)
    seen = found is not None and not found.deleted and (await reading.sees([found]))[0]
    return frozenset({patient}) if seen else None
