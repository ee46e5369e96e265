"""What was found of evidence is kept beside it, read as it was kept, and told as of any instant."""

from __future__ import annotations

from consent import verdict
from consent.verdict import NONE, Verdict
from resources.record.version import Version

WHOLE = Verdict(
    True,
    frozenset({"Organization/a", "*"}),
    noted=frozenset({".paper DocumentReference/1/_history/2", ".lapses 2030", ".revoked 2027"}),
    fixed=frozenset({"Group/g", "Patient/1"}),
)


def test_it_is_read_as_it_was_kept() -> None:
    for each in (WHOLE, Verdict(True), Verdict(void=True), NONE, Verdict(fixed=frozenset({"Group/g"}))):
        assert verdict.read(tuple(sorted({*each.terms(), ".type Consent", "/patient Patient/1"}))) == each
    assert Verdict(True).terms() == {".counts yes"}
    assert Verdict(void=True).terms() == {".counts no"}
    assert NONE.terms() == set()


def test_what_was_noted_is_told_by_its_name() -> None:
    assert WHOLE.note(".paper") == {"DocumentReference/1/_history/2"}
    assert WHOLE.note(".lapses") == {"2030"}
    assert WHOLE.note(".pap") == frozenset()
    assert WHOLE.note(".above") == frozenset()


def test_as_of_an_instant_what_ended_it_later_is_not_in_it() -> None:
    said = frozenset({".replaced 2027 all", ".reached 2028 {}", ".aged 2029 always", ".revoked 2031", ".paper x"})
    kept = Verdict(True, noted=said)
    assert kept.by("2026").noted == {".revoked 2031", ".paper x"}
    assert kept.by("2027").noted == {".replaced 2027 all", ".revoked 2031", ".paper x"}
    assert kept.by("2028").noted == said - {".aged 2029 always"}
    assert kept.by("2029") == kept
    assert kept.turns == ["2027", "2028", "2029"]
    assert NONE.turns == []


def test_what_the_last_birth_date_makes_of_it_stands() -> None:
    assert Verdict(True, noted=frozenset({".aged 2027 unfounded", ".aged 2028 2030-05-04"})).aged == "2030-05-04"
    assert Verdict(True, noted=frozenset({".aged 2029 unfounded", ".aged 2028 always"})).aged == "unfounded"
    assert WHOLE.aged == ""


def test_what_the_server_alone_has_said_stays_said() -> None:
    opened = frozenset({".emergency 2026 2027 Practitioner/p Patient/1", ".meant Patient/1"})
    before = Version("Task", "1", 1, "", False, b"{}", tuple(sorted(opened | {".paper x"})))
    assert verdict.kept(before, Verdict(True)).noted == opened
    assert verdict.kept(before, WHOLE) == Verdict(True, WHOLE.honoured, False, WHOLE.noted | opened, WHOLE.fixed)
    assert verdict.kept(None, WHOLE) is WHOLE
    assert verdict.kept(Version("Task", "1", 1, "", False, b"{}", (".paper x",)), WHOLE) is WHOLE


def test_several_kinds_of_evidence_in_one_record_count_together() -> None:
    other = Verdict(True, frozenset({"Organization/b"}), noted=frozenset({".born x"}), fixed=frozenset({"Group/h"}))
    both = verdict.together([WHOLE, other])
    assert both == Verdict(
        True, WHOLE.honoured | {"Organization/b"}, False, WHOLE.noted | {".born x"}, WHOLE.fixed | {"Group/h"}
    )
    assert not verdict.together([WHOLE, NONE]).counts
    assert verdict.together([WHOLE, Verdict(void=True)]).void
    assert not both.void
    assert verdict.together([]) == NONE


KEPT = {
    ".above": verdict.ABOVE,
    ".aged": verdict.AGED,
    ".as-such": verdict.AS_SUCH,
    ".between": verdict.BETWEEN,
    ".born": verdict.BORN,
    ".brought": verdict.BROUGHT,
    ".carrier": verdict.CARRIER,
    ".decided": verdict.DECIDED,
    ".died": verdict.DIED,
    ".emergency": verdict.EMERGENCY,
    ".lapses": verdict.LAPSES,
    ".meant": verdict.MEANT,
    ".paper": verdict.PAPER,
    ".reached": verdict.REACHED,
    ".replaced": verdict.REPLACED,
    ".revoked": verdict.REVOKED,
    ".same": verdict.SAME,
    ".seated": verdict.SEATED,
    ".succeeded": verdict.SUCCEEDED,
    ".word": verdict.WORD,
}


def test_what_a_city_has_kept_is_read_by_the_names_under_which_it_lies() -> None:
    """A verdict is judged once: by another name what was found then would be found no more."""
    lies = (".counts yes", ".fixed Group/g", ".honoured *", *(f"{name} 1" for name in KEPT))
    found = verdict.read(tuple(sorted(lies)))
    assert found.counts
    assert not found.void
    assert found.honoured == {"*"}
    assert found.fixed == {"Group/g"}
    assert found.noted == {f"{name} 1" for name in KEPT}
    assert all(found.note(name) == {"1"} for name in KEPT.values())
    assert list(KEPT) == list(KEPT.values())
    assert found.terms() == set(lies)
    assert (verdict.UNFOUNDED, verdict.ALWAYS) == ("unfounded", "always")
