"""A consent that counts is signed by the one it concerns, on the sheet, and can be enforced as written.

R3 and R4 of the domain; docs/policy.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent import enforceable as consent_enforceable
from consent import teams
from consent.enforceable_provision import recorded
from consent.transition import Transition, violation
from resources.record import age, coding, reference
from resources.record.problem import Issue

MAJORITY = 18
_GUARDIAN = "http://terminology.hl7.org/CodeSystem/v3-RoleCode|GUARD"


def enforceable(change: Transition) -> Iterator[Issue]:
    """R4: an element the server cannot enforce makes a Consent unstorable as active."""
    if change.after and change.after.get("status") == "active":
        yield from consent_enforceable.unenforceable(change.after)
        for path, actor in teams.named(change.after):
            if recorded(actor) != teams.meant(actor, change.look, change.before):
                at = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
                text = "which agencies a team means is written down by the server when the consent is filed"
                ja = "チームに記録されている機関は、同意書の登録時にサーバーが書き込みます"
                yield violation("R4", text, ja, f"Consent{at}.extension")


def signed(change: Transition) -> Iterator[Issue]:
    """R3: an active Consent says who signed it, when, and on what; one person, or a minor's or ward's guardian."""
    consent = change.after
    if not consent or consent.get("status") != "active":
        return
    if not reference.one(consent, "patient"):
        yield violation("R3", "name the person who consents", "同意する本人を記入してください", "Consent.patient")
    if not consent.get("dateTime"):
        yield violation("R3", "say when it was signed", "署名の日時を記入してください", "Consent.dateTime")
    if not consent.get("sourceReference") and not consent.get("sourceAttachment"):
        yield violation("R3", "name the signed sheet", "署名のあるシートを記入してください", "Consent.source[x]")
    performers = reference.many(consent, "performer")
    if not performers:
        yield violation("R3", "say who signed", "署名した人を記入してください", "Consent.performer")
    for place, performer in enumerate(performers):
        if not _may_sign(change, performer, consent):
            yield violation(
                "R3",
                f"`{performer}` may not sign for this person: oneself, or the guardian of a minor or a ward",
                f"`{performer}` は署名できません。本人か、未成年者・被後見人の保護者・後見人が署名します",
                f"Consent.performer[{place}]",
            )


def _may_sign(change: Transition, performer: str, consent: Any) -> bool:
    patient = reference.one(consent, "patient")
    if performer == patient:
        return True
    guardian = change.look(performer) if performer.startswith("RelatedPerson/") else None
    if not guardian or reference.one(guardian, "patient") != patient:
        return False
    return _GUARDIAN in coding.of(guardian.get("relationship")) or _is_minor(change, patient)


def _is_minor(change: Transition, patient: str) -> bool:
    """Surely not of age on the day of this request: a day of birth that cannot be told makes nobody a minor."""
    born = (change.look(patient) or {}).get("birthDate")
    return age.is_below(MAJORITY, born, change.facts.actor.now) is True
