"""A consent says who signed it, when and on what, can be enforced as written, and is never another than was signed.

R3 and R4 of the domain; docs/policy.md, "consent". Whose signature it must be is a matter of its standing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.provision import enforceable as consent_enforceable
from consent.provision import provisions
from consent.provision.enforceable_provision import recorded
from consent.relations import teams
from consent.standing import revocation
from consent.transition import Transition, violation
from resources.record import period, reference
from resources.record.problem import Issue

_SIGNED = (
    *("patient", "performer", "dateTime", "organization", "scope", "policy", "policyRule", "provision"),
    *("sourceReference", "sourceAttachment", "extension", "modifierExtension"),
)
"""What a paper says: another paper is another consent."""

_DAY = len("2026-11-23")

MOST_PAPERS = 100
"""So many papers that permit something an agency files of one person; refusals are taken until there are twice as many,
so that a person can refuse whatever was permitted."""

MOST_ACTIVE, REFUSALS_BESIDE = 40, 10
"""So many papers of one person that an agency filed are active at once; refusals are taken beside them."""


def enforceable(change: Transition) -> Iterator[Issue]:
    """R4: an element the server cannot enforce makes a Consent unstorable as active, and so as what may be active."""
    if change.after and change.after.get("status", "active") == "active":
        yield from consent_enforceable.unenforceable(change.after)
        for path, actor in teams.named(change.after):
            if recorded(actor) != teams.meant(actor, change.look, change.before):
                at = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
                text = "which agencies a team means is written down by the server when the consent is filed"
                ja = "チームに記録されている機関は、同意書の登録時にサーバーが書き込みます"
                yield violation("R4", text, ja, f"Consent{at}.extension")


def signed(change: Transition) -> Iterator[Issue]:
    """R3: an active Consent says who signed it, on which day, which is not to come, and on what."""
    consent = change.after
    if not consent or consent.get("status") != "active":
        return
    if not reference.one(consent, "patient"):
        yield violation("R3", "name the person who consents", "同意する本人を記入してください", "Consent.patient")
    yield from _day(change, consent)
    if not consent.get("sourceReference") and not consent.get("sourceAttachment"):
        yield violation("R3", "name the signed sheet", "署名のあるシートを記入してください", "Consent.source[x]")
    if not reference.many(consent, "performer"):
        yield violation("R3", "say who signed", "署名した人を記入してください", "Consent.performer")


def final(change: Transition) -> Iterator[Issue]:
    """R3: what is ended stays so, and what was signed is not rewritten: who consents again signs another paper."""
    before, after = change.before, change.after
    if not before or not after or before.get("status") in ("draft", "proposed"):
        return
    had, has = before.get("status"), after.get("status")
    allowed = (had, "inactive", "entered-in-error") if had == "active" else (had, "entered-in-error")
    if had == "active" and has not in allowed:
        text = "an active consent is ended by `inactive`, or `entered-in-error` where it was never signed"
        ja = "有効な同意書は `inactive`（誤りなら `entered-in-error`）で終わらせます"
        yield violation("R3", text, ja, "Consent.status")
    elif has not in allowed:
        text = f"a consent that is `{had}` stays so: who consents again signs again, and that is another consent"
        ja = f"`{had}` の同意書は元に戻せません。改めて署名し、別の同意書として登録してください"
        yield violation("R3", text, ja, "Consent.status")
    for element in _SIGNED:
        if change.turns(element):
            text = f"`{element}` was signed as it stands: another paper is another consent"
            ja = f"`{element}` は署名されたものです。別の用紙は別の同意書として登録してください"
            yield violation("R3", text, ja, f"Consent.{element}")


def not_too_many(change: Transition) -> Iterator[Issue]:
    """R4: all papers of a person are looked through with each that is filed; a word that ends some is always taken."""
    consent = change.after
    if change.before or not consent or revocation.is_one(consent):
        return
    most = MOST_PAPERS * (1 if provisions.permits(consent) else 2)
    if change.duty_context.papers[0] >= most:
        text = f"an agency files {most} papers of one person: name several recipients or records in one"
        ja = f"一つの機関が登録できる同意書は一人につき {most} 件までです。提供先や記録を一枚にまとめてください"
        yield violation("R4", text, ja, "Consent.patient")


def not_too_many_active(change: Transition) -> Iterator[Issue]:
    """R4: one word, or one newer paper, ends all that are active, each in a new version."""
    consent = change.after
    if not consent or not change.turns("status") or consent.get("status") != "active":
        return
    most = MOST_ACTIVE + (0 if provisions.permits(consent) else REFUSALS_BESIDE)
    if change.duty_context.papers[1] >= most:
        text = f"of one person {most} papers of an agency are active at once: end those first that are over"
        ja = f"一つの機関の有効な同意書は一人につき {most} 件までです。終わったものを先に終了にしてください"
        yield violation("R4", text, ja, "Consent.status")


def withholding_stays(change: Transition) -> Iterator[Issue]:
    """R3: to end what withholds is to grant: it takes a newer signature, on a paper that says it replaces this one."""
    before, after = change.before, change.after
    if not before or before.get("status") != "active" or (after and after.get("status") == "active"):
        return
    ends_exceptions = after is None and provisions.withholds(before)
    if ends_exceptions or not provisions.permits(before):
        text = "a refusal ends by a newer consent that the person signed, and that says it replaces earlier ones"
        ja = "拒否は、本人が新しく署名し「前の同意書に代わる」と記した同意書によってだけ終わります"
        yield violation("R3", text, ja, "Consent.status")


def verified_by_the_server(change: Transition) -> Iterator[Issue]:
    """R3: who has verified a paper is written down by the server, as they call `$verify-consent`."""
    if change.after and change.turns("verification"):
        text = "`verification` is the server's: an agency that was asked to calls `$verify-consent`"
        ja = "`verification` はサーバーが記録します。依頼された機関が `$verify-consent` を呼び出してください"
        yield violation("R3", text, ja, "Consent.verification")


def _day(change: Transition, consent: Mapping[str, Any]) -> Iterator[Issue]:
    said = consent.get("dateTime")
    if not isinstance(said, str):
        yield violation("R3", "say when it was signed", "署名の日時を記入してください", "Consent.dateTime")
        return
    first = period.first(said)
    if first is None or len(said) < _DAY:
        text, ja = "say on which day it was signed", "署名の日を、年月日まで記入してください"
        yield violation("R3", text, ja, "Consent.dateTime")
    elif first > change.facts.actor.now:
        text, ja = "it is signed before it is filed, not later", "署名の日時が未来です。署名のあとに登録してください"
        yield violation("R3", text, ja, "Consent.dateTime")
