"""What a wording grants and withholds: what grants must certainly describe the record, what withholds may do so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from consent.provision import provisions, wording
from consent.provision.coverage import SILENCE, Coverage, Named, coverage
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.vocabulary import purpose as reason
from resources.record.envelope import LABEL
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Around, Relation, Stored
from tests.laws.worlds import CONFIDENTIALITY, V3, concept, ref
from tests.unit.consent.people import around, row, terms
from tests.unit.consent.provision.test_provisions import consent, deny, for_, marked, of, permit, to

MOTHER, ME, FORMER, ELSE = "Patient/mother", "Organization/center", "PractitionerRole/former", "Organization/other"
NAMED = Named(frozenset({ME, EVERYBODY}), frozenset({ME, EVERYBODY, FORMER}))
GRANTS, WITHHOLDS, NEITHER, BOTH = (True, False), (False, True), (False, False), (True, True)
ACT = f"{V3}v3-ActCode"
OPTIN, OPTOUT = ({"policyRule": {"coding": [{"system": ACT, "code": code}]}} for code in ("OPTIN", "OPTOUT"))
Json = dict[str, Any]


def concern(*labels: Json, keeper: str = ME, **elements: Any) -> tuple[str, ...]:
    body = {"resourceType": "Condition", "subject": ref(MOTHER), "meta": {"security": list(labels)}} | elements
    return terms(body, keeper)


PLAIN = concern()


def says(
    body: Json,
    record: Sequence[str] = PLAIN,
    purpose: str = "CAREMGT",
    reached: Sequence[Json] = (),
    beside: Sequence[Json] = (),
    keeper: str = "",
) -> tuple[bool, bool]:
    """Whether a consent grants a record to the center, and whether it withholds it: by all types and by its own."""
    tag = wording.learn(wording.of(body, reached))
    tags = {tag, *(wording.learn(wording.of(each)) for each in beside)}
    papers = [(body, reached), *((each, ()) for each in beside)]
    world = around(
        *(
            row(each, f"Consent/{n}")
            for n, (paper, ended) in enumerate(papers)
            for each in provisions.relations(paper, ended)
        )
    )
    (type,) = (each.partition(" ")[2] for each in record if each.startswith(".type "))
    found = set()
    for of_type in ("", type):
        read = coverage(tag, reason(purpose), of_type)
        answers = [
            any(holds(condition, record, world) for condition in conditions)
            for conditions in (
                [each.grants(NAMED, tags, keeper) for each in read.grants],
                [each.withholds(NAMED, tags) for each in read.withholds],
            )
        ]
        found.add((answers[0], answers[1]))
    (one,) = found
    return one


def holds(condition: Predicate, record: Sequence[str], world: Any) -> bool:
    here = Around(Stored(record), world, MOTHER)
    return condition.matches(record, here)


def form(base: Json, **root: Any) -> Json:
    """A consent whose root is an exception to the base."""
    return consent(provision=root, **base)


@pytest.mark.parametrize(
    ("said", "asked", "permits", "denies"),
    [
        ("CAREMGT", "CAREMGT", True, True),
        ("HOPERAT", "CAREMGT", True, True),
        ("CAREMGT", "HOPERAT", False, True),
        ("TREAT", "CAREMGT", False, False),
        ("COC", "CAREMGT", False, False),
    ],
)
def test_a_purpose_reaches_those_below_it_and_a_wider_one_may_mean_it(
    said: str, asked: str, permits: bool, denies: bool
) -> None:
    for purposes in (for_(said), for_("HRESCH", said)):
        assert says(permit(purpose=purposes), purpose=asked) == (permits, False)
        assert says(deny(purpose=purposes), purpose=asked) == (False, denies)
        assert says(permit(provision=[{"type": "deny", "purpose": purposes}]), purpose=asked) == (not denies, denies)
        assert says(deny(provision=[{"type": "permit", "purpose": purposes}]), purpose=asked) == (permits, not permits)


DEBTS = [concept("concern-field", "debts")]


@pytest.mark.parametrize(
    ("record", "certainly", "perhaps"),
    [
        (concern(code=DEBTS[0]), True, True),
        (concern(category=DEBTS), True, True),
        (concern(bodySite=DEBTS), False, True),
        (concern(code=concept("concern-field", "medical")), False, False),
        (PLAIN, False, False),
    ],
)
def test_a_code_stands_certainly_in_the_category_or_the_code_and_perhaps_wherever_else(
    record: tuple[str, ...], certainly: bool, perhaps: bool
) -> None:
    assert says(permit(code=DEBTS), record) == (certainly, False)
    assert says(deny(code=DEBTS), record) == (False, perhaps)
    assert says(permit(provision=[{"type": "deny", "code": DEBTS}]), record) == (not perhaps, perhaps)
    assert says(deny(provision=[{"type": "permit", "code": DEBTS}]), record) == (certainly, not certainly)


PSY, SPI, SDV = ({"system": ACT, "code": code} for code in ("PSY", "SPI", "SDV"))
UNTOLD = {"system": CONFIDENTIALITY, "code": "山"}


@pytest.mark.parametrize(
    ("said", "labels", "permits", "denies"),
    [
        (marked("R"), marked("R"), True, True),
        (marked("R"), marked("N"), True, False),
        (marked("R"), marked("V"), False, True),
        (marked("R"), [], False, False),
        ([PSY], [PSY], True, True),
        ([SPI], [PSY], True, True),
        ([PSY], [SPI], False, True),
        ([PSY], [SDV], False, False),
        ([PSY, SDV], [SDV], True, True),
        (marked("R"), [UNTOLD], False, True),
        (marked("R"), [*marked("R"), UNTOLD], False, True),
        ([PSY], [UNTOLD], False, True),
    ],
)
def test_a_label_reaches_down_where_it_permits_and_up_where_it_denies(
    said: list[Json], labels: list[Json], permits: bool, denies: bool
) -> None:
    """One of which nobody can tell what it means may be any: it is permitted by none, and denied by each."""
    record = concern(*labels)
    assert says(permit(securityLabel=said), record) == (permits, False)
    assert says(deny(securityLabel=said), record) == (False, denies)
    assert says(permit(provision=[{"type": "deny", "securityLabel": said}]), record) == (not denies, denies)
    assert says(deny(provision=[{"type": "permit", "securityLabel": said}]), record) == (permits, not permits)


def test_every_element_must_hold() -> None:
    record = concern(*marked("R"), code=DEBTS[0])
    whole: Json = {"class": of("Condition"), "code": DEBTS, "securityLabel": marked("R"), "purpose": for_("CAREMGT")}
    otherwise: Json = {
        "class": of("Task"),
        "code": [concept("concern-field", "medical")],
        "securityLabel": marked("L"),
        "purpose": for_("TREAT"),
    }
    assert says(permit(**whole), record) == GRANTS
    for element in whole:
        assert says(permit(**whole | {element: otherwise[element]}), record) == NEITHER
    assert says(deny(**whole), record) == WITHHOLDS
    otherwise["securityLabel"] = marked("V")
    for element in whole:
        assert says(deny(**whole | {element: otherwise[element]}), record) == NEITHER


INSTANCE = [{"meaning": "instance", "reference": ref("Condition/1")}]
ANOTHER = [{"meaning": "instance", "reference": ref("Condition/2")}]
SOME_OF_THEM = {"start": "2026-10-01", "end": "2026-10-31"}
DATED, UNDATED, LATER = concern(recordedDate="2026-10-15"), PLAIN, concern(recordedDate="2026-11-15")
OVERLAPPING = concern(recordedDate="2026")


@pytest.mark.parametrize(
    ("bound", "record", "permits", "denies"),
    [
        ({"data": INSTANCE}, PLAIN, True, True),
        ({"data": ANOTHER}, PLAIN, False, False),
        ({"dataPeriod": SOME_OF_THEM}, DATED, True, True),
        ({"dataPeriod": SOME_OF_THEM}, LATER, False, False),
        ({"dataPeriod": SOME_OF_THEM}, OVERLAPPING, False, True),
        ({"dataPeriod": SOME_OF_THEM}, UNDATED, False, True),
        ({"data": ANOTHER, "dataPeriod": SOME_OF_THEM}, DATED, False, False),
        ({"actor": to(ME)}, PLAIN, True, True),
        ({"actor": to(ELSE)}, PLAIN, False, False),
        ({"actor": to(FORMER)}, PLAIN, False, True),
        ({"actor": to(ME), "class": of("Task")}, PLAIN, False, False),
        ({"period": {"end": "2026-11-22"}}, PLAIN, False, False),
        ({"period": {"end": "2026-11-23"}}, PLAIN, True, True),
    ],
)
def test_what_speaks_of_some_alone_grants_what_it_certainly_and_withholds_what_it_perhaps_speaks_of(
    bound: Json, record: tuple[str, ...], permits: bool, denies: bool
) -> None:
    assert says(permit(**bound), record) == (permits, False)
    assert says(deny(**bound), record) == (False, denies)
    excepted = {"type": "deny", **bound}
    for exceptions in ([excepted], [{"type": "deny", "class": of("Task")}, excepted]):
        assert says(permit(provision=exceptions), record)[1] is denies
    allowed = {"type": "permit", **bound}
    for exceptions in ([allowed], [{"type": "permit", "class": of("Task")}, allowed]):
        assert says(deny(provision=exceptions), record) == (permits, not permits)


def test_an_exception_reaches_no_further_than_its_root() -> None:
    mine, others = {"actor": to(ME)}, {"actor": to(ELSE)}
    concerns = {"class": of("Condition")}
    for inner in ({}, mine, concerns):
        assert says(permit(**others, provision=[{"type": "deny", **inner}])) == NEITHER
        assert says(permit(**{"class": of("Task")}, provision=[{"type": "deny", **inner}])) == NEITHER
        assert says(deny(**others, provision=[{"type": "permit", **inner}])) == NEITHER
        assert says(deny(**{"class": of("Task")}, provision=[{"type": "permit", **inner}])) == NEITHER
        assert says(permit(**mine, provision=[{"type": "deny", **inner}])) in (WITHHOLDS, BOTH)
        assert says(deny(**mine, provision=[{"type": "permit", **inner}])) == GRANTS
    several = [{"type": "permit", **mine}, {"type": "permit", **others}]
    assert says(deny(provision=several)) == GRANTS, "one of several is enough"
    bound = permit(data=INSTANCE, provision=[{"type": "deny", "data": ANOTHER}])
    assert says(bound) == GRANTS


@pytest.mark.parametrize(
    ("root", "described"),
    [({"class": of("Condition")}, True), ({"class": of("Task")}, False), ({"actor": to(ELSE)}, False)],
)
def test_what_a_form_says_is_an_exception_to_its_base(root: Json, described: bool) -> None:
    """By the base everything is permitted, or refused, but for what the root says."""
    assert says(form(OPTIN, **root)) == ((True, True) if described else GRANTS)
    assert says(form(OPTOUT, **root)) == (GRANTS if described else WITHHOLDS)


@pytest.mark.parametrize(
    ("record", "surely", "maybe"), [(DATED, True, True), (LATER, False, False), (UNDATED, False, True)]
)
def test_of_a_base_what_is_bound_is_excepted_as_far_as_it_speaks(
    record: tuple[str, ...], surely: bool, maybe: bool
) -> None:
    assert says(form(OPTIN, dataPeriod=SOME_OF_THEM), record) == (True, maybe)
    assert says(form(OPTOUT, dataPeriod=SOME_OF_THEM), record) == (surely, not surely)


@pytest.mark.parametrize(("level", "reached"), [("N", True), ("R", True), ("V", False)])
def test_what_permits_by_a_label_and_what_ended_it_reach_down(level: str, reached: bool) -> None:
    record = concern(*marked(level))
    assert says(form(OPTOUT, securityLabel=marked("R")), record) == ((True, False) if reached else (False, True))
    assert says(permit(), record, reached=[{"type": "permit", "securityLabel": marked("R")}])[0] is not reached


def test_an_exception_to_the_exception_is_as_the_base_has_it() -> None:
    concerns, tasks = {"class": of("Condition")}, {"class": of("Task")}
    assert says(form(OPTIN, **concerns, provision=[{"type": "permit", **tasks}])) == BOTH
    assert says(form(OPTIN, **concerns, provision=[{"type": "permit", **concerns}])) == GRANTS
    assert says(form(OPTOUT, **concerns, provision=[{"type": "deny", **tasks}])) == GRANTS
    assert says(form(OPTOUT, **concerns, provision=[{"type": "deny", **concerns}]))[1] is True


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        ({}, False),
        ({"class": of("Condition")}, False),
        ({"class": of("Task")}, True),
        ({"code": DEBTS}, True),
        ({"purpose": for_("HOPERAT")}, False),
        ({"purpose": for_("TREAT")}, True),
        ({"securityLabel": marked("R")}, True),
        ({"actor": to(ME)}, False),
        ({"actor": to(FORMER)}, False),
        ({"actor": to(ELSE)}, True),
        ({"data": ANOTHER}, True),
        ({"data": INSTANCE}, False),
        ({"dataPeriod": SOME_OF_THEM}, False),
        ({"actor": to(ME), "class": of("Task")}, True),
    ],
)
def test_of_what_words_that_came_later_ended_nothing_is_granted_and_nothing_withheld_by_it(
    ended: Json, left: bool
) -> None:
    reached = [{"type": "permit", **ended}]
    for paper in (permit(), form(OPTIN, **{"class": of("Task")}), deny(provision=[{"type": "permit"}])):
        assert says(paper, reached=reached)[0] is left
        both = [{"type": "permit", "class": of("Task")}, *reached]
        assert says(paper, reached=both)[0] is left
    assert says(permit(), reached=reached)[1] is False


def test_a_row_counts_on_the_records_of_the_keeper_that_it_is_said_of() -> None:
    tag = wording.learn(wording.of(permit()))
    (clause,) = coverage(tag, reason("CAREMGT")).grants
    kept = around(row(Relation(CONSENT, MOTHER, ME, tag, keeper=ME), "Consent/1"))
    for keeper, granted in ((ME, True), (ELSE, False)):
        assert holds(clause.grants(NAMED, [tag], ".custodian"), concern(keeper=keeper), kept) is granted
        assert holds(clause.grants(NAMED, [tag]), concern(keeper=keeper), kept)
        assert holds(clause.withholds(NAMED, [tag]), concern(keeper=keeper), kept), "and withheld from everybody's"
    assert not holds(clause.grants(NAMED, ["other"]), PLAIN, kept)
    of_team = around(row(Relation(CONSENT, MOTHER, FORMER, tag), "Consent/1"))
    assert not holds(clause.grants(NAMED, [tag]), PLAIN, of_team), "a post that is held no more"
    assert holds(clause.withholds(NAMED, [tag]), PLAIN, of_team)


def test_an_exception_is_of_its_own_consent_and_of_no_other() -> None:
    excepting = permit(provision=[{"type": "deny", "actor": to(ME)}])
    elsewhere = permit(provision=[{"type": "deny", "actor": to(ELSE)}])
    assert says(elsewhere) == GRANTS
    assert says(elsewhere, beside=[excepting])[0] is True
    tag = wording.learn(wording.of(excepting))
    assert wording.tag(wording.of(elsewhere)) == tag, "they are worded alike"
    read = coverage(tag, reason("CAREMGT"))
    for bodies, withheld in (([excepting], True), ([elsewhere], False), ([elsewhere, excepting], True)):
        rows = [row(each, f"Consent/{n}") for n, body in enumerate(bodies) for each in provisions.relations(body)]
        assert any(holds(each.withholds(NAMED, [tag]), PLAIN, around(*rows)) for each in read.withholds) is withheld
    apart = [row(each, "Consent/1") for each in provisions.relations(elsewhere)]
    apart += [row(each, "Consent/2") for each in provisions.relations(excepting) if each.tag != tag]
    assert not any(holds(each.withholds(NAMED, [tag]), PLAIN, around(*apart)) for each in read.withholds)


def test_what_cannot_be_told_withholds_everything_from_everybody_it_may_mean() -> None:
    unknown = coverage("never learnt", reason("CAREMGT"))
    assert unknown.grants == ()
    for suffix in ("", ".b"):
        world = around(row(Relation(CONSENT, MOTHER, FORMER, f"never learnt{suffix}"), "Consent/1"))
        assert any(holds(each.withholds(NAMED, ["never learnt"]), PLAIN, world) for each in unknown.withholds)
    assert coverage(wording.REFUSAL, reason("CAREMGT")) == coverage(wording.REFUSAL, reason("TREAT"))
    assert says(deny()) == WITHHOLDS


def test_what_never_holds_is_not_said() -> None:
    def read(body: Json, purpose: str = "CAREMGT", type: str = "") -> Coverage:
        return coverage(wording.learn(wording.of(body)), reason(purpose), type)

    assert read(permit(purpose=for_("TREAT"))) == SILENCE == Coverage()
    assert read(permit(**{"class": of("Task")}), type="Condition") == SILENCE
    assert read(deny(purpose=for_("TREAT"))) == SILENCE
    assert read(permit(**{"class": of("Condition")}), type="Condition") == read(permit())
    tasks = {"class": of("Task"), "actor": to(ME)}
    assert read(permit(provision=[{"type": "deny", **tasks}]), type="Condition") == read(permit())
    assert read(deny(provision=[{"type": "permit", **tasks}]), type="Condition") == read(deny())
    by_base = read(form(OPTOUT, **tasks), type="Condition")
    assert (len(by_base.grants), len(by_base.withholds)) == (0, 1)
    assert by_base.withholds[0].besides == ()
    assert not by_base.withholds[0].unless


def test_of_records_without_a_label_what_asks_for_one_falls_away() -> None:
    def clauses(body: Json) -> Coverage:
        return coverage(wording.learn(wording.of(body)), reason("CAREMGT"))

    (labelled,) = clauses(permit(securityLabel=marked("R"))).grants
    assert labelled.lacking(LABEL) is None
    (plain,) = clauses(permit()).grants
    assert plain.lacking(LABEL) == plain
    excepting = clauses(permit(provision=[{"type": "deny", "securityLabel": marked("R"), "actor": to(ME)}]))
    (excepted,) = excepting.withholds
    assert excepted.lacking(LABEL) is None, "the exception is of labelled records alone"
    (granted,) = excepting.grants
    assert granted.lacking(LABEL) == granted
    base = clauses(form(OPTOUT, securityLabel=marked("R"), actor=to(ME)))
    (withheld,) = base.withholds
    bare = withheld.lacking(LABEL)
    assert bare is not None
    assert (bare.condition, bare.besides, bare.unless, bare.suffix) == (EVERYTHING, (), False, ".b")
    ended = [{"type": "permit", "securityLabel": marked("R"), "actor": to(ME)}]
    (barred,) = coverage(wording.learn(wording.of(permit(), ended)), reason("CAREMGT")).grants
    assert len(barred.bars) == 1
    unbarred = barred.lacking(LABEL)
    assert unbarred is not None
    assert unbarred.bars == ()
