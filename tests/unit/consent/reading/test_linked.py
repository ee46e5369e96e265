"""The other names of a person stand in their record as it is shown, to who may read both, and in no version of it."""

from __future__ import annotations

from typing import Any

import orjson

from tests.laws.worlds import ref
from tests.unit.consent.acts import merges
from tests.unit.consent.town import Town, actor, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


def link(name: str, kind: str) -> Json:
    return {"other": ref(name), "type": kind}


def test_who_reads_both_is_shown_each_link_of_the_one_and_of_the_other(town: Town) -> None:
    related: Json = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/9")}
    own = link("RelatedPerson/r", "seealso")
    town.write(P, patient("9"), related, patient("1", link=[own]), patient("2"), patient("3"))
    merges.ask(town, P, "3", "1")
    merges.ask(town, P, "2", "1")
    assert town.read(P, "Patient/1")["link"] == [own, link("Patient/2", "replaces"), link("Patient/3", "replaces")]
    assert town.read(P, "Patient/3")["link"][0] == link("Patient/1", "replaced-by")
    [found] = town.page(P, "Patient", ("_id", "1")).versions
    assert orjson.loads(found.body)["link"] == town.read(P, "Patient/1")["link"]
    stored = {row.id: orjson.loads(row.body) for row in town.stored("Patient")}
    assert stored["1"]["link"] == [own]
    assert "link" not in stored["2"]


def test_who_reads_one_of_them_is_shown_no_link(town: Town) -> None:
    town.write(P, patient("1"), patient("2"))
    town.sign(P, consent("a"))
    merges.ask(town, P, "2", "1")
    assert "link" not in town.read(Q, "Patient/1")
    assert "link" in town.read(P, "Patient/1")


def test_after_they_are_two_again_no_link_is_shown(town: Town) -> None:
    town.write(P, patient("1"), patient("2"))
    made = merges.ask(town, P, "2", "1")
    assert town.read(P, "Patient/2")["link"] == [link("Patient/1", "replaced-by")]
    merges.undo(town, P, made)
    assert "link" not in town.read(P, "Patient/1")
    assert "link" not in town.read(P, "Patient/2")
