"""The policy's own questions, answered once an epoch: what no write of evidence came between need not be asked twice.

docs/policy.md, section 1: facts may be remembered only under a policy epoch read in the same view; decisions never are.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from resources.record.version import Version
from resources.search.predicate import Predicate
from resources.store.port import Query, Snapshot

MOST_ANSWERS = 4_096
LONGEST_ANSWER = 256


class EvidenceCache:
    """One for a process; its size is bounded in answers and in rows of an answer."""

    def __init__(self, evidence: Predicate) -> None:
        """`evidence` is the one predicate under which answers are remembered; asked under another, the view answers."""
        self._evidence = evidence
        self._epoch = -1
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    async def over(self, view: Snapshot) -> Snapshot:
        """The view of now, with the answers of its epoch remembered."""
        epoch = await view.epoch()
        if epoch > self._epoch:
            self._epoch, self._answers = epoch, OrderedDict()
        # A view older than what is remembered asks for itself.
        return _Remembering(view, epoch, self._evidence, self._answers) if epoch == self._epoch else view


@dataclass(frozen=True, slots=True)
class _Remembering:
    view: Snapshot
    number: int
    evidence: Predicate
    answers: OrderedDict[Hashable, Any]

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        if within is not self.evidence:
            return await self.view.get(type, id, within=within, number=number)
        question = (type, id, number)
        if question not in self.answers:
            self._keep(question, await self.view.get(type, id, within=within, number=number))
        found: Version | None = self.answers[question]
        return found

    async def find(self, query: Query, *, within: Predicate) -> Sequence[Version]:
        if within is not self.evidence:
            return await self.view.find(query, within=within)
        if query in self.answers:
            known: Sequence[Version] = self.answers[query]
            return known
        found = await self.view.find(query, within=within)
        if len(found) <= LONGEST_ANSWER:
            self._keep(query, found)
        return found

    async def count(self, query: Query, *, within: Predicate) -> int:
        return await self.view.count(query, within=within)

    async def epoch(self) -> int:
        return self.number

    def _keep(self, question: Hashable, answer: object) -> None:
        self.answers[question] = answer
        if len(self.answers) > MOST_ANSWERS:
            self.answers.popitem(last=False)
