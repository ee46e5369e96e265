"""Whom a record is about counts as far as the asker may read why, and whom it names as far as the asker is shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from consent.explaining import as_shown
from consent.explaining.insight import Insight
from consent.reading.reading import Reading
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
CENTER, OTHER = "Organization/center", "Organization/other"
LETTERS = {"system": "http://hl7.org/fhir/resource-types", "code": "Communication"}


def left_out(town: Town, name: str, *more: str, less: Iterable[str] = (), who: Any = P) -> set[str]:
    """What of the envelope of a record is left out for this asker, where it says this besides and that not."""

    async def look() -> tuple[Version, Version]:
        async with town.store.snapshot() as view:
            found = await view.get(*name.split("/"), within=EVERYTHING)
            assert found
            terms = replace(found, terms=tuple(sorted({*found.terms, *more} - set(less))))
            knowing = Insight(await Reading.begin(town.gate.engine, view, who))
            (shown,) = await as_shown.of(knowing, view, [terms])
            return terms, shown

    before, after = town.run(look())
    assert replace(after, terms=before.terms) == before, "nothing else is changed"
    assert list(after.terms) == [each for each in before.terms if each in set(after.terms)]
    return set(before.terms) - set(after.terms)


def envelope(town: Town, name: str) -> set[str]:
    """The envelope of a record as it is stored."""
    type = name.partition("/")[0]
    [found] = [each for each in town.stored(type) if each.reference == name]
    return set(found.terms)


def letter(id: str, *about: str, **elements: Any) -> Json:
    said = {"resourceType": "Communication", "id": id, "status": "completed", "about": [ref(each) for each in about]}
    return said | elements


@pytest.fixture
def kept(town: Town) -> Town:
    """Two persons and a household of the center, and a third person of the other agency."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), concern("d", "2"))
    town.write(Q, patient("9"))
    return town


def test_of_whom_the_record_names_nobody_is_left_out(kept: Town) -> None:
    assert left_out(kept, "Condition/c") == left_out(kept, "Group/g") == left_out(kept, "Patient/1") == set()


def test_a_person_and_a_household_that_nothing_shown_names_are_left_out_as_whom_it_is_about_alone(kept: Town) -> None:
    foreign = (".subject Patient/9", ".household Group/x")
    kept_so = ("subject Patient/9", ".of Condition/none", ".custodian Patient/9")
    assert left_out(kept, "Condition/c", *foreign, *kept_so) == set(foreign)
    assert left_out(kept, "Condition/c", ".party Patient/9", ".subject Patient/9") == {
        ".party Patient/9",
        ".subject Patient/9",
    }
    assert left_out(kept, "Condition/c", ".party Patient/9") == set(), "a party is no one whom it is about"


def test_whom_a_record_is_of_says_whom_it_is_about_as_far_as_the_asker_reads_it(kept: Town) -> None:
    kept.write(P, letter("w", "Condition/c"), letter("v", "Communication/w"))
    about = (".subject Patient/1",)
    assert ".of Condition/c" in envelope(kept, "Communication/w")
    assert left_out(kept, "Communication/w", *about) == set()
    assert left_out(kept, "Communication/v", *about, ".of Communication/w") == set(), "through a chain"
    assert left_out(kept, "Communication/w", *about, less=[".of Condition/c"]) == set(about)
    kept.sign(P, consent("a", provision=consent("a")["provision"] | {"class": [LETTERS]}))
    assert kept.reads(Q, "Communication/w")
    assert left_out(kept, "Communication/w", *about, who=Q) == set(about), "the concern is not theirs to read"


def test_records_that_are_of_one_another_are_gone_through_once(kept: Town) -> None:
    kept.write(P, letter("w", "Communication/v", "Condition/c"), letter("v", "Communication/w"))
    kept.write(P, letter("x", "Communication/w"))
    assert ".of Communication/v" in envelope(kept, "Communication/w")
    assert ".of Communication/w" in envelope(kept, "Communication/v")
    for name in ("Communication/v", "Communication/w", "Communication/x"):
        assert left_out(kept, name, ".subject Patient/1", ".subject Patient/2") == {".subject Patient/2"}


def test_what_is_named_beside_does_not_say_whom_it_is_about(kept: Town) -> None:
    """The household that a concern is of has members; whom else it names leads to nobody."""
    kept.write(P, concern("e", "1", evidence=[{"detail": [ref("Condition/d")]}]))
    led = [each for each in envelope(kept, "Condition/e") if each.startswith((".of ", ".subject Patient/2"))]
    assert left_out(kept, "Condition/e", ".subject Patient/2", less=led) == {".subject Patient/2"}


def relative(town: Town) -> None:
    """Of the first person a relative, who is the second one; a record names them."""
    kin = {"resourceType": "RelatedPerson", "id": "k", "patient": ref("Patient/1")}
    linked = {"link": [{"other": ref("RelatedPerson/k"), "type": "seealso"}], "meta": {"versionId": "1"}}
    town.write(P, kin, patient("2", **linked))
    town.write(P, concern("k", "1", asserter=ref("RelatedPerson/k")))


def test_a_patient_who_says_to_be_the_relative_named_is_whom_it_is_about_to_who_reads_them(kept: Town) -> None:
    relative(kept)
    both = (".subject Patient/1", ".subject Patient/2")
    assert left_out(kept, "Condition/k", *both) == set()
    assert left_out(kept, "Condition/c", ".subject Patient/2") == {".subject Patient/2"}, "it names no relative"
    kept.sign(P, consent("a"))
    assert left_out(kept, "Condition/c", *both, who=Q) == {".subject Patient/2"}
    assert left_out(kept, "Condition/k", *both, who=Q) == {".subject Patient/2"}, "whose record is not theirs to read"


def test_a_relative_named_leads_to_whose_relative_they_are(kept: Town) -> None:
    relative(kept)
    kept.write(P, {"resourceType": "RelatedPerson", "id": "z", "patient": ref("Patient/2")})
    kept.write(P, concern("z", "1", asserter=ref("RelatedPerson/z")))
    assert left_out(kept, "Condition/z", ".subject Patient/2") == set()


def test_whom_a_masked_record_names_without_showing_it_is_no_party_to_the_asker(kept: Town) -> None:
    """Of a protected person (D1): the agency that helps them tells where they are."""
    kept.sign(P, consent("a"))
    assert f".party {OTHER}" in envelope(kept, "Consent/a")
    assert left_out(kept, "Consent/a", ".party Organization/taken-from-elsewhere") == set()
    kept.protect(P, "Patient/1", "HealthcareService/desk")
    assert left_out(kept, "Consent/a", f".party {CENTER}") == {f".party {OTHER}"}, "who keeps the paper is shown"
