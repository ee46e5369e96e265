"""What papers did to one another is derived: checked, derived anew, and known of the past as it was then."""

from __future__ import annotations

from contextlib import closing

import pytest

from consent import verdict
from consent.maintenance import checking
from consent.maintenance.checking import Check
from consent.maintenance.reindexing import Reindexing
from consent.provision.provisions import CONSENT
from resources.search.relation import FOREVER
from resources.store.open import ledger
from tests.laws.worlds import index
from tests.unit.consent.people import NOW
from tests.unit.consent.test_revoking import word
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import REPLACES, consent, statuses

P, Q = actor("p"), actor("q")


@pytest.fixture
def settled(town: Town) -> Town:
    """One paper was revoked and reached another; one took the place of two, of which one is of another policy."""
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    second = {"patient": {"reference": "Patient/2"}, "performer": [{"reference": "Patient/2"}]}
    town.sign(P, consent("a", dateTime="2026-11-20"), consent("b", dateTime="2019-02-12", provision={"type": "permit"}))
    town.write(P, consent("a", dateTime="2026-11-20", status="inactive", meta={"versionId": "1"}))
    town.sign(P, consent("m", dateTime="2026-11-20", **second), consent("n", policyRule={"text": "x"}, **second))
    town.sign(P, consent("o", extension=REPLACES, **second))
    return town


def differences(town: Town) -> list[str]:
    with closing(ledger(str(town.folder))) as opened:
        check = Check(opened, index())
        return [f"{one.at}: {one.text}" for span in opened.spans(5) for one in check.span(span).differences] + [
            one.at for one in checking.whole(opened)
        ]


def rows(town: Town) -> set[tuple[str, str, str, str]]:
    async def look() -> set[tuple[str, str, str, str]]:
        async with town.store.snapshot() as view:
            found = await view.rows((CONSENT, f"Patient/{one}") for one in "12")
            return {(row.source, row.relation.tag, row.since, row.ended) for row in found}

    return town.run(look())


def test_a_check_finds_what_was_settled_as_it_must_be(settled: Town) -> None:
    assert differences(settled) == []
    assert len({source for source, _, _, ended in rows(settled) if ended == FOREVER}) == 3


def test_deriving_anew_comes_to_the_same(settled: Town) -> None:
    before, seen = rows(settled), settled.search(Q, "Condition")
    way = settled.run(Reindexing.begun(settled.gate.engine, lambda: NOW, again=True))
    assert way is not None
    while settled.run(way.step()):
        pass
    assert rows(settled) == before
    assert settled.search(Q, "Condition") == seen == ["Condition/d"]
    assert differences(settled) == []


def test_no_version_comes_of_what_another_paper_does(settled: Town) -> None:
    assert {row.id: row.number for row in settled.stored("Consent")} == {"a": 2, "b": 1, "m": 2, "n": 1, "o": 1}
    ended = [(source, since < ended) for source, _, since, ended in rows(settled) if ended != FOREVER]
    assert ("Consent/b", True) in ended, "what the paper said before it was reached is known"


def test_a_paper_that_a_word_reached_and_a_newer_one_replaced_as_it_was_filed_is_as_it_must_be(settled: Town) -> None:
    older = consent("p", dateTime="2026-11-19", policyRule={"text": "x"})
    settled.sign(P, consent("q", policyRule={"text": "x"}, extension=REPLACES), older | {"status": "proposed"})
    settled.write(P, word("w", "Organization/council"))
    settled.write(P, older | {"meta": {"versionId": "1"}})
    kept = {row.id: verdict.read(row.terms) for row in settled.stored("Consent")}["p"]
    assert kept.note(verdict.REACHED)
    assert kept.note(verdict.REPLACED)
    assert statuses(settled)["p"] == "inactive", "in a version of the server, of the same transaction"
    assert differences(settled) == []
