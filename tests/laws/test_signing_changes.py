"""Who signs for somebody, in worlds that change: the readings and the second opinion agree after every write.

docs/policy.md, P7: a guardian is recorded, confirmed and becomes somebody else; protections come, are confirmed by an
officer on their list, which is taken back, and go; the person gets another name.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from consent.acts import merging
from consent.acts.merging import Merge, Named
from consent.secrecy import protection
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.store.open import opened
from tests.laws.drawn import LAW, drawn
from tests.laws.test_policy_changes import ACTORS, CITIZEN, City, agree, founded
from tests.laws.worlds import V3, concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import concern

Json = dict[str, Any]

MANY = 60
SIGNER = replace(CITIZEN, person="RelatedPerson/m", now=NOW + timedelta(days=1))
"""Who signs for Patient 1, on the day after all was recorded."""
CONFIRM = "$confirm-signer"
ASKING = (*ACTORS[:2], CITIZEN, SIGNER)
GUARDIAN: Json = {"resourceType": "RelatedPerson", "id": "m", "patient": ref("Patient/1")}
GUARDIAN |= {"relationship": [{"coding": [{"system": f"{V3}v3-RoleCode", "code": "GUARD"}]}]}
ORDER: Json = {"resourceType": "DocumentReference", "id": "order", "status": "current"}
ORDER |= {"type": concept("guardianship-paper", "court-order"), "subject": ref("Patient/1")}
ORDER |= {"context": {"related": [ref("RelatedPerson/m")]}, "content": [{"attachment": {"title": "審判書"}}]}
CONFIRMING: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Patient/1")}
CONFIRMING |= {"code": concept("task-code", "confirm-guardian"), "focus": ref("RelatedPerson/m")}
CONFIRMING |= {"requester": ref("Organization/center"), "owner": ref("Organization/lead")}
STEPS = (
    *("changed", "asked", "noted", "protect", "protect", "lift", "taken back", "over", "merge", "unmerge"),
    *("signer", "signer", "signer", "signer", "signer", "also", "concern"),
)


@drawn(10, MANY)
def test_after_every_write_who_signs_reads_what_a_second_opinion_says(
    runner: asyncio.Runner, spec: Spec, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @seed(3)
    @settings(LAW, max_examples=examples, phases=[Phase.generate])
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = opened(str(Path(folder)), lambda: NOW)
            runner.run(store.open())
            try:
                city = founded(runner, store, spec)
                city.write("guardian", ACTORS[0], GUARDIAN | {"name": [{"family": "水無瀬"}]}, ORDER)
                _confirmed(city)
                for _ in range(data.draw(st.integers(5, 10))):
                    data.draw(steps(city))
                    runner.run(agree(store, city, seen, ASKING))
                seen.update(city.done)
            finally:
                runner.run(store.close())

    holds()
    assert min(seen[each] for each in ("P7 of a signer", "P7 of a signer, of a protected person")) > 5, seen
    assert examples < MANY or not [what for what in STEPS if not seen[what]], seen


@st.composite
def steps(draw: st.DrawFn, city: City) -> None:
    """One thing that happens to who signs, or to whom they sign for."""
    match draw(st.sampled_from(STEPS)):
        case "changed":
            family = draw(st.sampled_from(("水無瀬", "別人")))
            city.write("changed", ACTORS[0], city.bodies["RelatedPerson/m"] | {"name": [{"family": family}]})
        case "over":
            end = {"end": draw(st.sampled_from(("2026-11-24", "2026-11-24T12:00:00+09:00", "2026-11-23")))}
            city.write("over", ACTORS[0], city.bodies["RelatedPerson/m"] | {"period": end})
        case "asked":
            _confirmed(city, "asked")
        case "noted":
            asked = draw(st.sampled_from([each for each in city.bodies if each.startswith("Task/confirm")]))
            city.write("noted", ACTORS[3], city.bodies[asked] | {"note": [{"text": "電話があった"}]})
        case "protect":
            against = draw(st.sampled_from(((),) * 4 + (("Patient/3",), ("RelatedPerson/m",))))
            _protected(city, draw(st.sampled_from(("Patient/1", "Patient/1", "Patient/2"))), against)
        case "lift":
            city.of_list("lift", ACTORS[0], "$lift-protection", "Patient/1")
        case "signer":
            whose = draw(st.sampled_from(("Patient/1", "Patient/1", "Patient/1", "Patient/2")))
            if not protection.labels(city.bodies[whose]):
                _protected(city, whose, ())
            for each in protection.labels(city.bodies[whose])[-draw(st.sampled_from((1, 9, 9))) :]:
                city.of_list("signer", ACTORS[0], CONFIRM, whose, id=protection.id_of(each), named=(SIGNER.person,))
        case "taken back":
            city.of_list("taken back", ACTORS[0], CONFIRM, "Patient/1", named=(SIGNER.person,), undo=True)
        case "merge" | "unmerge" as what:
            two = Merge(Named("Patient/1"), Named("Patient/2"), what == "unmerge", reason="確かめた")
            city.operate(what, ACTORS[0], lambda unit: merging.asked(unit, two))
        case "also":
            link: Json = {"link": [{"other": ref("RelatedPerson/m"), "type": "seealso"}]}
            city.write("also", ACTORS[0], city.bodies["Patient/3"] | link, city.bodies["RelatedPerson/m"])
        case "concern":
            city.write("concern", ACTORS[0], concern("b", draw(st.sampled_from(("1", "2")))))


def _confirmed(city: City, what: str = "asked") -> None:
    """The lead section is asked anew to confirm who is the guardian, and does."""
    asked = CONFIRMING | {"id": f"confirm-{city.books.now}"}
    city.write(what, ACTORS[0], asked)
    if task := city.bodies.get(f"Task/{asked['id']}"):
        city.write("confirmed", ACTORS[3], task | {"status": "completed"})


def _protected(city: City, name: str, against: tuple[str, ...]) -> None:
    """By the agency of ACTORS[0], which is on the list."""
    try:
        city.town.protect(ACTORS[0], name, "Organization/center", against=against)
    except Problem:
        city.done["refused"] += 1
    else:
        city.protected("protect", name)
