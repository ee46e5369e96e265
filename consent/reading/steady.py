"""Pages along the time of change stay as they were when the first was asked for, while others write.

https://hl7.org/fhir/R4/http.html#paging; docs/policy.md, "nothing leaks"

A record written anew between two pages would leave its place in that order, and come twice or never. So later pages
follow the places as of the newest row of the whole answer when it began; what is shown there is each record as it is
now, where it still matches and its reader may still see it. Places of other records are passed over until the page is
full: they are neither counted nor named in the key of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from consent.reading.page import BACK
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.order import SINCE_DOWN
from resources.search.predicate import Predicate, all_of, has_one_of
from resources.store.port import During, Found, NoPlaceError, Query, Snapshot, TooCostly

_MARK = "@"
_MOST = 1000
"""Places of an instant that are looked at together."""
_IN_ALL = 10_000
"""Places that are passed over for one page."""


def begun(after: str) -> tuple[str, str]:
    """The instant that an answer began at, by the key of one of its pages, and the place of that page."""
    if not after.startswith(_MARK):
        return "", after
    at, _, place = after.removeprefix(_MARK).partition(" ")
    return at, place


async def found(view: Snapshot, query: Query, within: Predicate) -> Found:
    """A page of the query, with the keys of the next and of the previous one. Raises Problem where it begins at a place
    that the answer no more has."""
    try:
        page = await (_still_there if query.as_of else _asked)(view, query, within)
    except NoPlaceError:
        text, ja = "the cursor is not one of this search", "このカーソルはこの検索のものではありません"
        raise Problem.of("structure", text, ja, "_cursor") from None
    if query.back:
        page = Found(page.versions[::-1], page.first, page.next)
    page = replace(page, first=f"{BACK}{page.first}" if page.first else "")
    moves = any(key.by == "since" for key in query.order) and not query.history
    if not moves or not (query.as_of or page.next):
        return page
    at = query.as_of or await _newest(view, query, within, page)
    return Found(page.versions, _marked(at, page.next), _marked(at, page.first))


def during(versions: Sequence[Version], period: During, begin: str) -> Sequence[Version]:
    """Those of versions that still stand which stood in a period and were written from an instant on; all where neither
    is asked for."""
    return [each for each in versions if (period is None or each.since < period[1]) and each.since >= begin]


def since(page: Found, begin: str) -> Found:
    """What was written from an instant on, of a page of versions from the newest on."""
    kept = [each for each in page.versions if each.since >= begin]
    return page if len(kept) == len(page.versions) else Found(kept, "", page.first)


def _marked(at: str, place: str) -> str:
    return f"{_MARK}{at} {place}" if place else ""


async def _asked(view: Snapshot, query: Query, within: Predicate) -> Found:
    return await view.find(query, within=within)


async def _still_there(view: Snapshot, query: Query, within: Predicate) -> Found:
    """As many places of the instant as the query has room for, each with what is there now; from whichever was made
    out of its reader's sight nothing is to be told, not even that the page is short of it. Raises TooCostly."""
    assert query.limit
    kept: list[tuple[str, Version]] = []
    after, step, places_seen = query.after, query.limit + 1, 0
    while places_seen <= _IN_ALL:
        some = await view.find(replace(query, after=after, limit=step), within=within)
        now = {each.reference: each for each in await _now(view, query, within, some.versions)}
        places = zip(some.keys, some.versions, strict=True)
        kept += [(key, now[each.reference]) for key, each in places if each.reference in now]
        if len(kept) > query.limit or not some.next:
            break
        after, step, places_seen = some.next, max(step, min(2 * step, _MOST)), places_seen + len(some.versions)
    else:
        raise TooCostly("too many places of this answer are there no more: ask anew")
    shown = kept[: query.limit]
    following = shown[-1][0] if len(kept) > len(shown) else ""
    return Found([version for _, version in shown], following, shown[0][0] if shown else "")


async def _newest(view: Snapshot, query: Query, within: Predicate, page: Found) -> str:
    """The instant of the newest row of an answer: what is written from now on is later."""
    if query.order == (SINCE_DOWN,) and not query.after:
        return page.versions[0].since
    newest = await view.find(Query(query.what, (SINCE_DOWN,), limit=1), within=within)
    return newest.versions[0].since


async def _now(view: Snapshot, query: Query, within: Predicate, rows: Sequence[Version]) -> Sequence[Version]:
    """Those of these records that match and may be seen now, as they are."""
    if not rows:
        return ()
    those = all_of((query.what, has_one_of(".id", (each.reference for each in rows))))
    return (await view.find(Query(those, limit=len(rows)), within=within)).versions
