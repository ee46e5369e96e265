"""The words that rules speak of by name are concepts of ours, of HL7's or of R4's, and sets of them are whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from consent import vocabulary
from profiles import served
from profiles.spec import Spec
from resources.record import codes_said, coding

HL7 = "http://terminology.hl7.org/CodeSystem/"
PURPOSES = {
    "CAREMGT": vocabulary.CARE_MANAGEMENT,
    "COC": vocabulary.COORDINATION_OF_CARE,
    "PATRQT": vocabulary.PATIENT_REQUEST,
    "BTG": vocabulary.BREAK_THE_GLASS,
    "support-conference": vocabulary.SUPPORT_CONFERENCE,
    "audit-review": vocabulary.AUDIT_REVIEW,
    "statistics": vocabulary.STATISTICS,
    "installation": vocabulary.INSTALLATION,
}
STATUSES = {"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"}
"""The codes of https://hl7.org/fhir/R4/valueset-task-status.html in which a Task is not over."""


def words() -> Iterator[tuple[str, str]]:
    """Every word, by the name under which rules speak of it."""
    for name, said in vars(vocabulary).items():
        if name.isupper() and not name.startswith("_") and name != "ACT_REASON":
            yield from ((name, each) for each in ([said] if isinstance(said, str) else said))


def test_every_word_is_a_concept_or_a_type(spec: Spec) -> None:
    roles = {each.code for each in spec.concepts(f"{coding.BASE}/CodeSystem/role")}
    types = frozenset[str]().union(*served.kinds().values())
    found = list(words())
    assert len(found) > 200
    for name, word in found:
        system, bar, code = word.rpartition("|")
        if system.startswith(coding.BASE):
            assert code in {each.code for each in spec.concepts(system)}, name
        elif not bar and word != codes_said.UNTOLD:
            assert word in roles | types | STATUSES, name
        else:
            assert system.startswith(HL7) or word == codes_said.UNTOLD, name


@pytest.mark.parametrize("code", PURPOSES)
def test_a_purpose_is_told_by_its_code_and_by_its_system(code: str) -> None:
    purpose = PURPOSES[code]
    system, _, bare = purpose.rpartition("|")
    assert bare == code
    assert system == (f"{HL7}v3-ActReason" if code.isupper() else f"{coding.BASE}/CodeSystem/purpose-of-use")
    assert vocabulary.purpose(code) == vocabulary.purpose(purpose) == purpose
    assert vocabulary.coded_purpose(system, code) == purpose
    assert vocabulary.coded_purpose("urn:other", code) == vocabulary.coded_purpose("", code) == ""
    assert vocabulary.purpose_code(purpose) == vocabulary.purpose_code(code) == code
    assert (purpose in vocabulary.OWN_PURPOSES) == (not code.isupper())


def test_what_is_no_purpose_of_ours_is_one_of_hl7_s_and_what_is_empty_is_none() -> None:
    assert vocabulary.purpose("TREAT") == f"{HL7}v3-ActReason|TREAT"
    assert vocabulary.purpose("case") == f"{HL7}v3-ActReason|case"
    assert vocabulary.purpose("urn:x|y") == "urn:x|y"
    assert vocabulary.purpose("") == vocabulary.coded_purpose("", "") == ""


def test_sets_of_words_are_whole() -> None:
    kinds = served.kinds()
    assert kinds["casework"] == vocabulary.CASEWORK
    assert kinds["channels"] == vocabulary.CHANNELS
    assert kinds["directory"] | kinds["definitions"] == vocabulary.PUBLIC
    assert kinds["directory"] | kinds["staff"] == vocabulary.INSTALLED
    permitted = ("casework", "directory", "definitions", "staff", "channels", "trail")
    assert frozenset[str]().union(*(kinds[each] for each in permitted)) == vocabulary.SERVED
    told = {vocabulary.OVERLAP_NOTICE, vocabulary.MISTAKE_NOTICE, vocabulary.SIGHT_NOTICE}
    assert told | {vocabulary.CONSENT_NOTICE, vocabulary.CONSENT_ENDED} == vocabulary.NOTICES
    assert vocabulary.ASKING == STATUSES > vocabulary.TAKEN_ON
