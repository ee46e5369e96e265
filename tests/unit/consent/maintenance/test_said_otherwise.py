"""Whatever is laid beside a version other than the verdict that was judged a check names, but for what only closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from consent import standing, verdict
from consent.maintenance.checking import Check
from consent.maintenance.replaying import Replay
from resources.record.version import Version
from resources.store.ledger import Ledger
from resources.store.open import ledger
from tests.laws.worlds import index
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import BEGAN
from tests.unit.consent.maintenance.lives import Life

FOUNDED = f"{BEGAN[:-5]}.999Z"
"""Until then the town and its staff were written, which each has alike."""
LIVES: list[Life] = [
    *(
        lives.divided,
        lives.given,
        lives.merged,
        lives.decided_on,
        lives.succeeded,
        lives.handed,
        lives.misnamed,
        lives.broken,
    ),
    *(lives.verified, lives.put_before, lives.confirmed_plan, lives.aged, lives.died, lives.posts),
]
FORGED = {
    *(".counts no", ".counts yes", ".honoured *", ".honoured Organization/other", ".fixed Patient/9", ".fixed Task/t"),
    *(".decided yes", ".meant Patient/1", ".died Patient/1", ".succeeded Organization/center", ".as-such convener"),
    *(".carrier PractitionerRole/q", ".seated PractitionerRole/q Organization/other", ".brought Organization/other"),
    *(
        ".as-such lead-section",
        ".same Patient/1",
        ".same Patient/2",
        ".above Organization/other",
        ".between Organization/other",
    ),
    *(f".born {BEGAN} 2010-01-01", f".lapses {BEGAN}", f".word {BEGAN}", f".replaced {BEGAN} all"),
    *(f".aged {BEGAN} always", f'.reached {BEGAN} {{"type":"permit"}}', ".paper DocumentReference/x/_history/1"),
    *(f".emergency {BEGAN} 2026-11-23T04:15:00.000Z Practitioner/{one} Patient/9" for one in ("em", "q")),
    f".emergency {BEGAN} 2026-11-23T05:00:00.000Z Practitioner/em Patient/1",
}
"""What a verdict may say, of some record."""

ONLY_CLOSES = {
    *((type, "less", verdict.COUNTS) for type in ("PractitionerRole", "Encounter", "CarePlan", "Task")),
    ("CarePlan", "less", verdict.DECIDED),
    *(("Consent", "less", each) for each in (".honoured", verdict.REPLACED, verdict.REACHED, verdict.AGED)),
    ("Consent", "more", verdict.REACHED),
    *(("Task", "less", each) for each in (verdict.EMERGENCY, verdict.MEANT, verdict.SAME, verdict.AS_SUCH)),
}
"""As release 0.1.0 left it, which judged nothing; as what was confirmed or undone later leaves it; what a check finds
by the current version alone; and of a past version what ended the paper since."""


@contextmanager
def laid_open(folder: Path) -> Iterator[Ledger]:
    with closing(ledger(str(folder))) as opened, opened.reading():
        yield opened


def evidence(opened: Ledger) -> list[tuple[Version, bool]]:
    """Every version of what was done that is judged, and whether it is the last of its record."""
    lying = [each for span in opened.spans(500) for each in opened.lying(span)]
    judged = [each for each in lying if each.version.type in standing.BY_TYPE and not each.version.deleted]
    return [(each.version, each.until is None) for each in judged if each.version.since > FOUNDED]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_what_was_done_as_the_rules_have_it_is_found_right(lived: Callable[[Life], Path], life: Life) -> None:
    with laid_open(lived(life)) as opened:
        check = Check(opened, index())
        assert [each for span in opened.spans(500) for each in check.span(span).differences] == []


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_a_verdict_that_says_more_or_less_than_was_judged_is_named(lived: Callable[[Life], Path], life: Life) -> None:
    with laid_open(lived(life)) as opened:
        replay, judged = Replay(opened), evidence(opened)
        every = FORGED.union(*(verdict.read(each.terms).terms() for each, _ in judged))
        silent = set()
        for version, last in judged:
            for entry in every:
                forged = replace(version, terms=tuple(sorted({entry} ^ {*version.terms})))
                if not [*replay.wrong(forged, current=last)]:
                    sign = "less" if entry in version.terms else "more"
                    silent.add((version.type, sign, entry.partition(" ")[0], version.cited, entry))
        assert {each for each in silent if each[:3] not in ONLY_CLOSES} == set()
