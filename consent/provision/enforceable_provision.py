"""Whether the server can enforce every element and every code of one provision of a Consent.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision; docs/policy.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from profiles import consent as tables
from resources.record import coding, period, problem, reference
from resources.record.problem import Issue

TYPES = ("permit", "deny")
OPPOSITE = {"permit": "deny", "deny": "permit"}
DESCRIBING = frozenset({"actor", "action", "purpose", "class", "code", "securityLabel", "dataPeriod", "data"})
"""What a provision describes records, recipients and purposes by."""

RECORDED = f"{coding.BASE}/StructureDefinition/recorded-in-team"
"""The extension by which the server writes down which agencies a team named as a recipient had when it was filed."""

TEAM = "CareTeam/"
GRANTEES = ("Organization/", "Practitioner/", "PractitionerRole/", TEAM)
AUTHORS = ("Organization/", "Practitioner/")
MOST_ROWS = 300
"""So many recipients and records at once: a row of each is written while others wait to write."""

MOST_SAID = 500
"""So many recipients, codes or records one element of a provision names."""

MOST_EXCEPTIONS = 50

_ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_KNOWN = DESCRIBING | {"id", "type", "period", "provision"}


def unenforceable(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """What stands in the way of a provision, with its path; its own exceptions are not looked at."""
    for element in sorted(set(provision) - _KNOWN - {"modifierExtension"}):
        text, ja = f"`{element}` cannot be enforced: leave it out", f"`{element}` は判定できません。除いてください"
        yield unenforced(text, ja, f"{at}.{element}")
    for element in sorted(DESCRIBING & set(provision)):
        if not provision[element]:
            yield unenforced("an element that is there says something", "空の要素です", f"{at}.{element}")
    for element in ("period", "dataPeriod"):
        span = period.span(provision.get(element))
        if span is None:
            text, ja = "the period cannot be read, or holds nothing", "期間を読み取れないか、期間が空です"
            yield unenforced(text, ja, f"{at}.{element}")
    yield from _actors(provision, at)
    yield from _actions(provision, at)
    yield from _purposes(provision, at)
    yield from _classes(provision, at)
    yield from _codes(provision, at)
    yield from _labels(provision, at)
    yield from _data(provision, at)


def too_much(consent: Mapping[str, Any]) -> Iterator[Issue]:
    """What is more than a Consent may say, of whatever status: looked at before anything else is done with it."""
    root = consent.get("provision")
    rules = [("Consent.provision", root)] if isinstance(root, Mapping) else []
    inner = root.get("provision") if isinstance(root, Mapping) else None
    if isinstance(inner, list):
        if len(inner) > MOST_EXCEPTIONS:
            yield _more(MOST_EXCEPTIONS, "Consent.provision.provision")
        numbered = enumerate(inner[:MOST_EXCEPTIONS])
        rules += [(f"Consent.provision.provision[{at}]", each) for at, each in numbered if isinstance(each, Mapping)]
    for at, rule in rules:
        for element in sorted(DESCRIBING & set(rule)):
            said = rule[element] if isinstance(rule[element], list) else []
            if sum(_size(each) for each in said) > MOST_SAID:
                yield _more(MOST_SAID, f"{at}.{element}")


def rows(root: Mapping[str, Any]) -> int:
    """How many rows a root and its exceptions would make at most."""
    return sum(_many(each) for each in (root, *(root.get("provision") or ())))


def unenforced(text: str, ja: str, at: str) -> Issue:
    """A finding of rule R4."""
    return problem.of_rule("R4", text, ja, at, "business-rule")


def recorded(actor: Mapping[str, Any]) -> list[str]:
    """The agencies that the server wrote down for a team named as a recipient."""
    found = (reference.one(entry, "valueReference") for entry in coding.extension(actor, "recorded-in-team"))
    return sorted({name for name in found if name.startswith("Organization/")})


def _size(said: Any) -> int:
    """How many codes or recipients one repetition has."""
    inner = (said.get(name) for name in ("coding", "extension")) if isinstance(said, Mapping) else ()
    return max(1, *(len(each) if isinstance(each, list) else 1 for each in inner), 1)


def _more(most: int, at: str) -> Issue:
    text, ja = f"at most {most} here: file several consents", f"{most}件までです。同意書を分けてください"
    return Issue(text, ja, at)


def _many(provision: Mapping[str, Any]) -> int:
    actors = sum(max(1, len(recorded(actor))) for actor in provision.get("actor") or ())
    return max(1, actors) * max(1, len(provision.get("data") or ()))


def _actors(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, actor in enumerate(provision.get("actor") or ()):
        here, name = f"{at}.actor[{place}]", reference.one(actor, "reference")
        roles = coding.of(actor.get("role"))
        if not roles or not roles <= tables.accepted("role"):
            text = "the actor's role is to receive information, as a code: `IRCP` or `PRCP`"
            yield unenforced(text, "役割は情報の受け手の符号（IRCP・PRCP）で記入してください", f"{here}.role")
        if name.startswith("Group/"):
            text = "a Group holds persons here, and no agencies: name agencies, or a CareTeam that records them"
            ja = "Group は世帯員の集まりです。機関か、機関を記録した CareTeam を記入してください"
            yield unenforced(text, ja, f"{here}.reference")
        elif not name.startswith(GRANTEES):
            text = "name an Organization, a Practitioner or a PractitionerRole of the directory, or a CareTeam"
            ja = "相談機関一覧の機関または担当者、あるいは CareTeam を記入してください"
            yield unenforced(text, ja, f"{here}.reference")
        elif name.startswith(TEAM) and not recorded(actor):
            text, ja = "this team records no agency", "このチームには機関が記録されていません"
            yield unenforced(text, ja, f"{here}.reference")
        allowed = {"id", "role", "reference"} | ({"extension"} if name.startswith(TEAM) else set())
        for element in sorted(set(actor) - allowed - {"modifierExtension"}):
            yield unenforced(f"`{element}` cannot be enforced", f"`{element}` は判定できません", f"{here}.{element}")
        for each, entry in enumerate(actor.get("extension") or () if name.startswith(TEAM) else ()):
            if entry.get("url") != RECORDED:
                text, ja = "this extension cannot be enforced", "この拡張は判定できません"
                yield unenforced(text, ja, f"{here}.extension[{each}]")


def _actions(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """A consent opens reading, and nothing else can be done under one: whatever is said besides is of no effect."""
    said = provision.get("action") or ()
    known = True
    for place, action in enumerate(said):
        codings = coding.of(action)
        if not codings or not all(_is_closed(code) for code in codings):
            known = False
            text, ja = "name the action by a code of `consentaction`", "行為は `consentaction` の符号で記入してください"
            yield unenforced(text, ja, f"{at}.action[{place}]")
    if said and known and not coding.of(list(said)) & tables.accepted("action"):
        text = "a consent is about reading here: name `access`, or leave the action out"
        ja = "同意で扱うのは閲覧だけです。`access` を含めるか、行為を書かないでください"
        yield unenforced(text, ja, f"{at}.action")


def _purposes(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, purpose in enumerate(provision.get("purpose") or ()):
        [code] = coding.of(purpose) or {""}
        official = code.startswith(f"{_ACT_REASON}|") and _is_closed(code)
        if not official and code not in tables.accepted("purpose"):
            text = f"a purpose is a code of `{_ACT_REASON}` (PurposeOfUse), or `support-conference`"
            ja = "目的は PurposeOfUse の符号か `support-conference` で、符号体系とともに記入してください"
            yield unenforced(text, ja, f"{at}.purpose[{place}]")


def _classes(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, kind in enumerate(provision.get("class") or ()):
        here = f"{at}.class[{place}]"
        if kind.get("system") != tables.RESOURCE_TYPES:
            text = f"a class is a resource type of `{tables.RESOURCE_TYPES}`"
            yield unenforced(text, "class はリソース種別で記入してください", f"{here}.system")
        elif kind.get("code") not in (tables.closed(tables.RESOURCE_TYPES) or {}):
            text, ja = "this is no type that a record can be of", "記録の種別にありません（大文字と小文字を区別します）"
            yield unenforced(text, ja, f"{here}.code")
        elif "dataPeriod" in provision and kind["code"] not in tables.dates():
            text, ja = f"a {kind['code']} has no date to compare", f"{kind['code']} には比べる日付がありません"
            yield unenforced(text, ja, f"{here}.code")


def _codes(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, code in enumerate(provision.get("code") or ()):
        here, codings = f"{at}.code[{place}]", code.get("coding") or ()
        if not codings:
            text, ja = "name the code and its system", "符号と符号体系を記入してください"
            yield unenforced(text, ja, here)
        for each, entry in enumerate(codings):
            closed = tables.closed(str(entry.get("system", "")))
            if not entry.get("system") or not entry.get("code"):
                text, ja = "name the code and its system", "符号と符号体系を記入してください"
                yield unenforced(text, ja, f"{here}.coding[{each}]")
            elif closed is not None and entry["code"] not in closed:
                text, ja = "the code is not one of its system", "この符号体系にない符号です"
                yield unenforced(text, ja, f"{here}.coding[{each}].code")


def _labels(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, label in enumerate(provision.get("securityLabel") or ()):
        here = f"{at}.securityLabel[{place}]"
        if label.get("system") not in tables.labels():
            text, ja = "labels of this system are not compared", "この符号体系のラベルは判定できません"
            yield unenforced(text, ja, f"{here}.system")
        elif not any(_is_closed(code) for code in coding.of(label)):
            text, ja = "the code is not one of its system", "この符号体系にない符号です"
            yield unenforced(text, ja, f"{here}.code")


def _data(provision: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for place, data in enumerate(provision.get("data") or ()):
        here, name = f"{at}.data[{place}]", reference.one(data, "reference")
        meaning = data.get("meaning")
        if meaning not in ("instance", "authoredby"):
            text = "only `instance` and `authoredby` are enforced: name each record that is meant"
            ja = "判定できるのは `instance` と `authoredby` です。対象の記録を一件ずつ挙げてください"
            yield unenforced(text, ja, f"{here}.meaning")
        elif not name or "_history" in str(data["reference"].get("reference")):
            text, ja = "name a record of this server by its id", "このサーバーの記録を id で記入してください"
            yield unenforced(text, ja, f"{here}.reference")
        elif meaning == "authoredby" and not name.startswith(AUTHORS):
            text = "name the person (Practitioner) or the agency (Organization) that wrote the records"
            yield unenforced(text, "記録した職員か機関を記入してください", f"{here}.reference")
        for element in sorted(set(data) - {"id", "meaning", "reference", "modifierExtension"}):
            yield unenforced(f"`{element}` cannot be enforced", f"`{element}` は判定できません", f"{here}.{element}")


def _is_closed(code: str) -> bool:
    """Whether `system|code` is a code of a closed system."""
    system, _, bare = code.rpartition("|")
    return bare in (tables.closed(system) or {})
