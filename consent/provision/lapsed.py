"""Consents that do not open a record, and why: what an explanation says of them.

docs/policy.md, "explaining": they open nothing, but the one who asks is told what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from consent import evidence, verdict
from consent.actor import Actor
from consent.provision import counting, enforceable, provisions, wording
from consent.provision.coverage import SILENCE, Named, coverage
from consent.rule import Evidence, Rule, Text
from consent.verdict import EVERY_KEEPER, REPLACED, UNFOUNDED, Verdict
from resources.record import period, reference
from resources.record.envelope import PERSONS
from resources.record.version import Version
from resources.search.predicate import Among, Predicate, all_of, any_of, has_one_of, none_of, some

SIGNED = Text("the consent", "同意書")


def rules(
    id: str,
    because: Text,
    casework: Predicate,
    consents: tuple[Version, ...],
    who: Named,
    actor: Actor,
) -> Iterator[Rule]:
    """Grounds kept with what they lack, for the consents that name this actor or nobody."""
    for version in consents:
        consent = evidence.body(version)
        named = {name for name, _ in provisions.grantees(consent.get("provision") or {})}
        if not named & who.refused:
            continue
        patient = reference.one(consent, "patient")
        about: Predicate = all_of([casework, some(PERSONS, Among(frozenset({patient})))])
        kept = verdict.read(version.terms)
        cited = (Evidence(evidence.cite(version), SIGNED),)
        lacks = tuple(_lacks(consent, kept, actor.now))
        if not lacks:
            tag = wording.learn(wording.of(consent, counting.reached(kept)))
            read = coverage(tag, actor.purpose)
            granted = any_of(clause.grants(who, [tag]) for clause in read.grants)
            refused = any_of(clause.withholds(who, [tag]) for clause in read.withholds)
            covered = some(PERSONS, all_of([Among(frozenset({patient})), granted, none_of(refused)]))
            if EVERY_KEEPER not in kept.honoured:
                elsewhere = none_of(has_one_of(".custodian", kept.honoured))
                yield Rule(id, "permit", all_of([about, covered, elsewhere]), because, cited, lacks=(_NOT_VERIFIED,))
            about = all_of([about, none_of(covered)])
            lacks = (_NOT_FOR_THIS,) if read == SILENCE else (_LEFT_OUT,)
        yield Rule(id, "permit", about, because, cited, lacks=lacks)


def _lacks(consent: Mapping[str, Any], kept: Verdict, now: datetime) -> Iterator[Text]:
    """Why a consent does not count: anything but active, signed, of standing, in its period and enforceable."""
    if consent.get("status") != "active":
        yield Text("the consent is not active: it was revoked or never given", "同意が有効でない（撤回または未成立）")
    if not provisions.signed(consent):
        yield Text("the consent is not signed", "同意書に署名がない")
    elif not kept.counts:
        yield Text("the consent was not filed or signed by who may", "資格のある人の登録・署名による同意書でない")
    if kept.note(REPLACED):
        yield Text("a newer paper took the place of the consent", "新しい同意書がこの同意書に代わっている")
    if kept.aged == UNFOUNDED:
        yield Text(
            "by the birth date that stands they could not sign", "確定している生年月日では署名できない人の署名である"
        )
    elif (lapses := counting.lapsing(kept)) and lapses <= period.instant(now):
        yield Text("the person for whom another signed is of age", "代わって署名された本人が成年に達している")
    if any(enforceable.unenforceable(consent)):
        yield Text("the consent has an element that cannot be enforced", "判定できない項目を含む同意である")
        return
    if not period.contains(consent["provision"].get("period"), now):
        yield Text("the consent's period does not contain this day", "同意の期間に含まれない")


_LEFT_OUT = Text("the consent leaves this record out", "同意がこの記録を対象としていない、または除いている")
_NOT_VERIFIED = Text(
    "who keeps this record has not verified the consent", "この記録を管理する機関が同意書を確認していない"
)
_NOT_FOR_THIS = Text(
    "the consent does not name this agency for this purpose", "同意がこの機関・この目的を対象としていない"
)
