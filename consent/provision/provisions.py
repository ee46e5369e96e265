"""The rows that a Consent contributes: to whom it speaks, from when until when, of which records, in which wording.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision; docs/policy.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from consent.provision import enforceable, wording
from consent.provision.enforceable_provision import TEAM, recorded
from resources.record import period, reference
from resources.search.predicate import term
from resources.search.relation import FOREVER, Relation

CONSENT = "consent"
"""The relation of a patient to whom their consent speaks: its tag is what it says of records."""

EVERYBODY = "*"
"""Where a provision names no actor."""


def relations(consent: Mapping[str, Any], reached: Sequence[Mapping[str, Any]] = ()) -> Iterator[Relation]:
    """What a Consent contributes to the policy, as long as it counts; `reached` is what later words ended of it.

    One that cannot be counted grants nothing, and withholds everything as far as it may be a refusal.
    """
    if consent.get("status") != "active":
        return
    patient, root = reference.one(consent, "patient"), consent.get("provision")
    span = period.span(root.get("period")) if isinstance(root, Mapping) else None
    enforced = not any(enforceable.unenforceable(consent))
    if enforced and span and signed(consent) and isinstance(root, Mapping):
        yield from _rows(consent, root, patient, span, reached)
    elif _may_refuse(consent, enforced=enforced):
        yield Relation(CONSENT, patient, EVERYBODY, wording.REFUSAL, *(span or ("", FOREVER)))


def signed(consent: Mapping[str, Any]) -> bool:
    """Whether somebody has signed, on a paper."""
    return bool(consent.get("performer")) and bool(consent.get("sourceReference") or consent.get("sourceAttachment"))


def permits(consent: Mapping[str, Any]) -> bool:
    """Whether it is, but for its exceptions, a permit: by its root, or by the base that its root is an exception to."""
    return enforceable.kind(consent) in ("permit", "optin")


def withholds(consent: Mapping[str, Any]) -> bool:
    """Whether it withholds anything, itself or by an exception; one that cannot be told does."""
    return enforceable.kind(consent) != "permit" or bool(consent["provision"].get("provision"))


def grantees(provision: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Whom a provision names, with the team through which they are meant, if any; everybody where it names nobody."""
    for actor in provision.get("actor") or ():
        name = reference.one(actor, "reference")
        if name.startswith(TEAM):
            yield from ((agency, name) for agency in recorded(actor))
        elif name:
            yield name, ""
    if not provision.get("actor"):
        yield EVERYBODY, ""


def _rows(
    consent: Mapping[str, Any],
    root: Mapping[str, Any],
    patient: str,
    span: tuple[str, str],
    reached: Sequence[Mapping[str, Any]],
) -> Iterator[Relation]:
    said = wording.of(consent, reached)
    tag = wording.tag(said)
    if said.kind in ("optin", "optout"):
        yield Relation(CONSENT, patient, EVERYBODY, tag + wording.BASE, *span)
    yield from _of(root, patient, tag, span, lasting=said.type == "deny")
    for exception in root.get("provision") or ():
        own = period.span(exception.get("period"))
        if own and (place := wording.place(said, exception)):
            yield from _of(exception, patient, tag + place, own, lasting=said.type == "permit")
    for ended in reached:
        if place := wording.reached_place(said, ended):
            # Of a team every agency that was meant, in it still or not: what is over does not come back.
            yield from _of(ended, patient, tag + place, ("", FOREVER), lasting=True)


def _of(
    provision: Mapping[str, Any], patient: str, tag: str, span: tuple[str, str], *, lasting: bool
) -> Iterator[Relation]:
    """The rows of one provision. What withholds is `lasting`: it holds against who leaves the team it names."""
    low, high = period.span(provision.get("dataPeriod")) or ("", FOREVER)
    for to, via in grantees(provision):
        for one in _terms(provision):
            yield Relation(CONSENT, patient, to, tag, *span, "" if lasting else via, one, low, high)


def _terms(provision: Mapping[str, Any]) -> Iterator[str]:
    """What each record that is named alone has: its id, or who first wrote it, or whose it is."""
    for data in provision.get("data") or ():
        name = reference.one(data, "reference")
        if data.get("meaning") == "instance":
            yield term(".id", name)
        else:
            yield term(".custodian" if name.startswith("Organization/") else ".author", name)
    if not provision.get("data"):
        yield ""


def _may_refuse(consent: Mapping[str, Any], *, enforced: bool) -> bool:
    """Whether anything in it withholds, or may: all but a permit that is nothing else."""
    root = consent.get("provision")
    if not isinstance(root, Mapping) or root.get("type") != "permit":
        return True
    return not enforced and any(each.get("type") != "permit" for each in root.get("provision") or ())
