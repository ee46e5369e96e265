"""Records that lie in a store of their own and are settled in slices there, and how many transactions that takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from consent import derivation
from consent.acts import slices
from consent.acts.slices import Settling
from consent.engine import PolicyEngine
from consent.writing.apart import Whom
from profiles.spec import Spec
from resources.store.port import Transaction
from tests.laws.worlds import index
from tests.unit.consent.people import NOW
from tests.unit.consent.writing.lain import Lain

PLACE = "かくれみの"
SECLUDED = ".secluded yes"


class Turns:
    """A store that says how often something was done in a transaction of its own; `before` one, by its number,
    somebody else does something."""

    def __init__(self, lain: Lain) -> None:
        self.lain, self.many = lain, 0
        self.before: dict[int, Callable[[], Awaitable[Any]]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lain.store, name)

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        self.many += 1
        if self.many in self.before:
            await self.before.pop(self.many)()
        return await self.lain.store.transact(work, **named)


class Slicing:
    """Records that lie in a store of their own, and how they are settled there."""

    def __init__(self, lain: Lain, spec: Spec) -> None:
        self.lain, self.store = lain, Turns(lain)
        store: Any = self.store
        self.engine = PolicyEngine.of(store, spec, index())

    def begin(self, whom: Whom) -> Settling:
        """As who has put the mark there."""
        settling = Settling(self.engine, whom, NOW)
        assert self.run(self.lain.store.vault.keep(*slices.MARK, settling.mark))
        self.store.many = 0
        return settling

    def through(self, whom: Whom, *, hidden: bool) -> Settling:
        settling = self.begin(whom)
        self.run(settling.through(whom, hidden=hidden))
        self.run(settling.over())
        assert self.mark() is None
        return settling

    def mark(self) -> bytes | None:
        there: bytes | None = self.run(self.lain.store.vault.look(*slices.MARK))
        return there

    def run(self, what: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await what

        return self.lain.runner.run(done())

    def tell(self, name: str, *terms: str, times: int = 1, secret: bool = False) -> None:
        """A record that says where somebody is, in so many versions, found by all or by what is harmless alone."""
        type, _, id = name.partition("/")
        body = {"resourceType": type, "id": id, "note": [{"text": PLACE}]}
        found = {each for each in derivation.search(index(), body, secret=secret) if not each.startswith(".")}
        for _ in range(times):
            self.lain.put(name, *terms, *found, *([SECLUDED] if secret else []), note=body["note"])

    def secret(self, name: str) -> list[bool]:
        """Of each version whether it is found by what is harmless alone."""
        terms = self.lain.terms(name)
        hid = [SECLUDED in each for each in terms]
        assert [not any(PLACE in entry for entry in each) for each in terms] == hid
        return hid
