"""What is derived of a record: its envelope, what it is found by and its rows, of each version and of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from consent import derivation
from consent.derivation import Around, Record
from consent.verdict import Verdict
from profiles.spec import Spec
from resources.record.envelope import Envelope, Origin
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.relation import FOREVER, Relation, Row
from tests.laws.worlds import extension, index, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

AUTHOR, OTHER = "Practitioner/author", "Organization/other"
OURS = (f".custodian {CENTER}", f".author {AUTHOR}")
CONCERN: Json = {"resourceType": "Condition", "id": "c", "subject": ref("Patient/1")}
VISIT: Json = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": ref("Patient/4")}
DELETED: Json = {}
MARKED: Json = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
LIST: Json = {"resourceType": "Group", "id": "g"}


def nothing(name: str) -> None:
    return None


def at(number: int) -> str:
    return f"2026-04-0{number}T00:00:00.000Z"


def version(number: int, body: Json, *terms: str, since: str = "", of: Json = CONCERN) -> Version:
    """A version as it lies, with those of its terms that no body tells."""
    written = orjson.dumps(body) if body else b""
    return Version(of["resourceType"], of["id"], number, since or at(number), not body, written, tuple(sorted(terms)))


def derived(*versions: Version, **around: Any) -> Record:
    return derivation.of_record(
        index(), versions, Around(around.pop("look", nothing), around.pop("known", nothing), **around)
    )


def own(made: Record, number: int) -> set[str]:
    """The terms of a version, but for its search terms and what each version of the concern says."""
    return {one for one in made.terms[number] if one.startswith(".")} - {".type Condition", ".id Condition/c", *OURS}


def found(made: Record, number: int) -> set[str]:
    return {one for one in made.terms[number] if not one.startswith(".")}


# --- one version -----------------------------------------------------------------------------------------------------


def test_a_version_has_its_envelope_and_its_search_terms() -> None:
    made = derived(version(1, CONCERN, *OURS))
    assert list(made.terms) == [1]
    assert own(made, 1) == {".subject Patient/1", f".writer {AUTHOR}"}
    assert {*OURS, ".type Condition", ".id Condition/c"} <= set(made.terms[1])
    assert found(made, 1) == index().terms(CONCERN) != set()
    assert made.terms[1] == tuple(sorted(made.terms[1]))
    assert not made.rows
    assert not made.may
    assert made.handed == {".subject Patient/1"}


def test_who_wrote_the_first_is_its_author_where_nobody_said_and_of_later_ones_it_is_not_known() -> None:
    first, second = version(1, CONCERN), version(2, CONCERN)
    origin = Origin(CENTER, AUTHOR)
    assert derivation.written_by(first, origin) == (AUTHOR, False, frozenset(), frozenset())
    assert derivation.written_by(second, origin) == ("", False, frozenset(), frozenset())
    said = version(1, CONCERN, ".writer Practitioner/w", ".masked yes", ".unsent /note", ".checked /code")
    assert derivation.written_by(said, origin) == ("Practitioner/w", True, frozenset({"/note"}), frozenset({"/code"}))


def test_what_no_body_tells_is_taken_over() -> None:
    told = [".writer Practitioner/w", ".masked yes", ".unsent /note", ".checked /code"]
    told += [f".taker {OTHER}", ".worded 2026-03-01", ".counts yes", ".honoured *", ".fixed Group/g"]
    made = derived(version(1, CONCERN, *OURS, *told))
    assert own(made, 1) == {".subject Patient/1", *told}


def test_of_a_version_that_is_derived_alone_the_verdict_is_beside_its_envelope() -> None:
    around = Around(nothing, nothing, frozenset({"Patient/2"}))
    made = derivation.of(CONCERN, Origin(CENTER, ""), around, standing=Verdict(True, fixed=frozenset({"Group/g"})))
    assert made.terms == tuple(sorted(made.terms))
    assert set(made.terms) == made.envelope.terms() | {".counts yes", ".fixed Group/g"}
    assert made.envelope.subjects == {"Patient/1", "Patient/2"}
    assert (made.envelope.writer, made.envelope.masked, made.envelope.closed) == ("", False, frozenset())


def test_what_belongs_to_a_record_is_as_closed_as_that() -> None:
    closed = Envelope("Condition", "Condition/c", Origin(CENTER, ""), labels=frozenset({"secret|V"}), mistaken=True)
    proof: Json = {"resourceType": "Provenance", "id": "p", "target": [ref("Condition/c")]}
    known = {"Condition/c": closed}.get
    made = derivation.of(proof, Origin(CENTER, ""), Around(nothing, known))
    assert made.envelope.closed == {".label secret|V", MISTAKEN}
    other = CONCERN | {"id": "d", "basedOn": [ref("Condition/c")]}
    assert derivation.of(other, Origin(CENTER, ""), Around(nothing, known)).envelope.closed == frozenset()
    first = proof | {"target": [ref("Condition/d")]}
    past = derived(version(1, first, *OURS, of=proof), version(2, proof, *OURS, of=proof), known=known)
    assert {".label secret|V", MISTAKEN} <= set(past.terms[1]) & set(past.terms[2])


# --- deletions -------------------------------------------------------------------------------------------------------


def test_a_deletion_keeps_whom_it_was_about_and_is_found_by_nothing() -> None:
    before = (
        ".open yes",
        ".writer Practitioner/a",
        ".masked yes",
        ".unsent /a",
        ".checked /b",
        ".taker X",
        ".worded t",
    )
    kept = (".custodian C", ".subject Patient/1", ".type Condition")
    assert derivation.of_deleted((*before, *kept, "code a|b"), "Practitioner/w") == (
        ".custodian C",
        ".subject Patient/1",
        ".type Condition",
        ".writer Practitioner/w",
    )
    assert derivation.of_deleted((*before, *kept), "") == kept


def test_of_a_record_that_is_deleted_every_version_is_told() -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "for": ref("Patient/1")}
    made = derived(version(1, task, *OURS, of=task), version(2, DELETED, ".writer Practitioner/w", *OURS, of=task))
    assert {".open yes", f".writer {AUTHOR}"} <= set(made.terms[1])
    assert set(made.terms[2]) == {
        ".type Task",
        ".id Task/t",
        ".subject Patient/1",
        ".of Patient/1",
        ".writer Practitioner/w",
        *OURS,
    }


# --- whom it is about ------------------------------------------------------------------------------------------------


def test_past_versions_are_about_whom_the_record_is_about_now_and_later_ones_about_all_before() -> None:
    other = CONCERN | {"subject": ref("Patient/2"), "encounter": ref("Group/g")}
    made = derived(version(1, CONCERN, *OURS), version(2, other, *OURS), version(3, DELETED, *OURS))
    about = {".subject Patient/1", ".subject Patient/2", ".household Group/g"}
    assert own(made, 1) == about | {f".writer {AUTHOR}"}
    assert own(made, 2) == own(made, 3) == about
    assert made.handed == about
    assert found(made, 1) == index().terms(CONCERN)


def test_whom_an_older_generation_named_the_record_stays_about() -> None:
    made = derived(version(1, CONCERN, ".kept Patient/8", *OURS), version(2, CONCERN, ".kept Group/k", *OURS))
    about = {".subject Patient/1", ".subject Patient/8", ".household Group/k"}
    assert own(made, 1) == about | {".kept Patient/8", f".writer {AUTHOR}"}
    assert own(made, 2) == about | {".kept Group/k"}
    assert made.handed == about


def test_who_had_left_what_it_is_of_before_it_was_last_written_is_taken_by_name() -> None:
    on = CONCERN | {"encounter": ref("Encounter/e")}
    gone = {
        "Encounter/e": [("Patient/5", at(1)), ("Patient/6", at(2)), ("Patient/7", at(3))],
        "Encounter/x": [("Patient/9", "")],
    }

    def left(name: str) -> Iterable[tuple[str, str]]:
        return gone.get(name, ())

    made = derived(version(1, on, *OURS), version(2, on, *OURS), version(3, DELETED, *OURS), left=left)
    assert made.may == {".subject Patient/5", ".subject Patient/6", ".subject Patient/7"}
    assert made.handed == {".subject Patient/1", ".subject Patient/5"}
    assert all(".subject Patient/5" in made.terms[number] for number in (1, 2, 3))
    assert not any(".subject Patient/6" in made.terms[number] for number in (1, 2, 3)), "who left with it is followed"
    assert derived(version(1, on, *OURS), left=left).handed == {".subject Patient/1"}


def test_a_record_is_about_whom_what_it_is_of_is_about() -> None:
    known = {"Encounter/e": Envelope("Encounter", "Encounter/e", Origin(OTHER, ""), frozenset({"Patient/4"}))}.get
    made = derived(version(1, CONCERN | {"encounter": ref("Encounter/e")}, *OURS), known=known)
    assert own(made, 1) >= {".subject Patient/4", ".of Encounter/e"}


def test_each_version_has_its_own_keeper() -> None:
    first = version(1, CONCERN, *OURS, f".taker {OTHER}")
    made = derived(first, version(2, CONCERN, f".custodian {OTHER}", f".author {AUTHOR}"))
    assert f".custodian {CENTER}" in made.terms[1]
    assert {f".custodian {OTHER}", f".author {AUTHOR}"} <= set(made.terms[2])
    assert f".custodian {CENTER}" not in made.terms[2]


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_what_is_a_mistake_now_is_one_in_every_version_and_what_is_none_by_now_in_none() -> None:
    wrong = derived(version(1, CONCERN, *OURS), version(2, CONCERN | {"verificationStatus": WRONG}, *OURS))
    assert all(MISTAKEN in wrong.terms[number] for number in (1, 2))
    back = derived(version(1, CONCERN | {"verificationStatus": WRONG}, *OURS), version(2, CONCERN, *OURS))
    assert not any(MISTAKEN in back.terms[number] for number in (1, 2))


WRONG: Json = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]
}


def test_whom_a_version_names_by_mistake_it_alone_names() -> None:
    both = CONCERN | {"evidence": [{"detail": [ref("Patient/3"), ref("Group/h")]}]}
    misnamed = (".misnamed Patient/3", ".misnamed Group/h")
    made = derived(version(1, both, *OURS, *misnamed), version(2, CONCERN, *OURS))
    about = {".subject Patient/1"}
    assert own(made, 1) == about | {
        ".subject Patient/3",
        ".household Group/h",
        *misnamed,
        MISTAKEN,
        f".writer {AUTHOR}",
    }
    assert own(made, 2) == made.handed == about


# --- secrecy ---------------------------------------------------------------------------------------------------------

PERSON: Json = {"resourceType": "Patient", "id": "1", "birthDate": "1980-01-01", "address": [{"city": "岡山市"}]}
PERSON |= {"telecom": [{"system": "phone", "value": "090-0000-0000"}]}


def test_what_is_about_a_protected_person_is_found_by_what_is_harmless_alone() -> None:
    every, harmless = derivation.search(index(), PERSON), derivation.search(index(), PERSON, secret=True)
    assert every == index().terms(PERSON)
    assert set() < harmless < every
    assert not any("岡山市" in one or "090" in one for one in harmless)
    asked = []

    def secret(terms: Any) -> bool:
        asked.append(set(terms))
        return True

    made = derived(version(1, PERSON, *OURS, of=PERSON), secret=secret)
    assert found(made, 1) == harmless
    assert ".secluded yes" in made.terms[1]
    assert [".subject Patient/1" in each for each in asked] == [True]
    open_ = derived(version(1, PERSON, ".secluded yes", *OURS, of=PERSON))
    assert found(open_, 1) == every
    assert ".secluded yes" not in open_.terms[1]


def test_all_that_a_version_is_found_by_is_of_its_envelope_and_of_its_search() -> None:
    before = (".type X", ".secluded yes", "code a|b")
    assert derivation.found_by(before, ("code c|d",), secret=False) == (".type X", "code c|d")
    assert derivation.found_by(before, ("code c|d",), secret=True) == (".secluded yes", ".type X", "code c|d")


def test_the_instant_of_a_version_is_said_by_its_date_alone() -> None:
    terms = derivation.dated(index(), "Patient", at(1))
    assert terms
    assert all(one.startswith("_lastUpdated") for one in terms)
    assert terms != derivation.dated(index(), "Patient", at(2))


# --- rows ------------------------------------------------------------------------------------------------------------


def members(*ids: str) -> Json:
    return LIST | {"member": [{"entity": ref(f"Patient/{one}")} for one in ids]}


def row(to: str, since: int, ended: int | None, number: int) -> Row:
    relation = Relation("member", "Group/g", f"Patient/{to}")
    return Row(relation, at(since), at(ended) if ended else FOREVER, "Group/g", number)


def test_a_row_is_from_the_version_that_began_to_say_so_until_the_one_that_does_not() -> None:
    bodies = [members("1", "2"), members("2", "3"), DELETED, members("2")]
    versions = [version(number, body, *OURS, of=LIST) for number, body in enumerate(bodies, 1)]
    expected = {row("1", 1, 2, 1), row("2", 1, 3, 1), row("3", 2, 3, 2), row("2", 4, None, 4)}
    assert derived(*versions).rows == expected
    assert derivation.rows(versions, {each.number: () for each in versions}) == expected


TO_OTHER = {"type": "permit", "actor": [{"role": IRCP, "reference": ref(OTHER)}]}
CONSENT = consent("p", provision=TO_OTHER)


def test_what_other_papers_ended_of_a_consent_ends_its_rows_without_a_version_of_it() -> None:
    counts = (".counts yes", ".honoured *")

    def spans(*versions: Version) -> set[tuple[str, str, int]]:
        return {(each.since, each.ended, each.number) for each in derived(*versions).rows}

    first = version(1, CONSENT, *OURS, *counts, of=CONSENT)
    assert spans(first) == {(at(1), FOREVER, 1)}
    replaced = version(1, CONSENT, *OURS, *counts, f".replaced {at(3)} all", of=CONSENT)
    assert spans(replaced) == {(at(1), at(3), 1)}
    before = version(2, CONSENT, *OURS, *counts, f".replaced {at(1)} all", of=CONSENT)
    assert spans(replace(first, body=CLOSED), before) == set(), "it was ended before this one was written"


CLOSED = orjson.dumps(CONSENT | {"status": "inactive"})


def test_a_row_that_would_begin_and_end_at_once_never_was() -> None:
    aged = f".aged {at(3)} 2027-01-01T00:00:00.000Z"
    first = version(1, CONSENT, *OURS, ".counts yes", ".honoured *", aged, of=CONSENT)
    assert {(each.since, each.ended, each.relation.until) for each in derived(first).rows} == {
        (at(1), at(3), FOREVER),
        (at(3), FOREVER, "2027-01-01T00:00:00.000Z"),
    }
    twice = f".aged {at(2)} 2028-01-01T00:00:00.000Z"
    later = version(1, CONSENT, *OURS, ".counts yes", ".honoured *", aged, twice, of=CONSENT, since=at(4))
    assert {(each.since, each.ended, each.relation.until) for each in derived(later).rows} == {
        (at(4), FOREVER, "2027-01-01T00:00:00.000Z")
    }, "what ended it before it was written is in it from the first"
    ended = version(2, CONSENT | {"status": "inactive"}, *OURS, of=CONSENT, since=at(3))
    assert {(each.since, each.ended) for each in derived(first, ended).rows} == {(at(1), at(3))}


# --- its generation --------------------------------------------------------------------------------------------------


def test_a_generation_is_another_where_something_else_is_derived(spec: Spec) -> None:
    said = derivation.generation(spec)
    assert said
    assert said == derivation.generation(spec)
    fewer: Mapping[str, Any] = {type: each for type, each in spec.search.items() if type != "Patient"}
    assert derivation.generation(replace(spec, search=fewer)) != said
