"""Walks the whole trail and says what is not as it was written, and where.

docs/trail.md, "what verification finds"
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from resources.store import trail_chain, trail_root
from resources.store.trail import Entry, Head, Root, Trail, Unreadable
from resources.store.trail_signer import Signer


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong `at` a root, a chain or an event; in English and in Japanese."""

    at: str
    text: str
    ja: str


@dataclass(slots=True)
class Promises:
    """What the signed roots say of each chain: hashes at numbers, and up to where it lies in archive files.

    `files` are the names of these, the last one last.
    """

    hashes: dict[str, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    archived: dict[str, Head] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def longest(self, chain: str) -> int:
        return max(self.hashes.get(chain, {}), default=0)

    def start(self, chain: str) -> tuple[int, bytes]:
        """After which event the walk begins, and that event's hash."""
        held = self.archived.get(chain)
        return (held.number, held.hash) if held else (0, trail_chain.genesis(chain))


async def verify(trail: Trail, signer: Signer, walked: Callable[[int], None] = lambda _: None) -> AsyncIterator[Fault]:
    """Everything that is wrong: the roots first, then chain by chain. `walked` is told of events as they are passed."""
    promises = Promises()
    roots = await trail.roots()
    for fault in root_faults(roots, signer, promises):
        yield fault
    if roots and (note := signer.forgot()):
        text, ja = (
            "it is missing: a last root that was dropped would not be missed",
            "ありません。最後の root が消されても分かりません",
        )
        yield Fault(str(note), text, ja)
    heads = {head.chain: head for head in await trail.heads()}
    for chain in sorted({*heads, *promises.hashes, *promises.archived}):
        async for fault in _chain(trail, chain, heads.get(chain), promises, walked):
            yield fault
    async for id in trail.strays():
        yield Fault(f"event {id}", "it lies in no chain: nothing wrote it here", "どの連鎖にもない記録です")
    async for id in trail.misfiled():
        if id:
            yield Fault(f"event {id}", "it is not found by all that it says", "内容どおりに検索できません")
        else:
            yield Fault("keys", "something is found under what it does not say", "内容にない語で見つかる記録があります")


def root_faults(roots: list[Root], signer: Signer, promises: Promises) -> list[Fault]:
    """The faults of the roots; what the sound ones say goes into the promises."""
    faults, last = [], None
    for root in roots:
        at, said = f"root {root.number}", signer.verified(root.statement)
        expected = last.number + 1 if last else 1
        if root.number != expected:
            faults.append(Fault(at, f"root {expected} is missing before it", f"その前の root {expected} がありません"))
        if said is None:
            faults.append(Fault(at, "its signature does not hold", "署名が正しくありません"))
        elif not _reads(said, root, promises):
            faults.append(Fault(at, "it does not say what its tree says", "木の値と内容が合いません"))
        elif root.number == expected and said["before"] != trail_root.digest_of(last):
            faults.append(Fault(at, "it does not follow the root before it", "前の root に続いていません"))
        last = root
    number = last.number if last else 0
    if (known := signer.remembered()) > number:
        text, ja = f"roots {number + 1} to {known} are missing", f"root {number + 1} から {known} までがありません"
        faults.append(Fault("roots", text, ja))
    return faults


def archives(roots: list[Root], signer: Signer) -> list[str]:
    """The names of the archive files that sound roots speak of."""
    promises = Promises()
    root_faults(roots, signer, promises)
    return promises.files


def _reads(said: dict[str, Any], root: Root, promises: Promises) -> bool:
    heads = trail_root.heads(said["heads"])
    if (
        said["number"] != root.number
        or trail_root.merkle([trail_root.leaf(head) for head in heads]).hex() != said["root"]
    ):
        return False
    for head in heads:
        promises.hashes[head.chain][head.number] = head.hash
    for head in trail_root.heads(said.get("archived", [])):
        promises.archived[head.chain] = head
    promises.files += [said["name"]] if said.get("name") else []
    return True


async def _chain(
    trail: Trail, chain: str, head: Head | None, promises: Promises, walked: Callable[[int], None]
) -> AsyncIterator[Fault]:
    at, known, longest = f"chain {chain}", promises.hashes.get(chain, {}), promises.longest(chain)
    if head is None:
        text = f"the chain is gone; a root says that it had {longest} events"
        yield Fault(at, text, f"連鎖がありません。root によれば {longest} 件の記録がありました")
        return
    if (end := promises.archived.get(chain)) and (fault := await _left(trail, end, known)):
        yield fault
    number, hash = promises.start(chain)
    try:
        async for entry in trail.walk(chain, number):
            walked(1)
            for fault in event_faults(entry, number, hash, known):
                yield fault
            number, hash = entry.number, entry.hash
            if number == head.number and hash != head.hash:
                yield Fault(f"event {entry.id}", "the chain's end has another hash", "連鎖の末尾の値と合いません")
    except Unreadable as fault:
        text, ja = (
            "it cannot be read any more: something it names is damaged or gone",
            "記録を読めません。壊れているか、欠けています",
        )
        yield Fault(f"event {fault.chain}-{fault.number}", text, ja)
        return
    last = max(head.number, longest)
    if number < last:
        yield Fault(
            at,
            f"events {number + 1} to {last} are missing at its end",
            f"末尾の {number + 1} から {last} までがありません",
        )


async def _left(trail: Trail, end: Head, known: dict[int, bytes]) -> Fault | None:
    """What is wrong with events that lie here although a file holds them: an archive was ended before it removed them.

    They are what was written where each follows the one before it, from a place that is known up to the file's end.
    """
    first = number = 0
    hash, sound = b"", True
    before = {0: trail_chain.genesis(end.chain)} | known
    try:
        async with aclosing(trail.walk(end.chain)) as entries:
            async for entry in entries:
                if entry.number > end.number:
                    break
                if not first:
                    first, number, hash = entry.number, entry.number - 1, before.get(entry.number - 1, b"")
                sound = sound and not event_faults(entry, number, hash, known)
                number, hash = entry.number, entry.hash
    except Unreadable as unreadable:
        first, number, sound = first or unreadable.number, unreadable.number, False
    if not first or (sound and (number, hash) == (end.number, end.hash)):
        return None
    text = f"events {first} to {number} are in an archive file and lie here too, not as they were written or not all"
    ja = f"{first} から {number} までは保管ファイルに移されたのにここにも残り、書かれたままと確かめられません"
    return Fault(
        f"chain {end.chain}",
        f"{text}: `tsunagu audit archive` removes them",
        f"{ja}。`tsunagu audit archive` が取り除きます",
    )


def event_faults(entry: Entry, number: int, hash: bytes, known: dict[int, bytes]) -> list[Fault]:
    """What is wrong with an event that follows this number and hash."""
    at, faults = f"event {entry.id}", []
    if entry.number != number + 1:
        text = f"events {number + 1} to {entry.number - 1} are missing before it"
        faults.append(Fault(at, text, f"その前の {number + 1} から {entry.number - 1} までがありません"))
    elif trail_chain.link(hash, entry.chain, entry.number, entry.event) != entry.hash:
        text, ja = "it is not what was written, or not in its place", "書かれたときの内容と違うか、場所が違います"
        faults.append(Fault(at, text, ja))
    if known.get(entry.number, entry.hash) != entry.hash:
        faults.append(Fault(at, "a signed root says that it was another", "署名された root の値と違います"))
    return faults
