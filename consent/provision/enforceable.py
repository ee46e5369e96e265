"""Whether the server can enforce every element of a Consent: what it cannot, it does not take as active.

docs/policy.md, section 5: nothing is ever silently ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.provision import enforceable_provision as provisions
from consent.provision.enforceable_provision import OPPOSITE, TYPES, unenforced
from profiles import consent as tables
from resources.record import coding, reference
from resources.record.problem import Issue

_BASES = {
    "http://terminology.hl7.org/CodeSystem/v3-ActCode|OPTIN": "optin",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode|OPTOUT": "optout",
}
_BY_BASE = {"optin": "deny", "optout": "permit"}
"""What a root without a type is: an exception to the base."""


def kind(consent: Mapping[str, Any]) -> str:
    """`permit` or `deny` as the root says; where it has no type `optin` or `optout` as the base; empty for neither."""
    root = consent.get("provision")
    if not isinstance(root, Mapping):
        return ""
    if "type" in root:
        return root["type"] if root["type"] in TYPES else ""
    bases = {_BASES[code] for code in coding.of(consent.get("policyRule")) if code in _BASES}
    return bases.pop() if len(bases) == 1 else ""


def type_of(kind: str) -> str:
    """Whether the root of such a consent permits or denies what it describes."""
    return _BY_BASE.get(kind, kind)


def unenforceable(consent: Mapping[str, Any]) -> Iterator[Issue]:
    """What stands in the way of this Consent being active, each with its path and what to file instead."""
    yield from _around(consent)
    said = kind(consent)
    if not said:
        text = "state `permit` or `deny`, or the base of the form as `policyRule` OPTIN or OPTOUT"
        ja = "`permit` か `deny` を記入するか、様式の原則を `policyRule` の OPTIN・OPTOUT で示してください"
        yield unenforced(text, ja, "Consent.provision.type")
        return
    root = consent["provision"]
    if said in _BY_BASE and not set(root) & provisions.DESCRIBING:
        # Two of R4's own examples say nothing but a period, and mean the opposite by it.
        text = "what a root without a type says is an exception to the base, and this describes none: state its type"
        ja = "種別のない規定は原則への例外ですが、対象がありません。`permit` か `deny` を記入してください"
        yield unenforced(text, ja, "Consent.provision.type")
    yield from provisions.unenforceable(root, "Consent.provision")
    for place, exception in enumerate(root.get("provision") or ()):
        yield from _exception(exception, type_of(said), f"Consent.provision.provision[{place}]")
    if provisions.rows(root) > provisions.MOST_ROWS:
        text = f"more than {provisions.MOST_ROWS} recipients and records at once: file several consents"
        ja = f"提供先と記録の組み合わせが{provisions.MOST_ROWS}件を超えています。同意書を分けてください"
        yield unenforced(text, ja, "Consent.provision")


def _exception(exception: Mapping[str, Any], root: str, at: str) -> Iterator[Issue]:
    said = exception.get("type")
    if said != OPPOSITE[root]:
        text = (
            "a rule below a rule of the same type adds nothing: file it as a second consent, or as repetitions of one"
            " element of the rule above"
            if said == root
            else f"an exception states its type, and it is the opposite one: `{OPPOSITE[root]}`"
        )
        ja = (
            "同じ種別の入れ子はできません。別の同意書にするか、上の規定の要素の繰り返しで表してください"
            if said == root
            else f"例外には反対の種別 `{OPPOSITE[root]}` を記入してください"
        )
        yield unenforced(text, ja, f"{at}.type")
    if "provision" in exception:
        text = "exceptions go one level deep: file what the inner one says as a consent of its own"
        yield unenforced(text, "例外は一段までです。内側の内容は別の同意書に分けてください", f"{at}.provision")
    yield from provisions.unenforceable(exception, at)


def _around(consent: Mapping[str, Any]) -> Iterator[Issue]:
    """Everything that is not the provision."""
    for element in sorted(set(consent) - tables.elements() - {"modifierExtension"}):
        text, ja = f"`{element}` cannot be enforced: leave it out", f"`{element}` は判定できません。除いてください"
        yield unenforced(text, ja, f"Consent.{element}")
    modified = any("modifierExtension" in each for each in reference.objects(consent))
    for at in sorted(_modifiers(consent, "Consent")) if modified else ():
        text = "a modifier that this server does not know changes what is said: leave it out"
        yield unenforced(text, "意味を変える拡張（modifierExtension）は判定できません。除いてください", at)
    scope = coding.of(consent.get("scope"))
    if not scope or not scope <= tables.accepted("scope"):
        text = "only `patient-privacy` is enforced here: file other consents as `proposed`"
        ja = "判定できるのは個人情報の提供の同意（`patient-privacy`）だけです"
        yield unenforced(text, ja, "Consent.scope")
    for place, category in enumerate(consent.get("category") or ()):
        if not coding.of(category) <= tables.accepted("category"):
            text = "this category is another kind of consent, which is not enforced here"
            yield unenforced(text, "この分類の同意は判定できません", f"Consent.category[{place}]")
    for place, verification in enumerate(consent.get("verification") or ()):
        if not isinstance(verification, Mapping) or verification.get("verified") is not True:
            text = "a consent that was not confirmed is not active"
            ja = "確認されていない同意書は有効にできません"
            yield unenforced(text, ja, f"Consent.verification[{place}].verified")


def _modifiers(node: Any, at: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == "modifierExtension":
                yield f"{at}.modifierExtension"
            else:
                yield from _modifiers(value, f"{at}.{name}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _modifiers(value, f"{at}[{place}]")
