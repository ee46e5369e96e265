"""Who has an open request with an agency that has ended is told who keeps its files, and answers, from then on.

docs/policy.md, "succession": one Communication to each, which names the two agencies, and no request or person.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from consent import verdict
from consent.writing import directory_notices, letters
from consent.writing.directory_notices import Beside
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query

OPEN: Predicate = has(".open", "yes")
"""Under this the server looks who waits for an answer; it tells them a fact of the directory."""

_PAGE = 200
_NAMED = (
    "貴機関とのやり取りが続いている機関が終わり、後を継ぐ機関が指定されました。続いている依頼には、後を継いだ機関が"
    "答えます。新しい依頼は、後を継いだ機関にしてください / an agency with which you have an open request has ended, "
    "and its successor is named: that one answers what is open; ask that one from now on"
)
_UNDONE = (
    "後を継ぐ機関の指定が取り消されました。改めて指定されるまで、続いている依頼には答えがありません。必要なら別の機関に"
    "依頼してください / the naming of a successor was undone: until one is named anew nobody answers what is open; ask "
    "another agency where it cannot wait"
)


async def told(unit: Beside, former: str, to: str, *, undone: bool = False) -> tuple[Version, ...]:
    """The letters to each agency, or post that asks as such, that has an open request with the one that has ended, or
    with one whose files that kept."""
    kept = unit.facts.successions.kept_by([former])
    ours = kept | {to}
    waiting = {one async for one in _waiting(unit, kept)} - ours
    said = _UNDONE if undone else _NAMED
    letters_to = [directory_notices.letter(unit, one, (former, to), said) for one in sorted(waiting)]
    return tuple(await letters.written(unit, letters_to))


async def _waiting(unit: Beside, agencies: frozenset[str]) -> AsyncIterator[str]:
    asked, after = all_of([OPEN, has_one_of(verdict.BETWEEN, agencies)]), ""
    while True:
        found = await unit.tx.find(Query(asked, after=after, limit=_PAGE), within=OPEN)
        for each in found.versions:
            judged = verdict.read(each.terms)
            for one in judged.note(verdict.BETWEEN) if judged.counts else ():
                yield one
        if not (after := found.next):
            return
