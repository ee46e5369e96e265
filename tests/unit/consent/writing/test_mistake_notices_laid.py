"""To whom it is told that a record was a mistake, asked of records as they lie: once to each whom it had reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.verdict import Verdict
from consent.writing import mistake_notices
from consent.writing.change import UnitOfWork
from resources.record import envelope
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from tests.laws.worlds import Record, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.acts.made import posted
from tests.unit.consent.town import Town, actor, patient
from tests.unit.consent.writing.within import version, within

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
COUNTS = Verdict(True)
CENTER, OTHER, COUNCIL = "Organization/center", "Organization/other", "Organization/council"


def word(*to: str, **elements: Any) -> Json:
    said: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "subject": ref("Patient/1")}
    return said | {"sender": ref(CENTER), "recipient": [ref(each) for each in to]} | elements


def told(
    town: Town, record: Json, who: Actor = P, *, already: bool = False, turns: bool = True, judged: Verdict = COUNTS
) -> list[tuple[str, ...]]:
    """Who keeps each letter, and to whom it is, as this record becomes a mistake."""
    laid(
        town,
        *([] if town.stored("Patient") else [Record(patient("1"), CENTER, "")]),
        Record(record, CENTER, "", judged),
    )
    stood = version(town, f"{record['resourceType']}/{record['id']}")
    marked = replace(stood, terms=tuple(sorted({*stood.terms, MISTAKEN})))

    async def work(unit: UnitOfWork) -> list[Version]:
        now = replace(marked if turns else stood, number=2)
        return await mistake_notices.settled(unit, marked if already else stood, now)

    found = []
    for each in within(town, who, work):
        body = orjson.loads(each.body)
        assert body["about"] == [ref(stood.reference)]
        to = [one["reference"] for one in body["recipient"]]
        found.append((envelope.value(each.terms, ".custodian"), *to))
    return sorted(found)


def test_to_each_that_it_was_sent_to_but_the_writer_s_own_and_who_keeps_it(town: Town) -> None:
    assert told(town, word(OTHER, COUNCIL, CENTER)) == [(COUNCIL, COUNCIL), (OTHER, OTHER)]


def test_who_keeps_it_is_not_told_by_another_who_marks_it(town: Town) -> None:
    assert told(town, word(OTHER, COUNCIL), Q) == [(COUNCIL, COUNCIL)]


@pytest.mark.parametrize(("already", "turns"), [(True, True), (False, False), (True, False)])
def test_as_it_becomes_one_and_not_before_or_again(town: Town, already: bool, turns: bool) -> None:
    assert told(town, word(OTHER), already=already, turns=turns) == []


def test_a_request_that_does_not_count_was_received_by_nobody(town: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/1"), "requester": ref(CENTER), "owner": ref(OTHER)}
    assert told(town, task, judged=Verdict()) == []
    assert told(town, task | {"id": "u"}) == [(OTHER, OTHER)]


def test_posts_of_one_agency_are_told_together_by_a_letter_that_it_keeps_and_a_person_by_name_by_none(
    town: Town,
) -> None:
    posted(town, "q2", "officer", "other")
    named = word("PractitionerRole/q", "PractitionerRole/q2", OTHER, "Practitioner/em", "Patient/1")
    assert told(town, named) == [("", "Practitioner/em"), (OTHER, OTHER, "PractitionerRole/q", "PractitionerRole/q2")]


def test_what_carries_no_person_names_none_in_the_letter(town: Town) -> None:
    bare = {name: said for name, said in word(OTHER).items() if name != "subject"}
    assert told(town, bare) == [(OTHER, OTHER)]
    (letter,) = [each for each in town.stored("Communication") if each.id != "w"]
    assert "subject" not in orjson.loads(letter.body)
