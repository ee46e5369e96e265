"""In which order versions were written, and which places have none, is told once each by a check."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from consent.maintenance import checking
from consent.maintenance.checking import Check
from resources.store.open import ledger
from tests.laws.worlds import index
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import found
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.town import Town, concern, patient

After = Callable[[Life], Town]

NAME = "tsunagu.sqlite"
EARLIER = "it is earlier than what was written before it"


def damage(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        for each in statements:
            assert database.execute(each).rowcount > 0


def test_what_is_written_behind_several_versions_of_one_record_is_not_late_and_what_was_before_all_is(
    after: After,
) -> None:
    """In one transaction each next version of a record is a millisecond later than the one before."""
    town = after(lives.family)
    more = [again(patient("9", language=said), number) for number, said in enumerate(("ja", "en", "ko"), 1)]
    town.write(P, patient("9"), *more, concern("after", "9"))
    assert found(town) == []
    [after_all] = [each for each in town.stored("Condition") if each.id == "after"]
    [last] = [each for each in town.stored("Patient") if each.id == "9"]
    assert (last.number, after_all.since < last.since) == (4, True)
    damage(town.folder, "UPDATE version SET since = '2026-11-23T04:00:59.000Z' WHERE id = 'after'")
    assert f"Condition/after/_history/1 {EARLIER}" in found(town)


def test_the_terms_of_a_version_that_is_gone_are_named_by_their_place_and_it_is_not_missing_besides(
    after: After,
) -> None:
    town = after(lives.family)
    damage(town.folder, "DELETE FROM version WHERE id = 'd'")
    said = [text for text in found(town) if "missing" in text]
    assert [each.partition(" ")[2] for each in said] == ["the index has terms of a version that is missing"]


def test_without_the_pages_nobody_looks_at_what_tables_and_indexes_say_of_each_other(after: After) -> None:
    town = after(lives.family)
    file = town.folder / NAME
    damage(town.folder, "UPDATE version SET since = since")
    with closing(ledger(str(town.folder))) as opened:
        assert checking.whole(opened) == checking.whole(opened, pages=False) == []
    content = file.read_bytes()
    places = [at for at in range(len(content)) if content.startswith(b".custodian Organization/center", at)]
    wrong = set()
    for at in places:
        file.write_bytes(content[: at + 3] + b"x" + content[at + 4 :])
        with closing(ledger(str(town.folder))) as opened:
            wrong.add((bool(checking.whole(opened)), bool(checking.whole(opened, pages=False))))
            if len(wrong) > 1 and (True, False) in wrong:
                break
    assert (True, False) in wrong


def test_as_many_versions_are_looked_at_as_there_are(after: After) -> None:
    town = after(lives.family)
    with closing(ledger(str(town.folder))) as opened:
        spans = opened.spans(500)
        assert [Check(opened, index()).span(each).versions for each in spans] == [each.size for each in spans]
        assert [checking.counted(opened, each).versions for each in spans] == [each.size for each in spans]
