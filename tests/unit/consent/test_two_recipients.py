"""Two towns that differ in which agency serves a protected person answer an agency that is on no list alike."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from consent.explaining import who_can_see
from consent.explaining.who_can_see import Question
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.store.open import opened
from tests.laws.worlds import ref
from tests.unit.consent.explaining.test_simulating import differences
from tests.unit.consent.people import NOW
from tests.unit.consent.test_guessing import AGENCIES, TEAM, P, Q, request
from tests.unit.consent.test_revoking import actors, permit, word
from tests.unit.consent.town import Town, case, concern, household, paper, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]
Told = list[tuple[str, str]]

OTHER = "Organization/other"
TYPES = ("CarePlan", "CareTeam", "Condition", "Consent", "Flag", "Group", "Patient", "Task")
BY_AGENCY = {"CarePlan": "performer", "CareTeam": "participant", "Consent": "actor", "Task": "owner"}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z?")

WRITES: dict[str, Callable[[Town], object]] = {
    "a word": lambda town: town.write(Q, word("w", OTHER, AGENCIES[0])),
    "a refusal": lambda town: town.sign(Q, consent("d", provision={"type": "deny", "actor": actors(AGENCIES[0])})),
    "a request": lambda town: town.write(Q, request("n", OTHER, AGENCIES[0], focus=ref("Consent/a"))),
    "a consent": lambda town: town.write(Q, consent("e", provision=permit("CareTeam/team"))),
}


@contextmanager
def served_by(folder: Path, spec: Spec, agency: str, *, protected: bool) -> Iterator[Town]:
    """The person's consent, team, plan and a request name this agency; the other agency has them in care."""
    store = opened(str(folder), lambda: NOW)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        town = Town.founded(runner, store, spec)
        town.write(P, patient("1"), concern("c", "1"), patient("2"), household("1", "2"), case())
        taken_on(town)
        if protected:
            town.protect(P, "Patient/1", "Organization/center")
        town.sign(P, consent("a", provision=permit(OTHER, agency)))
        plan: Json = {"resourceType": "CarePlan", "id": "pl", "status": "active", "intent": "plan"}
        plan |= {"subject": ref("Patient/1")}
        plan |= {"activity": [{"detail": {"status": "scheduled", "performer": [ref(agency)]}}]}
        team = TEAM | {"participant": [{"member": ref(each)} for each in (OTHER, agency)]}
        town.write(P, team, plan, request("x", "Organization/center", agency))
        town.write(Q, concern("own", "1"), paper(consent("e")))
        yield town
        runner.run(store.close())


def told(town: Town) -> Told:
    """All that the other agency is told, by reading, by guessing in a search, by trying, and by asking who sees it."""
    found: Told = []

    def ask(what: str, asked: Callable[[], object]) -> None:
        try:
            said = str(asked())
        except Problem as problem:
            said = f"{problem.kind}: {problem}"
        found.append((what, _ID.sub("-", said)))

    for type in TYPES:
        ask(type, partial(_every, town, type))
        ask(f"{type}:*", partial(_along, town, type))
    for agency in AGENCIES:
        for type, name in BY_AGENCY.items():
            ask(f"{type}?{name}={agency}", partial(town.search, Q, type, (name, agency)))
        ask(f"filter {agency}", partial(town.search, Q, "Consent", ("_filter", f"actor eq {agency}")))
        ask(f"try {agency}", partial(differences, town, Q, word("tried", OTHER, agency)))
    ask("_has", partial(town.search, Q, "Organization", ("_has:Consent:actor:patient", "Patient/1")))
    for of in (Question("Patient", "1"), Question("Group", "g")):
        ask(f"who {of.type}", partial(_seen, town, of))
    return found


def _every(town: Town, type: str) -> list[Json]:
    return [town.read(Q, name) for name in sorted(town.search(Q, type))]


def _seen(town: Town, of: Question) -> Json:
    return town.run(who_can_see.answered(town.gate, Q, of))


def _along(town: Town, type: str) -> list[str]:
    return sorted(each.reference for each in town.page(Q, type, ("_include", f"{type}:*")).included)


def _differing(folder: Path, spec: Spec, *, protected: bool) -> list[str]:
    """Before and after each write that guesses, what the two towns tell differently."""
    one, other = AGENCIES
    with (
        served_by(folder / "one", spec, one, protected=protected) as first,
        served_by(folder / "other", spec, other, protected=protected) as second,
    ):
        found = [here[0] for here, there in zip(told(first), told(second), strict=True) if here != there]
        for name, write in WRITES.items():
            done = [_done(write, town) for town in (first, second)]
            found += [name] if done[0] != done[1] else []
            pairs = zip(told(first), told(second), strict=True)
            found += [f"{here[0]} after {name}" for here, there in pairs if here != there]
        return found


def _done(write: Callable[[Town], object], town: Town) -> str:
    try:
        write(town)
    except Problem as problem:
        return f"{problem.kind}: {problem}"
    return ""


def test_nothing_that_is_asked_or_guessed_tells_which_agency_serves_a_protected_person(
    tmp_path: Path, spec: Spec
) -> None:
    assert _differing(tmp_path, spec, protected=True) == []


def test_of_who_is_not_protected_it_is_told(tmp_path: Path, spec: Spec) -> None:
    """So that the other test is not true of nothing."""
    found = _differing(tmp_path, spec, protected=False)
    assert {"Consent", "Task:*", f"try {AGENCIES[0]}", f"Consent?actor={AGENCIES[0]}"} <= set(found)
