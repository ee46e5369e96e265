"""The notation of `consents.csv`: consents, records and askers in few words, as resources of a world.

A consent is `permit{to=乙; purpose=TREAT}`, its exceptions follow after ` - `, a second consent after ` & `, what
is odd about it after `!`. `OPTIN{…}` has no type but a base, `@notOrg` is an example of R4 (`consent_examples.json`:
all twelve, as R4 4.0.1 publishes them but for their narratives).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.laws.worlds import RESOURCE_TYPES, V3, coded, concept, extension, own, ref

Json = dict[str, Any]

FILE = Path(__file__).with_name("consents.csv")
EXAMPLES: dict[str, Json] = json.loads(Path(__file__).with_name("consent_examples.json").read_text())
WHO = {
    "乙の担当": ("Practitioner/b", ""),
    "丙の担当": ("Practitioner/c", ""),
    "乙のシステム": ("", "Organization/b"),
}
NAMES = {
    "甲": "Organization/a",
    "乙": "Organization/b",
    "丙": "Organization/c",
    "甲の担当": "Practitioner/a",
    "乙の担当": "Practitioner/b",
    "丙の担当": "Practitioner/c",
    "乙の席": "PractitionerRole/b",
    "丙の席": "PractitionerRole/c",
    "世帯": "Group/g",
    "チーム": "CareTeam/team",
    "解散チーム": "CareTeam/dissolved",
}
_DATED = {
    "日付なし": None,
    "三月の記録": "2026-03",
    "二〇二六年の記録": "2026",
    "昨年の記録": "2025-07-01",
    "二〇二二年の記録": "2022-05-10",
}
_LEVELS = "ULMNRV"


@dataclass(frozen=True)
class Line:
    """One row of the table: of what is filed, whether this one reads that record for this purpose on this day."""

    number: str
    description: str
    papers: str
    record: str
    who: str
    purpose: str
    day: str
    result: str
    left: str

    @property
    def unstorable(self) -> list[str]:
        """The paths that are at fault; none where it is stored."""
        return self.result.split()[1:] if self.result.startswith("登録できない") else []

    @property
    def at(self) -> str:
        return self.day if "T" in self.day else f"{self.day}T13:00:00+09:00"

    @property
    def patient(self) -> str:
        return f"Patient/n{self.number}"


def lines() -> list[Line]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Line(*row) for row in csv.reader(file)][1:]


def teams() -> list[Json]:
    """乙 is in the team; 丙 was in it until June. The other one was dissolved."""
    left = {"member": ref("Organization/c"), "period": {"end": "2026-06-30"}}
    category = [concept("record-category", "case")]
    both = [{"member": ref("Organization/b")}, left]
    team: Json = {"resourceType": "CareTeam", "id": "team", "status": "active", "category": category}
    return [team | {"participant": both}, team | {"id": "dissolved", "status": "inactive", "participant": both}]


def record(line: Line) -> Json:
    """The record that is asked for; each line has its own, of its own patient."""
    kinds: dict[str, Json] = {
        "本人": {"resourceType": "Patient", "id": line.patient.partition("/")[2]},
        "計画": {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "category": [concept("record-category", "total-care-plan")],
            "created": "2026-04-01",
        },
        "面談": {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": f"{V3}v3-ActCode", "code": "HH"},
            "period": {"start": "2026-02-01", "end": "2026-02-02"},
        },
        "根拠が債務の記録": {
            "resourceType": "Condition",
            "code": {"text": "相談"},
            "evidence": [{"code": [concept("concern-field", "debts")]}],
        },
        "程度に符号のある記録": {
            "resourceType": "Condition",
            "code": {"text": "相談"},
            "severity": concept("concern-field", "debts"),
        },
        "拡張に符号のある記録": {
            "resourceType": "Condition",
            "code": {"text": "相談"},
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/condition-dueTo",
                    "valueCodeableConcept": concept("concern-field", "debts"),
                }
            ],
        },
        "読めない段階": {
            "resourceType": "Condition",
            "code": {"text": "相談"},
            "meta": {"security": [{"system": f"{V3}v3-Confidentiality", "code": "X"}]},
        },
        "体系のない段階": {"resourceType": "Condition", "meta": {"security": [{"code": "R"}]}},
        "LOINCの記録": {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
            "effectiveDateTime": "2026-03-01",
        },
    }
    found = kinds.get(line.record) or _concern(line.record)
    subject = {} if line.record == "本人" else {"id": f"n{line.number}", "subject": ref(line.patient)}
    return found | subject


def _concern(name: str) -> Json:
    concern: Json = {"resourceType": "Condition", "code": concept("concern-field", "debts")}
    if (recorded := _DATED.get(name, "2026-03-01")) is not None:
        concern["recordedDate"] = recorded
    labels = {"困りごと": [], "PSYでR": ["PSY", "R"]}.get(name, [] if name in _DATED else [name])
    if labels:
        concern["meta"] = {"security": [_label(code) for code in labels]}
    return concern


def consents(line: Line) -> list[Json]:
    """What is filed of this line's patient."""
    return [_consent(text, line) for text in filter(None, line.papers.split(" & "))]


def companion(line: Line) -> Json:
    """A consent that permits everything: beside it one sees what else withholds."""
    return _consent("permit{}", line)


def _consent(text: str, line: Line) -> Json:
    signed: Json = {"performer": [ref(line.patient)], "sourceReference": ref("QuestionnaireResponse/paper")}
    if text.startswith("@"):
        known = {"f001": "b", "f204": "b", "13": "b"}
        found = json.loads(
            re.sub(
                r"(Organization|Practitioner)/(\w+)",
                lambda name: f"{name[1]}/{known.get(name[2], 'd')}",
                json.dumps(EXAMPLES[text[1:]]),
            )
        )
        source = {} if "sourceAttachment" in found else {"sourceReference": signed["sourceReference"]}
        return {**found, **source, "patient": ref(line.patient), "performer": signed["performer"]}
    said, *odd = text.split("!")
    inner, *deeper = said.split(" -- ")
    root, *exceptions = inner.split(" - ")
    consent: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": ref(line.patient),
        "dateTime": "2026-04-01",
        "policy": [{"uri": "https://example.org/consent-policy"}],
        **signed,
        "provision": _provision(root, line),
    }
    if exceptions:
        consent["provision"]["provision"] = [_provision(each, line) for each in exceptions]
    if deeper:
        consent["provision"]["provision"][0]["provision"] = [_provision(each, line) for each in deeper]
    if base := re.match("OPT(IN|OUT)", root):
        consent["policyRule"] = _base(base[0])
    for each in odd:
        _made_odd(consent, each)
    return consent


def _provision(text: str, line: Line) -> Json:
    kind, _, rest = text.strip().partition("{")
    provision: Json = {"type": kind} if kind in ("permit", "deny") else {}
    for part in filter(None, (each.strip() for each in rest.removesuffix("}").split(";"))):
        name, _, value = part.partition("=")
        element, made = _ELEMENTS[name]
        for each in made(value, line):
            if isinstance(each, dict) and element in ("period", "dataPeriod"):
                provision[element] = each
            else:
                provision.setdefault(element, []).append(each)
    return provision


Made = Callable[[str, Line], Iterator[Any]]


def _each(one: Callable[[str, Line], Any]) -> Made:
    return lambda value, line: (one(each, line) for each in value.split(","))


def _recipient(text: str, line: Line) -> Json:
    name, _, role = text.partition("/")
    name, team, agencies = name.partition("(")
    code: Json = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": role or "IRCP"}]}
    actor: Json = {"role": {"text": "受け手"} if role == "text" else code}
    actor["reference"] = ref(line.patient if name == "本人" else NAMES[name])
    named = [each for each in agencies.removesuffix(")").split("、") if each]
    if team and named:
        actor["extension"] = [extension("recorded-in-team", valueReference=ref(NAMES[each])) for each in named]
    return actor


def _period(value: str, _: Line) -> Iterator[Json]:
    start, _slash, end = value.partition("/")
    yield {bound: at for bound, at in (("start", start), ("end", end)) if at}


def _coding(text: str, system: str) -> Json:
    given, bar, code = text.rpartition("|")
    if not bar:
        return {"system": system, "code": text}
    return {"system": given, "code": code} if given else {"code": code}


def _purpose(text: str, _: Line) -> Json:
    system, _bar, code = coded(text).rpartition("|")
    return _coding(text, system) if "|" in text else {"system": system, "code": code}


def _label(text: str) -> Json:
    return _coding(text, f"{V3}v3-Confidentiality" if text in _LEVELS else f"{V3}v3-ActCode")


def _code(text: str, _: Line) -> Json:
    if text == "text":
        return {"text": "困りごと"}
    system, colon, code = text.partition(":")
    if colon and "|" not in text:
        return {"coding": [own(system, code)]}
    return {"coding": [_coding(text, own("concern-field", "")["system"])]}


def _action(text: str, _: Line) -> Json:
    return {"text": "閲覧"} if text == "text" else {"coding": [_coding(text, f"{V3}consentaction")]}


def _data(meaning: str) -> Made:
    def one(text: str, line: Line) -> Json:
        body = record(line)
        names = {
            "この記録": f"{body['resourceType']}/{body['id']}",
            "ほかの記録": "Condition/other",
            "面談": "Encounter/x",
        }
        return {"meaning": meaning, "reference": ref(names.get(text) or NAMES[text])}

    return _each(one)


_ELEMENTS: dict[str, tuple[str, Made]] = {
    "to": ("actor", _each(_recipient)),
    "purpose": ("purpose", _each(_purpose)),
    "type": ("class", _each(lambda text, _: _coding(text, RESOURCE_TYPES))),
    "label": ("securityLabel", _each(lambda text, _: _label(text))),
    "code": ("code", _each(_code)),
    "action": ("action", _each(_action)),
    "period": ("period", _period),
    "dates": ("dataPeriod", _period),
    "only": ("data", _data("instance")),
    "by": ("data", _data("authoredby")),
    "related": ("data", _data("related")),
    "dependents": ("data", _data("dependents")),
}


def _base(code: str) -> Json:
    return {"coding": [{"system": f"{V3}v3-ActCode", "code": code}]}


def _made_odd(consent: Json, what: str) -> None:
    modifier: Json = {"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}
    name, _, value = what.partition("=")
    system, _bar, code = value.rpartition("|")
    changes: dict[str, Json] = {
        "OPTIN": {"policyRule": _base("OPTIN")},
        "OPTOUT": {"policyRule": _base("OPTOUT")},
        "modifierExtension": modifier,
        "policy": {"policy": [{"uri": "urn:policy"}]},
        "policy.modifierExtension": {"policy": [{"uri": "urn:policy", **modifier}]},
        "implicitRules": {"implicitRules": "urn:rules"},
        "verified": {"verification": [{"verified": True}]},
        "unverified": {"verification": [{"verified": False}]},
        "scope": {"scope": {"coding": [{"system": f"{V3}consentscope", "code": value}]}},
        "category": {"category": [{"coding": [{"system": system, "code": code}]}]},
        "inactive": {"status": "inactive"},
        "proposed": {"status": "proposed"},
        "unsigned": {"performer": []},
        "attached": {"sourceReference": None, "sourceAttachment": {"title": "署名のある紙"}},
    }
    if what == "scope=text":
        consent["scope"] = {"text": "個人情報"}
    elif name == "provision.modifierExtension":
        consent["provision"] |= modifier
    elif name == "provision.extension":
        consent["provision"] |= {"extension": modifier["modifierExtension"]}
    elif name == "actor.modifierExtension":
        consent["provision"]["actor"][0] |= modifier
    else:
        consent |= changes[name]
        for element in [key for key, changed in consent.items() if changed is None]:
            del consent[element]
