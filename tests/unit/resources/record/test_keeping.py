"""Each version has a keeper of its own: who kept the one before, or to whom that was handed over."""

from __future__ import annotations

from resources.record import keeping
from resources.record.envelope import Origin
from resources.search.predicate import term

A, B, C = (f"Organization/{name}" for name in "abc")
KEPT = (".author Practitioner/p", term(".custodian", A))


def test_a_version_that_nobody_took_is_followed_by_one_of_the_same_keeper() -> None:
    assert (keeping.taker(KEPT), keeping.keeper(KEPT), keeping.after(KEPT)) == ("", A, Origin(A, "Practitioner/p"))


def test_what_was_handed_over_is_followed_by_one_of_the_taker() -> None:
    given = keeping.given(KEPT, B)
    assert (keeping.taker(given), keeping.keeper(given), keeping.after(given)) == (B, B, Origin(B, "Practitioner/p"))
    assert keeping.said(given) == {term(keeping.TAKER, B)}


def test_it_is_handed_on_to_one_alone_and_given_back_to_its_keeper() -> None:
    given = keeping.given(KEPT, B)
    assert keeping.taker(keeping.given(given, C)) == C
    assert keeping.given(given, A) == KEPT


def test_a_keeper_whom_nobody_handed_it_to_is_none() -> None:
    origin = Origin(A, "Practitioner/p")
    said = (term(".custodian", B),)
    assert keeping.behind(said, origin, B) == Origin(B, "Practitioner/p")
    assert keeping.behind(said, origin, C) == keeping.behind(said, origin, "") == origin
    assert keeping.behind((), origin, "") == origin
