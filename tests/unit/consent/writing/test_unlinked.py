"""What was shown of a merge and is sent back with a Patient is left out of what is written, and no other link is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.writing import unlinked
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, Prepared, prepared
from tests.laws.worlds import ref
from tests.unit.consent.acts.merges import ask, undo
from tests.unit.consent.town import Town, actor, patient, taken_on
from tests.unit.consent.writing.within import found, within

P, Q = actor("p"), actor("q")
Json = dict[str, Any]


def link(name: str, kind: str) -> Json:
    return {"other": ref(name), "type": kind}


OWN = link("RelatedPerson/r", "seealso")
OF_2, OF_3 = link("Patient/2", "replaced-by"), link("Patient/3", "replaces")


@pytest.fixture
def merged(town: Town) -> Town:
    """The first person's Patient is replaced by the second's, and replaces the third's; the other agency reads it."""
    related: Json = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/9")}
    town.write(P, patient("9"), related, patient("1", link=[OWN]), patient("2"), patient("3"), patient("4"))
    taken_on(town)
    ask(town, P, "3", "1")
    ask(town, P, "1", "2")
    return town


def left(town: Town, who: Actor, sent: Json, *, new: bool = False) -> Prepared:
    async def work(unit: UnitOfWork) -> Prepared:
        change = Change("update", "Patient", "1", orjson.dumps(sent))
        before = None if new else await found(unit.tx, "Patient/1")
        return await unlinked.left_out(unit, prepared(unit.engine, change), before)

    return within(town, who, work)


def links(town: Town, who: Actor, *sent: Json) -> Any:
    made = left(town, who, patient("1", gender="female", link=list(sent)))
    said = [{key: each[key] for key in each if key != "link"} for each in (made.sent, made.resource)]
    assert said == [patient("1", gender="female")] * 2, "all else stands"
    assert made.sent.get("link") == made.resource.get("link")
    return made.sent.get("link")


def test_those_are_left_out_that_its_writer_is_shown_and_their_order_does_not_matter(merged: Town) -> None:
    assert merged.read(P, "Patient/1")["link"] == [OWN, OF_2, OF_3]
    assert links(merged, P, OF_2, OWN, OF_3) == [OWN]
    assert links(merged, P, OF_3) is None
    assert links(merged, P, OF_2, OF_3) is None
    assert links(merged, P, OWN) == [OWN]


def test_any_other_is_as_it_was_sent(merged: Town) -> None:
    for other in (link("Patient/2", "replaces"), link("Patient/4", "replaced-by"), link("Patient/2", "refer")):
        assert links(merged, P, other, OF_2) == [other]
        assert links(merged, P, other) == [other]
    alone = left(merged, P, patient("1"))
    assert "link" not in alone.sent
    assert left(merged, P, patient("1", link=[OF_2]), new=True).sent["link"] == [OF_2], "a new record has none"


def test_who_is_not_shown_a_merge_guesses_it_in_vain(merged: Town) -> None:
    assert "link" not in merged.read(Q, "Patient/1")
    assert links(merged, Q, OF_2, OWN, OF_3) == [OF_2, OWN, OF_3]


def test_what_is_two_again_is_shown_no_more(town: Town) -> None:
    town.write(P, patient("1"), patient("2"))
    done = ask(town, P, "1", "2")
    assert links(town, P, OF_2) is None
    undo(town, P, done)
    assert links(town, P, OF_2) == [OF_2]
