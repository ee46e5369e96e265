"""The protections of a Patient as the server keeps them: labels of `meta.security`, each a lock of its own.

docs/policy.md, D1: a protection is not part of what a client writes; it comes by `$protect` and goes by
`$lift-protection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consent import vocabulary
from resources.record import coding, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version

NAMED, AGAINST, ID = "disclosable-to", "protected-against", "protection"
SUBSTITUTE, CONFIRMED, RELEASED = "substitute", "lock-confirmed", "released-performer"
SIGNER = "confirmed-signer"

Label = Mapping[str, Any]


def labels(patient: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The labels that protect a Patient."""
    meta = (patient or {}).get("meta")
    found = meta.get("security") or () if isinstance(meta, dict) else ()
    return [each for each in found if coding.of(each) & vocabulary.SECRECY_LABELS]


def label(code: Mapping[str, str], id: str, named: Iterable[str], against: Iterable[str]) -> dict[str, Any]:
    """The label of one protection: whom it names, and whom it is against."""
    parts: list[dict[str, Any]] = [{"url": _url(ID), "valueId": id}]
    parts += [{"url": _url(NAMED), "valueReference": {"reference": each}} for each in named]
    # No reference: a Patient's record is not about whom it is protected from.
    parts += [{"url": _url(AGAINST), "valueUri": each} for each in against]
    return {**code, "extension": parts}


def id_of(one: Label) -> str:
    """The id that a protection has on every Patient who shares the dwelling; empty for one of an older release."""
    return next((str(each.get("valueId", "")) for each in coding.extension(one, ID)), "")


def named(one: Label) -> frozenset[str]:
    """The agencies, desks, posts and persons to whom it opens."""
    return _references(one, NAMED)


def released(one: Label) -> frozenset[str]:
    """The agencies, desks and posts that may be shown as who does something."""
    return _references(one, RELEASED)


def signers(one: Label) -> dict[str, str]:
    """Who signs for the person and is not the one it is against, as an officer on the list confirmed: of each
    RelatedPerson the number of the version that was confirmed."""
    cited = (str(each.get("valueUri", "")).partition("/_history/") for each in coding.extension(one, SIGNER))
    return {name: number for name, _, number in cited if number}


def released_by_all(labels: Sequence[Label]) -> frozenset[str]:
    """Whom each of them lets be shown as performer."""
    return frozenset.intersection(*map(released, labels)) if labels else frozenset()


def signing_by_all(labels: Sequence[Label]) -> set[tuple[str, str]]:
    """Of whom each of them has a confirmation: the RelatedPerson, and each version that was confirmed."""
    said = [signers(label) for label in labels]
    every = set.intersection(*map(set, said)) if said else set()
    return {(one, each[one]) for one in every for each in said}


def against(one: Label) -> frozenset[str]:
    """Whom it is against."""
    return frozenset(str(each.get("valueUri", "")) for each in coding.extension(one, AGAINST)) - {""}


def substitutes(one: Label) -> list[tuple[str, str]]:
    """Who is on the list for some days, each with the last of these days."""
    found = []
    for each in coding.extension(one, SUBSTITUTE):
        parts = {part.get("url"): part for part in each.get("extension") or ()}
        who, until = (
            reference.one(parts.get("who") or {}, "valueReference"),
            (parts.get("until") or {}).get("valueDate"),
        )
        found += [(who, str(until))] if who and until else []
    return found


def confirmed(one: Label) -> bool:
    """Whether the lead section has confirmed that it takes a place from those whom an earlier one names."""
    return any(each.get("valueBoolean") is True for each in coding.extension(one, CONFIRMED))


def extended(one: Label, names: Iterable[str], until: str = "") -> dict[str, Any]:
    """The label with these on its list, for good or until the end of a day."""
    added: list[dict[str, Any]] = []
    for each in names if until else [each for each in names if each not in named(one)]:
        who = {"valueReference": {"reference": each}}
        parts = [{"url": "who", **who}, {"url": "until", "valueDate": until}]
        added.append({"url": _url(SUBSTITUTE), "extension": parts} if until else {"url": _url(NAMED), **who})
    return {**one, "extension": [*(one.get("extension") or ()), *added]}


def releasing(one: Label, performers: Iterable[str]) -> dict[str, Any]:
    """The label by which these may be shown as who does something."""
    added = [
        {"url": _url(RELEASED), "valueReference": {"reference": each}}
        for each in performers
        if each not in released(one)
    ]
    return {**one, "extension": [*(one.get("extension") or ()), *added]}


def signing(one: Label, signer: Version, *, confirmed: bool) -> dict[str, Any]:
    """The label by which this RelatedPerson, as it is now, is confirmed to read for the person, or is no more."""
    said = {"url": _url(SIGNER), "valueUri": signer.cited}  # no reference, as whom it is against is none
    own = f"{signer.reference}/_history/"
    kept = [each for each in one.get("extension") or () if not str(each.get("valueUri", "")).startswith(own)]
    return {**one, "extension": [*kept, *([said] if confirmed else [])]}


def confirming(one: Label) -> dict[str, Any]:
    """The label as the lead section confirms it."""
    return {**one, "extension": [*(one.get("extension") or ()), {"url": _url(CONFIRMED), "valueBoolean": True}]}


def unconfirmed(one: Label) -> dict[str, Any]:
    """The label as it comes to somebody else, of whose other protections, and who signs for them, nobody has confirmed
    anything."""
    urls = (_url(CONFIRMED), _url(SIGNER))
    return {**one, "extension": [each for each in one.get("extension") or () if each.get("url") not in urls]}


def instead(patient: Mapping[str, Any], old: Label, new: Label) -> dict[str, Any]:
    """The Patient with one label in the place of another."""
    meta = patient["meta"]
    return {**patient, "meta": {**meta, "security": [new if each == old else each for each in meta["security"]]}}


def more(patient: Mapping[str, Any], added: Iterable[Label]) -> dict[str, Any]:
    """The Patient with these labels besides."""
    meta = patient.get("meta") or {}
    return {**patient, "meta": {**meta, "security": [*(meta.get("security") or ()), *added]}}


def less(patient: Mapping[str, Any], gone: Label) -> dict[str, Any]:
    """The Patient without this label."""
    meta = dict(patient.get("meta") or {})
    meta["security"] = [each for each in meta.get("security") or () if each != gone]
    left = {key: value for key, value in meta.items() if value != []}
    rest = {key: value for key, value in patient.items() if key != "meta"}
    return rest | ({"meta": left} if left else {})


def kept(before: Mapping[str, Any] | None, sent: dict[str, Any], *, shown: bool) -> dict[str, Any]:
    """A Patient as sent, with the protections it has. Raises Problem where it carries one that it has not.

    To whom not all was `shown` no protection is one he could send back.
    """
    meta = sent.get("meta") or {}
    has = labels(before)
    if any(each not in has or not shown for each in labels(sent)):
        raise Problem("business-rule", _UNWRITTEN)
    if labels(sent) == has or not (shown or "security" in meta):
        return sent
    others = [each for each in meta.get("security") or () if not coding.of(each) & vocabulary.SECRECY_LABELS]
    return {**sent, "meta": {**meta, "security": [*others, *has]}}


def _references(one: Label, name: str) -> frozenset[str]:
    found = (reference.one(each, "valueReference") for each in coding.extension(one, name))
    return frozenset(found) - {""}


def _url(name: str) -> str:
    return f"{coding.BASE}/StructureDefinition/{name}"


_UNWRITTEN = problem.of_rule(
    "D1",
    "a person is protected by `$protect` (POST Patient/id/$protect), by nothing that is written: leave the label out",
    "居所の秘匿は `$protect`（POST Patient/id/$protect）で設定します。書き込む記録には秘匿の表示を入れないでください",
    "Patient.meta.security",
)
