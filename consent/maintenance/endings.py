"""What the server keeps as its judgment that a consent has ended, wholly or in part, judged anew in commit order.

docs/maintenance.md, "check"; docs/policy.md, "consent". Each note says the instant at which something ended it: what
that transaction wrote must have done so, by what stood then; and what stands now must not end it without a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from consent import evidence, verdict
from consent.maintenance.as_it_was import AsItWas, Past, answered
from consent.relations import names
from consent.standing import aging
from consent.verdict import AGED, REACHED, REPLACED, REVOKED
from consent.writing import superseding
from resources.record import reference
from resources.record.version import Version
from resources.search.predicate import Predicate
from resources.search.relation import values
from resources.store.port import Found, Query, Snapshot

LAST = "~"


def wrong(past: Past, consent: Version, *, current: bool) -> Iterator[tuple[str, str]]:
    """What is kept of the ending of a consent and is not so, and what is so and not kept, in English and Japanese."""
    kept = verdict.read(consent.terms)
    if any(not _is_caused(past, consent, name, note) for name in _TURNS for note in kept.note(name)):
        yield _NOTHING_ENDED
    if not _is_final(past, consent):
        yield _REVIVED
    if current and _is_unsettled(past, consent):
        yield _UNSETTLED
    if current and _is_of_another_age(past, consent):
        yield _UNAGED


_TURNS = (AGED, REACHED, REPLACED)
_LATER = tuple(f"{name} " for name in _TURNS)

_NOTHING_ENDED = (
    "it is kept as ended, wholly or in part, by what did not end it then",
    "終わったと記録されていますが、その時に終わらせたものがありません",
)
_REVIVED = (
    "what its person ended is not kept as ended, or is kept so of one that is active",
    "本人が終わらせたことの記録が消えているか、有効な同意書に付いています",
)
_UNSETTLED = (
    "a newer paper or word has ended it, wholly or in part, and it is not kept so",
    "新しい同意書か取り消しで終わっているのに、そう記録されていません",
)
_UNAGED = (
    "the birth date that stands makes something else of its signature than is kept",
    "確認された生年月日から見た署名の扱いが、記録と違います",
)


class _Then(AsItWas):
    """The store as a transaction left it; what was noted as ended at its instant, or later, is not yet."""

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        found = await super().get(type, id, within=within, number=number)
        return self._before(found) if found else None

    async def find(self, query: Query, *, within: Predicate) -> Found:
        found = await super().find(query, within=within)
        return replace(found, versions=[self._before(each) for each in found.versions])

    def _before(self, version: Version) -> Version:
        if version.type != "Consent":
            return version
        terms = (each for each in version.terms if not (each.startswith(_LATER) and each.split(" ")[1] >= self.base))
        return replace(version, terms=tuple(terms))


def _left(past: Past, base: str, last: Version | None = None) -> _Then:
    """As the transaction of this instant left it, or had it once it had written this version."""
    done = dict[str, int]()
    for each in past.together(base):
        done[each.reference] = each.number
        if each == last:
            break
    return _Then(past, base, Version("", "", 0, base, False, b"", ()), done)


def _today(past: Past) -> AsItWas:
    return AsItWas(past, LAST, Version("", "", 0, LAST, False, b"", ()))


def _is_caused(past: Past, consent: Version, name: str, note: str) -> bool:
    """Whether a paper, a word or a birth date of the transaction at its instant did this to the consent."""
    at, _, said = note.partition(" ")
    person, view = reference.one(evidence.body(consent), "patient"), _left(past, at)
    for each in past.together(at):
        turned = each.type == "Task" and aging.turns(_before(past, each), each)
        if name == AGED:
            if turned and answered(aging.made_of(cast(Snapshot, view), evidence.body(consent))) == said:
                return True
            continue
        asked = [(view, word) for word in _words(view, person)] if turned else []
        if each.type == "Consent":
            # It was settled as it was written: that it was over at once, by its status too, came after.
            asked = [(view, each), (_left(past, at, each), each)]
        for stood, written in asked:
            found = answered(superseding.settled(cast(Snapshot, stood), evidence.body(written), at))
            if any(one.before.reference == consent.reference and (name, said) in one.new for one in found):
                return True
    return False


def _words(view: AsItWas, person: str) -> list[Version]:
    """What was said under every name that a merge of that moment gave the person."""
    called = sorted(answered(names.known(cast(Snapshot, view), [person])))
    return [each for one in called for each in answered(superseding.words(cast(Snapshot, view), one))]


def _before(past: Past, version: Version) -> Version | None:
    return next((each for each in past.history(version.reference) if each.number == version.number - 1), None)


def _is_final(past: Past, consent: Version) -> bool:
    """Whether what the person has ended is over, and has stayed so since."""
    before = _before(past, consent)
    had, has = (set(values(each.terms, REVOKED)) if each else set() for each in (before, consent))
    return had <= has and not (has and evidence.body(consent).get("status") == "active")


def _is_unsettled(past: Past, consent: Version) -> bool:
    """Whether a paper or word of the same person has ended this consent, and it is not kept so."""
    view = cast(Snapshot, _today(past))
    for each in answered(superseding.settled(view, evidence.body(consent), consent.since)):
        over = each.over and evidence.body(each.before).get("status") == "active"
        if each.before.reference == consent.reference and (each.new or over):
            return True
    return False


def _is_of_another_age(past: Past, consent: Version) -> bool:
    kept = verdict.read(consent.terms)
    if not aging.bears_on(kept):
        return False
    said = answered(aging.made_of(cast(Snapshot, _today(past)), evidence.body(consent)))
    return said != aging.stands(kept)
