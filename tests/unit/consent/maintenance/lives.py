"""What was done in towns before a check looks through what is kept of it: each kind of evidence, each by who may."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from consent.acts import confirming_posts
from profiles.spec import Spec
from resources.store.open import opened
from tests.laws.worlds import concept, ref
from tests.unit.consent import conftest
from tests.unit.consent.acts import (
    divided_town,
    merges,
    test_breaking_glass,
    test_confirming_plan,
    test_deciding_coordination,
    test_naming_by_mistake,
    test_naming_successor,
    test_transferring,
    test_verifying,
)
from tests.unit.consent.acts.test_dividing_roles import TWO
from tests.unit.consent.acts.test_dividing_whole import FIRST, FOR_BOTH, SECOND
from tests.unit.consent.acts.test_merging import asking, known_to_both
from tests.unit.consent.people import NOW
from tests.unit.consent.standing import test_birth_date, test_death
from tests.unit.consent.test_carrying_out import activity, again, close, plan
from tests.unit.consent.test_case_given import give
from tests.unit.consent.test_named_for_a_role import decide, hire, named, take_on, told
from tests.unit.consent.test_revoking import word
from tests.unit.consent.town import (
    INSTALLER,
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    coordination,
    household,
    patient,
    taken_on,
)
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]
Life = Callable[[Town], None]

P, Q, CO, LEAD, EM, D, AUD = (actor(name) for name in ("p", "q", "co", "lead", "em", "d", "aud"))
EVERYBODY: Json = {"type": "permit"}

MADE: dict[Life, Path] = {}
"""Where each lies that was lived in this process."""


@contextmanager
def gone_on_with(folder: Path, spec: Spec, of: Path, minutes: int) -> Iterator[Town]:
    """A copy of a town, so many minutes later; a second passes between any two transactions."""
    shutil.copytree(of, folder, dirs_exist_ok=True)
    passed = itertools.count()
    store = opened(str(folder), lambda: later(minutes, next(passed)))
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = Town.of(runner, store, spec)
            town.folder = folder
            yield town
        finally:
            runner.run(store.close())


def later(minutes: int, seconds: int) -> datetime:
    return NOW + timedelta(minutes=minutes, seconds=seconds)


def lived(life: Life, folder: Path, founding: Path, spec: Spec) -> Path:
    """The folder of a town in which this was done."""
    if life not in MADE:
        with gone_on_with(folder, spec, founding, 1) as town:
            life(town)
        MADE[life] = folder
    return MADE[life]


def family(town: Town) -> None:
    """The center keeps a household of two, its case and two concerns."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"), concern("d", "1"))


def met(town: Town) -> None:
    """A conference on it is open."""
    conftest.call(town)
    conftest.open_meeting(town)
    hire(town)


def divided(town: Town) -> None:
    """A household whose roles were decided, and are carried out, has been two households since."""
    met(town)
    town.write(P, plan(FIRST, SECOND, FOR_BOTH, title="世帯の計画"))
    decide(town, "other", "desk")
    (task,) = told(town, D)
    take_on(town, D, task, owner=ref("PractitionerRole/d"))
    town.write(D, named(task, "e", requester=ref("PractitionerRole/d"), id="below"))
    close(town)
    divided_town.answer(town, divided_town.task_of(divided_town.ask(town, parts=TWO)))


def decided(town: Town) -> None:
    """Roles were decided for a case."""
    met(town)
    town.write(P, plan(activity(status="in-progress")))
    decide(town, "desk")
    close(town)


def given(town: Town) -> None:
    """Another agency keeps the case for which roles were decided."""
    decided(town)
    town.write(CO, again(coordination("completed") | WITHOUT_A_PLAN, 2))
    give(town)


def apart(town: Town) -> None:
    """The center keeps two Patients, the other agency a third, and no two of them are one person yet."""
    known_to_both(town)
    town.write(P, patient("3"))


def merged(town: Town) -> None:
    """Of three names of one person two agencies had two merged, which they undid; another is merged by who keeps both,
    and one that was asked is declined."""
    apart(town)
    first = merges.ask(town, P, "1", "2")
    merges.answer(town, Q, first)
    merges.ask(town, P, "3", "1", reason="同じ人")
    merges.answer(town, Q, merges.undo(town, P, first), reason="別人だった")
    merges.answer(town, Q, merges.ask(town, P, "2", "1"), accept=False, reason="生年月日が違う")
    taken_back = merges.task(merges.ask(town, P, "2", "1"))
    town.write(P, town.read(P, taken_back) | {"status": "cancelled"})


def decided_on(town: Town) -> None:
    """The lead section, to whom both were shown, was asked whether two are one and confirmed it; the next it merged
    itself, and undid."""
    known_to_both(town)
    town.write(P, patient("3"), asking("center", "lead", "1", "seen-1"), asking("center", "lead", "3", "seen-3"))
    town.write(Q, asking("other", "lead", "2", "seen-2"))
    merges.answer(town, LEAD, merges.ask(town, P, "1", "2", reason="同じ人", decides=True), reason="同じ人と確かめた")
    merges.undo(town, LEAD, merges.ask(town, LEAD, "3", "1", reason="届け出による"))


def succeeded(town: Town) -> None:
    """One was named to keep the files of an agency that had ended, then another in its place."""
    family(town)
    town.write(EM, patient("7"), test_naming_successor.request())
    test_naming_successor.end(town)
    test_naming_successor.name(town)
    town.write(Q, again(concern("c", "1")) | {"note": [{"text": "続き"}]})
    test_naming_successor.name(town, reason="指定を誤った", undo=True)
    test_naming_successor.name(town, to="Organization/council")


def handed(town: Town) -> None:
    """Two concerns are handed over, one of them by decision of the lead section."""
    family(town)
    test_transferring.hand(town)
    test_transferring.hand(town, "Condition/d")


def misnamed(town: Town) -> None:
    """One was in the household by mistake, as was confirmed."""
    family(town)
    town.write(P, concern("h", "1") | {"subject": ref("Group/g")})
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(P, again(household("1")))
    test_naming_by_mistake.undone(town)


def broken(town: Town) -> None:
    """An officer broke the glass for a household, and was reviewed for it."""
    family(town)
    town.write(EM, patient("7"), test_naming_successor.request())
    test_breaking_glass.break_glass(town, record="Condition/c")
    test_breaking_glass.review(town)


def verified(town: Town) -> None:
    """A consent was verified by who was asked to, and reached by a word."""
    town.write(P, patient("1"), concern("ours", "1"))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(Q, concern("theirs", "1"))
    town.write(P, test_verifying.asking())
    test_verifying.verify(town)
    taken_on(town)
    town.write(Q, word("w", "Organization/council"))


def put_before(town: Town) -> None:
    """A call for the coordinator was put before the lead section, and is coordinated."""
    family(town)
    town.write(P, test_deciding_coordination.request())
    town.write(Q, test_deciding_coordination.escalation())
    asked = test_deciding_coordination.put(town).task.reference
    [call] = test_deciding_coordination.decide(town, LEAD, asked).records
    town.write(CO, town.read(CO, call.reference) | {"status": "accepted"})


def written_on(town: Town) -> None:
    """A plan that was decided on was added to since."""
    met(town)
    town.write(P, plan(activity()))
    decide(town, "other", "center")
    town.write(P, again(plan(activity(), activity(description="通院の付き添い"))))
    close(town)


def confirmed_plan(town: Town) -> None:
    """What was added is confirmed."""
    written_on(town)
    test_confirming_plan.answer(town, LEAD, test_confirming_plan.ask(town))


def aged(town: Town) -> None:
    """Who had signed was a child, as was confirmed."""
    town.write(P, patient("1", birthDate=test_birth_date.GROWN))
    assert test_birth_date.files(town, test_birth_date.own_word()) == ""
    test_birth_date.confirm(town, test_birth_date.CHILD)


def died(town: Town) -> None:
    test_death.told(town)
    test_death.confirm(town)


def listed(town: Town) -> None:
    """A keeper of the directory wrote a post and a department of the center, which nobody has confirmed."""
    keeper: Json = {"resourceType": "PractitionerRole", "id": "kept", "practitioner": ref("Practitioner/aud")}
    keeper |= {"organization": ref("Organization/lead"), "code": [concept("role", "directory-keeper")]}
    town.write(INSTALLER, keeper, {"resourceType": "Practitioner", "id": "n"})
    new = {"resourceType": "PractitionerRole", "id": "new", "practitioner": ref("Practitioner/n")}
    town.write(AUD, new | {"organization": ref("Organization/center"), "code": [concept("role", "officer")]})
    above: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "code": [concept("role", "department")]}
    above |= {"organization": ref("Organization/center"), "participatingOrganization": ref("Organization/council")}
    town.write(AUD, above)


def posts(town: Town) -> None:
    """They are confirmed by their agency."""
    listed(town)
    do = partial(confirming_posts.confirmed, named=["PractitionerRole/new", "OrganizationAffiliation/a"])
    town.run(town.gate.operate(P, ("$confirm-posts",), do))
