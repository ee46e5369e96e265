"""Whether the server can enforce every element of a Consent: what it cannot, it does not take as active.

docs/policy.md, section 5: nothing is ever silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resources.record import coding, problem, reference
from resources.record.problem import Issue

RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_RECEIVING = {f"{_PARTICIPATION}|IRCP", f"{_PARTICIPATION}|PRCP"}
_GRANTEES = ("Organization/", "Practitioner/", "PractitionerRole/")
_ELEMENTS = {"id", "type", "period", "actor", "purpose", "class", "securityLabel", "provision"}


def unenforceable(consent: Mapping[str, Any]) -> Iterator[Issue]:
    """What stands in the way of this Consent being active, each with its path and what to file instead."""
    root = consent.get("provision")
    if not isinstance(root, Mapping) or root.get("type") not in ("permit", "deny"):
        yield _issue("state `permit` or `deny`", "`permit` か `deny` を記入してください", "Consent.provision.type")
        return
    yield from _provision(root, "Consent.provision")
    for place, exception in enumerate(root.get("provision") or ()):
        at = f"Consent.provision.provision[{place}]"
        if exception.get("type") not in ("permit", "deny") or exception["type"] == root["type"]:
            text = "an exception is of the opposite type: file what is alike as repetitions of one element"
            yield _issue(text, "例外は反対の種別にしてください。同じ種別は一つの要素の繰り返しで表します", f"{at}.type")
        if exception.get("provision"):
            text = "exceptions go one level deep: file a second consent instead"
            yield _issue(text, "例外は一段までです。別の同意書に分けてください", f"{at}.provision")
        yield from _provision(exception, at)


def _provision(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for element in sorted(set(provision) - _ELEMENTS):
        text = f"`{element}` cannot be enforced yet: leave it out, or file the consent as `proposed`"
        yield _issue(
            text, f"`{element}` は判定できません。除くか、`proposed` として記録してください", f"{at}.{element}"
        )
    for place, actor in enumerate(provision.get("actor") or ()):
        if not reference.one(actor, "reference").startswith(_GRANTEES):
            text = "name an Organization, a Practitioner or a PractitionerRole of the directory"
            ja = "相談機関一覧の機関または担当者を記入してください"
            yield _issue(text, ja, f"{at}.actor[{place}].reference")
        if not coding.of(actor.get("role")) <= _RECEIVING:
            text = "the actor's role is to receive information (`IRCP` or `PRCP`)"
            yield _issue(text, "役割は情報の受け手（IRCP・PRCP）です", f"{at}.actor[{place}].role")
    for place, kind in enumerate(provision.get("class") or ()):
        if kind.get("system") != RESOURCE_TYPES:
            text = f"a class is a resource type of `{RESOURCE_TYPES}`"
            yield _issue(text, "class はリソース種別で記入してください", f"{at}.class[{place}].system")


def _issue(text: str, ja: str, at: str) -> Issue:
    return problem.of_rule("R4", text, ja, at, "business-rule")
