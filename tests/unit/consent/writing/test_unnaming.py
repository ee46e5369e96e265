"""Whom a record named by mistake is let go of by all that was about them for no other reason, and by nothing else."""

from __future__ import annotations

from typing import Any

from consent.relations.contributions import MEMBER
from consent.writing import unnaming
from consent.writing.apart import NOBODY, STEP, Apart, Whom
from resources.record.mistake import MISNAMED, MISTAKEN
from resources.record.version import Version
from resources.search.relation import Relation
from tests.laws.worlds import index, ref
from tests.unit.consent.writing.lain import Lain

C, RIGHT, WRONG, G = "Condition/c", "Patient/1", "Patient/2", "Group/g"
ONE, TWO, HOME = f".subject {RIGHT}", f".subject {WRONG}", f".household {G}"
ABOUT: Any = {"subject": ref(WRONG)}


def handed(lain: Lain, name: str, of: str, *terms: str, **said: Any) -> None:
    """A record that is of another, about both of whom that was once about."""
    lain.put(name, ONE, TWO, f".of {of}", *terms, **{"focus": ref(of)} | said)


def misnamed(lain: Lain) -> Version:
    """A concern whose first version named somebody by mistake, and what is of it."""
    lain.put(C, ONE, TWO, **ABOUT)
    now = lain.put(C, ONE, TWO, subject=ref(RIGHT))
    handed(lain, "Task/t", C)
    handed(lain, "Task/u", "Task/t")
    handed(lain, "Task/y", C, ".of Task/z", focus=ref("Task/z"), basedOn=[ref(C)])
    handed(lain, "Task/z", "Task/y")
    return now


LET_GO = {"Task/t", "Task/u", "Task/y", "Task/z"}


def undone(
    lain: Lain, record: Version, *wrong: int, person: str = WRONG, apart: Apart | None = None
) -> tuple[set[str], set[Relation]]:
    return lain.do(lambda tx: unnaming.undone(tx, index(), record, wrong, person, apart))


def about(lain: Lain, *names: str, who: str = TWO) -> set[str]:
    """Which of these are about them in some version."""
    return {name for name in names if any(who in each for each in lain.terms(name))}


def test_what_was_about_them_by_the_record_alone_is_no_more_however_far_and_in_circles(lain: Lain) -> None:
    now = misnamed(lain)
    assert undone(lain, now, 1) == ({C, *LET_GO}, set())
    assert lain.terms(C) == [{ONE, TWO, MISTAKEN, f"{MISNAMED} {WRONG}"}, {ONE}], "the wrong version says what it said"
    assert about(lain, *LET_GO) == set()
    assert about(lain, *LET_GO, who=ONE) == LET_GO


def test_what_is_about_them_for_another_reason_stays_so_and_what_is_of_that(lain: Lain) -> None:
    lain.put("Condition/d", ONE, TWO, **ABOUT)
    lain.put("Condition/e", ".household Group/h")
    lain.put("Group/h", rows=[Relation(MEMBER, "Group/h", WRONG)])
    lain.put("Group/h")
    now = misnamed(lain)
    handed(lain, "Task/names", C, owner=ref(WRONG))
    handed(lain, "Task/kept", C, f".kept {WRONG}")
    handed(lain, "Task/other", C, basedOn=[ref("Condition/d")])
    handed(lain, "Task/left", C, basedOn=[ref("Condition/e")])
    handed(lain, "RelatedPerson/r", C)
    handed(lain, "RelatedPerson/s", C)
    lain.put(WRONG, "link RelatedPerson/r")
    handed(lain, "Task/of-it", "Task/names", basedOn=[ref(C)])
    handed(lain, "Task/of-that", "Task/of-it")
    handed(lain, "Task/named-once", C, owner=ref(WRONG))
    handed(lain, "Task/named-once", C)
    handed(lain, "Task/unsaid", C, f"{MISNAMED} {WRONG}", owner=ref(WRONG))
    handed(lain, "Task/unsaid", C)
    stay = {f"Task/{one}" for one in ("names", "kept", "other", "left", "of-it", "of-that", "named-once")}
    stay |= {"RelatedPerson/r"}
    assert undone(lain, now, 1)[0] == {C, *LET_GO, "RelatedPerson/s", "Task/unsaid"}
    assert about(lain, *stay) == stay
    assert lain.terms("Task/unsaid") == [{ONE, TWO, f".of {C}", f"{MISNAMED} {WRONG}"}, {ONE, f".of {C}"}]
    assert about(lain, "RelatedPerson/s", *LET_GO) == set()


def test_a_record_that_names_them_rightly_in_another_version_stays_about_them_with_all_that_is_of_it(
    lain: Lain,
) -> None:
    lain.put(C, ONE, TWO, **ABOUT)
    now = lain.put(C, ONE, TWO, **ABOUT)
    handed(lain, "Task/t", C)
    assert undone(lain, now, 1) == ({C}, set())
    assert about(lain, C, "Task/t") == {C, "Task/t"}
    assert TWO in lain.terms(C)[1]
    gone = lain.put("Condition/d", ONE, TWO, **ABOUT), lain.put("Condition/d", ONE, TWO, deleted=True)
    assert undone(lain, gone[1], 1) == ({"Condition/d"}, set())
    assert lain.terms("Condition/d")[1] == {ONE}


def test_where_there_are_more_than_have_room_they_are_let_go_after_it(lain: Lain) -> None:
    now = misnamed(lain)
    for id in "abcdef":
        lain.put(f"Task/{id}", ONE, f".of {C}", focus=ref(C))
    gone = Whom(gone=frozenset({(C, WRONG, WRONG)}))
    for room in (0, 1, 4):
        apart = Apart(room=room)
        assert undone(lain, now, 1, apart=apart) == ({C}, set())
        assert (apart.told, apart.hidden, apart.room) == (gone, NOBODY, room)
    later = Apart(later=gone)
    assert undone(lain, now, 1, apart=later) == ({C}, set())
    assert later.told == NOBODY
    assert about(lain, *LET_GO) == LET_GO
    assert lain.terms(C)[1] == {ONE, TWO}
    apart = Apart(room=5)
    assert undone(lain, now, 1, apart=apart)[0] == {C, *LET_GO}
    assert (apart.told, apart.room) == (NOBODY, 0)


def test_there_is_room_for_versions_of_one_or_for_records_and_every_version_counts(lain: Lain) -> None:
    lain.put(C, ONE, TWO, **ABOUT)
    now = lain.put(C, ONE, TWO)
    for _ in range(5):
        handed(lain, "Task/often", C)
    lain.put("Task/often", ONE, f".of {C}", focus=ref(C))
    apart = Apart(room=4)
    assert undone(lain, now, 1, apart=apart) == ({C}, set())
    assert apart.told
    assert undone(lain, now, 1, apart=Apart(room=5)) == ({C, "Task/often"}, set())
    assert about(lain, "Task/often") == set()
    lain.put("Task/once", ONE, TWO, f".of {C}", focus=ref(C))
    lain.put("Task/once", ONE, f".of {C}", focus=ref(C))
    assert "Task/once" in undone(lain, now, 1)[0], "it was about them in the past"


def test_a_record_of_many_versions_is_itself_let_go_after_it_unless_there_is_room_for_so_many(lain: Lain) -> None:
    lain.put(C, ONE, TWO, **ABOUT)
    for _ in range(STEP - 1):
        few = lain.put(C, ONE, TWO)
    assert undone(lain, few, 1, apart=Apart(room=1)) == ({C}, set())
    assert lain.terms(C)[1:] == [{ONE}] * (STEP - 1)
    handed(lain, "Condition/d", C, **ABOUT)
    for _ in range(STEP):
        many = lain.put("Condition/d", ONE, TWO)
    apart = Apart(room=STEP)
    undone(lain, many, 1, apart=apart)
    assert apart.told == Whom(gone=frozenset({("Condition/d", WRONG, WRONG)}))
    assert TWO in lain.terms("Condition/d")[1]
    undone(lain, many, 1, apart=Apart(room=STEP + 1))
    assert TWO not in lain.terms("Condition/d")[1]


def members(*persons: str, group: str = G) -> list[Relation]:
    return [Relation(MEMBER, group, one) for one in persons]


def rows(lain: Lain, group: str = G) -> set[str]:
    return {row.relation.to for row in lain.ask(lambda view: view.rows([(MEMBER, group)]))}


def test_who_was_never_in_a_household_leaves_no_row_there_and_what_was_about_it_meanwhile_is_not_about_them(
    lain: Lain,
) -> None:
    lain.put(G, ONE, TWO, rows=members(RIGHT, WRONG), member=[{"entity": ref(WRONG)}])
    now = lain.put(G, ONE, TWO, rows=members(RIGHT, "Patient/3"))
    lain.put("CarePlan/k", HOME, TWO)
    lain.put("CarePlan/other", ".household Group/h", TWO)
    handed(lain, "Task/k", "CarePlan/k")
    assert undone(lain, now, 1) == ({G, "CarePlan/k", "Task/k"}, set(members(WRONG)))
    assert rows(lain) == {RIGHT, "Patient/3"}
    assert about(lain, "CarePlan/k", "CarePlan/other", "Task/k") == {"CarePlan/other"}


def test_a_meeting_that_holds_them_as_one_of_that_household_holds_them_no_more(lain: Lain) -> None:
    now = lain.put(G, TWO, rows=members(WRONG), member=[{"entity": ref(WRONG)}])
    now = lain.put(G, TWO)
    lain.put("Group/h", rows=members(WRONG, group="Group/h"))
    fixed = {f".fixed {one}" for one in (G, RIGHT, WRONG)}
    lain.put("Encounter/m", *fixed)
    lain.put("Encounter/m", *fixed)
    lain.put("Encounter/past", *fixed)
    lain.put("Encounter/past")
    lain.put("Encounter/divided", *fixed, ".fixed Group/h")
    lain.put("Encounter/of-other", ".fixed Group/x", f".fixed {WRONG}")
    lain.put("Encounter/without", f".fixed {G}", f".fixed {RIGHT}")
    changed, gone = undone(lain, now, 1)
    assert changed == {G, "Encounter/m", "Encounter/past"}
    assert gone == {*members(WRONG), Relation("coordinated", WRONG, "*")}
    assert lain.terms("Encounter/m") == [fixed - {f".fixed {WRONG}"}] * 2
    assert f".fixed {WRONG}" in lain.terms("Encounter/divided")[0] & lain.terms("Encounter/of-other")[0]


def test_a_household_named_by_mistake_takes_along_whoever_left_it(lain: Lain) -> None:
    lain.put(G, rows=members("Patient/3", "Patient/4"))
    lain.put(G, rows=members("Patient/4"))
    lain.put("CarePlan/k", HOME, subject=ref(G))
    now = lain.put("CarePlan/k", HOME, ONE, subject=ref(RIGHT))
    lain.put("Task/t", HOME, ".subject Patient/3", ".of CarePlan/k", focus=ref("CarePlan/k"))
    assert undone(lain, now, 1, person=G) == ({"CarePlan/k", "Task/t"}, set())
    assert lain.terms("Task/t") == [{".of CarePlan/k"}]
    assert lain.terms("CarePlan/k") == [{HOME, MISTAKEN, f"{MISNAMED} {G}"}, {ONE}]
    apart = Apart(room=0)
    lain.put("CarePlan/j", HOME, subject=ref(G))
    undone(lain, lain.put("CarePlan/j", HOME), 1, person=G, apart=apart)
    named = {("CarePlan/j", G, one) for one in (G, "Patient/3", "Patient/4")}
    assert apart.told == Whom(gone=frozenset(named))
    apart = Apart(room=1)
    undone(lain, lain.put("CarePlan/j", HOME), 1, person=G, apart=apart)
    assert apart.told == Whom(gone=frozenset({each for each in named if each[2] != G})), "the household is first"


def test_what_is_to_be_let_go_is_told_with_its_versions_as_long_as_it_is_marked_and_gone_on_with(lain: Lain) -> None:
    now = misnamed(lain)

    def to_let_go(person: str = WRONG) -> dict[str, list[int]]:
        return lain.ask(lambda view: unnaming.to_let_go(view, now, person, person))

    assert to_let_go() == {}, "nobody confirmed it"
    undone(lain, now, 1, apart=Apart(room=0))
    handed(lain, "Task/u", "Task/t")
    lain.put("Task/not-about-them", ONE, f".of {C}", focus=ref(C))
    told = to_let_go()
    assert told == {C: [2], "Task/t": [1], "Task/y": [1], "Task/u": [2, 1], "Task/z": [1]}
    assert list(told).index("Task/t") < list(told).index("Task/u")
    assert to_let_go(RIGHT) == {}
    lain.do(lambda tx: unnaming.let_go(tx, C, WRONG, [2, 1]))
    lain.do(lambda tx: unnaming.let_go(tx, "Task/t", WRONG, [1]))
    assert to_let_go().keys() >= {"Task/u", "Task/z"}, "what leads there was let go already"
    lain.do(lambda tx: unnaming.let_go(tx, "Task/u", WRONG, [2]))
    assert [TWO in each for each in lain.terms("Task/u")] == [True, False]
    assert TWO in lain.terms(C)[0]
    wrong = lain.put("Condition/d", ONE, TWO, f"{MISNAMED} {WRONG}", **ABOUT)
    handed(lain, "Task/w", "Condition/d")
    alone = lain.ask(lambda view: unnaming.to_let_go(view, wrong, WRONG, WRONG))
    assert alone == {"Condition/d": [], "Task/w": [1]}
