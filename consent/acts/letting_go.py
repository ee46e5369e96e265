"""Whom a record named by mistake is let go in slices: its wrong versions are shut, then marked, and then all else.

docs/policy.md, "mistakes". They are shut before it is confirmed, so that from then on they are the keeper's alone; only
when all of them are marked does anything cease to be about whom they name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Protocol

from consent.engine import PolicyEngine
from consent.writing import as_closed, unnaming, wrong_versions
from consent.writing.apart import STEP, OvertakenError
from consent.writing.wrong_versions import NAMING, names_rightly
from resources.record import mistake
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import term
from resources.store.port import Snapshot, Transaction

_PAGE = 500


class Slices(Protocol):
    """In one transaction some records, or some versions of one, with what they are found by; `upto` is of which
    versions of a record something was done before it is written."""

    engine: PolicyEngine
    upto: dict[str | tuple[str, str], int]

    async def each(
        self,
        numbers: Mapping[str, Sequence[int]],
        change: Callable[[str, Transaction, Sequence[int]], Awaitable[object]],
    ) -> None: ...

    async def pieces(
        self, name: str, numbers: Sequence[int], change: Callable[[Transaction, Sequence[int]], Awaitable[object]]
    ) -> None: ...


async def shut(slices: Slices, name: str, named: str) -> None:
    """The versions that name somebody are the keeper's alone, before it is confirmed that they do so by mistake."""
    async with slices.engine.store.snapshot() as view:
        versions = await _versions(view, name)
        wrong = await wrong_versions.naming(view, versions[:-1], named)
    await slices.pieces(name, sorted(wrong), lambda tx, some: wrong_versions.closed(tx, name, some))
    slices.upto |= {(name, named): versions[-1].number if wrong else 0}


async def marked(slices: Slices, name: str, named: str) -> None:
    """Those of which it was confirmed are marked, and no others stay shut."""
    async with slices.engine.store.snapshot() as view:
        versions = await _versions(view, name)
        since = await wrong_versions.confirmed(view, name, named)
        then = [each for each in versions[:-1] if each.since <= since]
        # What names them by what it is of, and was not shut, has come to do so since.
        among = [each for each in then if MISTAKEN in each.terms or names_rightly(each, named)]
        wrong = await wrong_versions.naming(view, among, named)
    await slices.pieces(name, sorted(wrong), lambda tx, some: wrong_versions.marked(tx, name, some, named))

    async def opened(tx: Transaction, some: Sequence[int]) -> None:
        current = await tx.get(*name.split("/"), within=NAMING)
        assert current is not None
        await as_closed.settled(tx, current, among=range(some[0], some[-1] + 1))

    await slices.pieces(name, wrong_versions.shut_for_nothing(versions, wrong), opened)


async def let_go(slices: Slices, name: str, named: str, person: str) -> frozenset[str]:
    """What is about somebody for no other reason than that a record named them by mistake is about them no more.

    Where something was written about them meanwhile, there may be another reason by now: it is looked at anew. The
    records that have many versions, of which some may have to be found otherwise.
    """
    long, end = set[str](), ""
    about = term(mistake.about(person), person)

    async def one(each: str, tx: Transaction, some: Sequence[int]) -> None:
        nonlocal end
        page = await tx.feed(end, _PAGE, within=NAMING)
        if len(page.versions) == _PAGE or any(about in version.terms for version in page.versions):
            raise OvertakenError
        end = page.next
        await unnaming.let_go(tx, each, person, some)

    while True:
        async with slices.engine.store.snapshot() as view:
            end, source = await view.end(), await view.get(*name.split("/"), within=NAMING)
            gone = await unnaming.to_let_go(view, source, named, person) if source else {}
        long |= {each for each, numbers in gone.items() if is_long(numbers)}
        try:
            await slices.each(gone, one)
            return frozenset(long)
        except OvertakenError:
            pass


def together(numbers: Mapping[str, Sequence[int]]) -> Iterator[list[str]]:
    """By the versions of each record, the last one first: some records that have few, in their order; each that has
    many by itself."""
    some, many = list[str](), 0
    for name, own in numbers.items():
        if some and many + own[0] > STEP // 2:
            yield some
            some, many = [], 0
        some, many = [*some, name], many + own[0]
    if some:
        yield some


def is_long(numbers: Sequence[int]) -> bool:
    """Whether a record has more versions than are settled in one transaction."""
    return numbers[0] > STEP


async def _versions(view: Snapshot, name: str) -> list[Version]:
    source = await view.get(*name.split("/"), within=NAMING)
    return await wrong_versions.versions_of(view, source) if source else []
