"""Which permits a write has ended, wholly or in part, and for whom: of what counted as a permit, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.provision import counting
from consent.verdict import REACHED, REPLACED, Verdict
from consent.writing import ended
from consent.writing.ended import Ended
from consent.writing.superseding import Settled
from resources.record.version import Version
from tests.laws.worlds import V3, ref
from tests.unit.consent.test_revoking import permit
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

OTHER, COUNCIL = "Organization/other", "Organization/council"
COUNTS, NOT, VOID = Verdict(True), Verdict(), Verdict(void=True)
OPTOUT: Any = {"policyRule": {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}}


def version(id: str, kept: Verdict = COUNTS, number: int = 1, **changes: Any) -> Version:
    body = orjson.dumps(consent(id, **changes))
    terms = tuple(sorted(kept.terms()))
    return Version("Consent", id, number, "2026-11-23T04:00:00.000Z", False, body, terms)


def deny(*names: str) -> Json:
    said = [{"role": IRCP, "reference": ref(name)} for name in names]
    return {"type": "deny"} | ({"actor": said} if names else {})


def settled(before: Version, *new: tuple[str, str], over: bool = False) -> Settled:
    return Settled(before, replace(before, number=before.number + 1), over, frozenset(new))


def wording(*names: str, **said: Any) -> str:
    return counting.extent(consent("w", provision=permit(*names) | said))


def test_a_permit_that_is_no_more_active_has_ended_for_everybody() -> None:
    before = version("a")
    for status in ("inactive", "entered-in-error"):
        after = version("a", number=2, status=status)
        assert ended.permits(before, after, [], []) == [Ended(after, over=True)]
    assert ended.permits(before, version("a", number=2), [], []) == []
    for was in (
        version("a", status="proposed"),
        version("a", NOT),
        version("a", VOID),
        version("a", provision=deny(OTHER)),
        version("a", provision={}, **OPTOUT),
    ):
        assert ended.permits(was, version("a", number=2, status="inactive"), [], []) == []
    assert ended.permits(None, version("a", status="inactive"), [], []) == []


def test_what_later_papers_and_words_ended_of_others_has_ended_for_whom_they_named() -> None:
    written, a = version("w", status="inactive"), version("a")
    said = wording(OTHER)
    assert ended.permits(None, written, [settled(a, (REACHED, said))], []) == [
        Ended(replace(a, number=2), frozenset({OTHER}))
    ]
    several = settled(a, (REACHED, wording(OTHER)), (REACHED, wording(COUNCIL)))
    assert ended.permits(None, written, [several], []) == [Ended(replace(a, number=2), frozenset({OTHER, COUNCIL}))]


def test_where_anything_but_recipients_ended_it_it_has_ended_for_everybody() -> None:
    written, a = version("w", status="inactive"), version("a")
    whole = Ended(replace(a, number=2))
    over = settled(a, (REACHED, wording(OTHER)), over=True)
    assert ended.permits(None, written, [over], []) == [replace(whole, over=True)]
    replaced = settled(a, (REACHED, wording(OTHER)), (REPLACED, "grants"))
    assert ended.permits(None, written, [replaced], []) == [whole]
    to_all = settled(a, (REACHED, wording(OTHER)), (REACHED, wording()))
    assert ended.permits(None, written, [to_all], []) == [whole]
    assert ended.permits(None, written, [settled(a, (REPLACED, "all"))], []) == [whole]


def test_of_papers_that_did_not_count_nothing_has_ended() -> None:
    written = version("w", status="inactive")
    for paper in (version("a", NOT), version("a", status="proposed"), version("a", provision=deny(OTHER))):
        assert ended.permits(None, written, [settled(paper, (REACHED, wording(OTHER)))], []) == []


def test_a_refusal_that_begins_ends_as_far_as_it_reaches_what_counted_and_was_not_ended_already() -> None:
    a, b = version("a"), version("b")
    papers = [a, b, version("c", NOT), version("d", status="inactive"), version("e", provision=deny())]
    refusal = version("r", provision=deny(OTHER))
    assert ended.permits(None, refusal, [], papers) == [Ended(a, frozenset({OTHER})), Ended(b, frozenset({OTHER}))]
    begun = version("r", status="proposed", provision=deny(OTHER))
    assert ended.permits(begun, replace(refusal, number=2), [], [a]) == [Ended(a, frozenset({OTHER}), over=False)]
    everybody = version("r", provision=deny())
    assert ended.permits(None, everybody, [], [a]) == [Ended(a)]
    base = version("r", provision={"actor": deny(OTHER)["actor"]}, **OPTOUT)
    assert ended.permits(None, base, [], [a]) == [Ended(a, frozenset({OTHER}))]
    done = settled(a, (REACHED, wording(COUNCIL)))
    told = ended.permits(None, refusal, [done], [replace(a, number=2), b])
    assert told == [Ended(done.after, frozenset({COUNCIL})), Ended(b, frozenset({OTHER}))]


@pytest.mark.parametrize(
    "refusal",
    [
        version("r", NOT, provision=deny(OTHER)),
        version("r", VOID, provision=deny(OTHER)),
        version("r", status="proposed", provision=deny(OTHER)),
        version("r"),
    ],
)
def test_what_does_not_refuse_or_does_not_count_ends_nothing(refusal: Version) -> None:
    assert ended.permits(None, refusal, [], [version("a")]) == []


def test_a_refusal_that_stood_already_ends_nothing_anew() -> None:
    refusal = version("r", provision=deny(OTHER))
    assert ended.permits(refusal, replace(refusal, number=2), [], [version("a")]) == []


def reached(*said: tuple[str, str]) -> Collection[str] | None:
    mine = version("a", provision=permit(OTHER, COUNCIL))
    return ended.reached_already([settled(mine, *said)] if said else [], consent("a", provision=permit(OTHER, COUNCIL)))


def test_a_consent_filed_after_words_begins_for_those_whom_they_did_not_name() -> None:
    assert reached() == frozenset()
    assert reached((REACHED, wording(OTHER))) == {OTHER}
    assert reached((REACHED, wording(OTHER)), (REACHED, wording("Organization/lead"))) == {OTHER, "Organization/lead"}
    codes = [{"system": "urn:x", "code": "y"}]
    assert reached((REACHED, wording(OTHER, securityLabel=codes))) == frozenset(), "a part of it stands for them"


def test_a_consent_that_words_reached_wholly_begins_for_nobody() -> None:
    assert reached((REACHED, wording(OTHER, COUNCIL))) is None
    assert reached((REACHED, wording())) is None
    assert reached((REPLACED, "all")) is None
    assert reached((REACHED, wording(OTHER)), (REPLACED, "grants")) is None
