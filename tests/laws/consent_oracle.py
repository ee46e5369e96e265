"""A second opinion on what one Consent says of one record, by brute force over the JSON: docs/policy.md, section 5.

It shares no code and no table with `consent/` and `profiles/`, on purpose: two readings of one text. Each question has
one of three answers: True, False, and None where it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.laws.dates import within

Json = Mapping[str, Any]

_TERMS = "http://terminology.hl7.org/CodeSystem/"
_RISING = "ULMNRV"
_WIDER = {
    "COC": ("TREAT", "PurposeOfUse"),
    "ETREAT": ("TREAT", "PurposeOfUse"),
    "BTG": ("ETREAT", "TREAT", "PurposeOfUse"),
    "ERTREAT": ("ETREAT", "TREAT", "PurposeOfUse"),
    "TREAT": ("PurposeOfUse",),
    "CAREMGT": ("HOPERAT", "PurposeOfUse"),
    "RECORDMGT": ("HOPERAT", "PurposeOfUse"),
    "HOPERAT": ("PurposeOfUse",),
    "HPAYMT": ("PurposeOfUse",),
    "HRESCH": ("PurposeOfUse",),
    "PATRQT": ("PurposeOfUse",),
    "FAMRQT": ("PATRQT", "PurposeOfUse"),
    "PSY": ("SPI",),
    "MH": ("SPI",),
    "BH": ("SPI",),
    "DVD": ("BH", "SPI"),
    "SUD": ("SPI",),
    "ETHUD": ("SUD", "SPI", "ETH"),
    "OPIOIDUD": ("SUD", "SPI", "ETH"),
}
"""What lies above a purpose or a sensitivity."""

_DATES = {
    "Condition": ("recordedDate",),
    "CarePlan": ("created",),
    "Communication": ("sent",),
    "Composition": ("date",),
    "Consent": ("dateTime",),
    "CareTeam": ("period", "start"),
    "DocumentReference": ("date",),
    "Encounter": ("period", "start"),
    "Flag": ("period", "start"),
    "Goal": ("startDate",),
    "List": ("date",),
    "Observation": ("effectiveDateTime",),
    "QuestionnaireResponse": ("authored",),
    "ServiceRequest": ("authoredOn",),
    "Task": ("authoredOn",),
}
"""The one date of a record of a type."""


@dataclass(frozen=True)
class Asked:
    """Who asks for which record: `names` are all references that mean the asker, `purpose` is `system|code`, `teams`
    the agencies in each team now, `former` the posts that the asker once had: what refuses these refuses the person."""

    body: Json
    custodian: str
    author: str
    names: frozenset[str]
    purpose: str
    now: datetime
    teams: Mapping[str, frozenset[str]]
    former: frozenset[str] = frozenset()


def says(consent: Json, asked: Asked, *, enforceable: bool = True) -> str:
    """What a Consent says of a record to this actor: `grants`, `withholds` or nothing."""
    root = consent.get("provision") or {}
    if consent["status"] != "active":
        return ""
    signed = consent.get("performer") and (consent.get("sourceReference") or consent.get("sourceAttachment"))
    runs = within(root.get("period"), asked.now)
    if not signed or not enforceable:
        plain = root.get("type") == "permit"
        refuses = not plain or (
            not enforceable and any(each.get("type") != "permit" for each in root.get("provision", ()))
        )
        return "withholds" if refuses and runs is not False else ""
    if runs is False:
        return ""
    kind = root.get("type") or consent["policyRule"]["coding"][0]["code"]
    type = {"OPTIN": "deny", "OPTOUT": "permit"}.get(kind, kind)
    other = "permit" if type == "deny" else "deny"
    described = _describes(root, type, asked)
    excepted = _any(_describes(each, other, asked) for each in root.get("provision", ()))
    inside, out = _all((described, _not(excepted))), _all((described, excepted))
    match kind:
        case "permit":
            return "grants" if inside is True else "withholds" if out is not False else ""
        case "deny":
            return "withholds" if inside is not False else "grants" if out is True else ""
        case "OPTIN":
            return "withholds" if inside is not False else "grants"
        case _:
            return "grants" if inside is True else "withholds"


def reaches(consent: Json, asked: Asked) -> bool | None:
    """Whether a record is among what this Consent permitted, whenever it did: of a base, everything is."""
    root = consent["provision"]
    kind = root.get("type") or consent["policyRule"]["coding"][0]["code"]
    if kind not in ("permit", "OPTIN"):
        return False
    if kind == "OPTIN":
        return True
    still = {each["reference"]["reference"]: asked.names for each in root.get("actor", ())}
    timeless = {name: value for name, value in root.items() if name != "period"}
    return _describes(timeless, "permit", replace(asked, teams=still, names=asked.names | asked.former))


def _describes(provision: Json, type: str, asked: Asked) -> bool | None:
    """Elements are and, their repetitions are or, what is absent is free."""
    body, meta = asked.body, asked.body.get("meta", {})
    labels = {f"{each.get('system', '')}|{each['code']}" for each in meta.get("security", ())}
    classes = [each["code"] for each in provision.get("class", ())]
    codes = {code for each in provision.get("code", ()) for code in _codings(each)}
    own = {code for element in ("category", "code", "type") for code in _codings(body.get(element))}
    answers: list[bool | None] = [within(provision.get("period"), asked.now)]
    if "actor" in provision:
        answers.append(any(_is_meant(actor, type, asked) for actor in provision["actor"]))
    if "purpose" in provision:
        answers.append(_any(_is_one(_coding(each), asked.purpose) for each in provision["purpose"]))
    if "class" in provision:
        answers.append(body["resourceType"] in classes)
    if "code" in provision:
        elsewhere = codes & set(_everywhere({name: value for name, value in body.items() if name != "meta"}))
        answers.append(True if codes & own else None if elsewhere else False)
    if "securityLabel" in provision:
        marked = _any(_marks(_coding(each), labels, type) for each in provision["securityLabel"])
        answers.append(None if not all(map(_is_told, meta.get("security", ()))) else marked)
    if "dataPeriod" in provision:
        answers.append(_dated(provision["dataPeriod"], body))
    if "data" in provision:
        answers.append(any(_is_named(each, asked) for each in provision["data"]))
    return _all(answers)


def _everywhere(node: Any) -> Iterator[str]:
    """Every code with its system, wherever it stands."""
    if isinstance(node, list):
        for each in node:
            yield from _everywhere(each)
    elif isinstance(node, dict):
        if isinstance(node.get("code"), str) and "system" in node:
            yield f"{node['system']}|{node['code']}"
        for each in node.values():
            yield from _everywhere(each)


def _is_told(label: Json) -> bool:
    """Whether a label says what it means: with its system, and of confidentiality one of its levels."""
    return bool(label.get("system")) and (label["system"] != f"{_TERMS}v3-Confidentiality" or label["code"] in _RISING)


def _is_meant(actor: Json, type: str, asked: Asked) -> bool:
    """A team means the agencies written down for it: to permit them, while they are in it; to withhold, for good."""
    name = actor["reference"]["reference"]
    if not name.startswith("CareTeam/"):
        return name in asked.names or (type == "deny" and name in asked.former)
    agencies = {entry["valueReference"]["reference"] for entry in actor.get("extension", ())}
    now = agencies if type == "deny" else agencies & asked.teams.get(name, frozenset())
    return bool(now & asked.names)


def _is_one(wanted: str, has: str) -> bool | None:
    """Whether a code is the wanted one or below it; one above it may mean it."""
    system, code = has.rsplit("|", 1)
    wide, narrow = wanted.rsplit("|", 1)
    if system != wide:
        return False
    if code == narrow or narrow in _WIDER.get(code, ()):
        return True
    return None if code in _WIDER.get(narrow, ()) else False


def _marks(wanted: str, labels: Iterable[str], type: str) -> bool | None:
    system, code = wanted.rsplit("|", 1)
    if system == f"{_TERMS}v3-Confidentiality":
        here = [label.rsplit("|", 1)[1] for label in labels if label.startswith(f"{system}|")]
        at = _RISING.index(code)
        levels = [_RISING.index(each) for each in here if each in _RISING]
        return any(level <= at if type == "permit" else level >= at for level in levels)
    return _any(_is_one(wanted, label) for label in labels)


def _dated(period: Json, body: Json) -> bool | None:
    """Whether the date of the record lies in a period; where it is as broad as a year, the year is asked about."""
    value: Any = body
    for name in _DATES.get(body["resourceType"], ("",)):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        return None
    first, last = _ends(value)
    if "start" in period and last < _ends(period["start"])[0]:
        return False
    if "end" in period and first > _ends(period["end"])[1]:
        return False
    sure = ("start" not in period or first >= _ends(period["start"])[0]) and (
        "end" not in period or last <= _ends(period["end"])[1]
    )
    return True if sure else None


def _ends(written: str) -> tuple[datetime, datetime]:
    """The first and the last microsecond that a date may mean."""
    zone, tick = ZoneInfo("Asia/Tokyo"), timedelta(microseconds=1)
    if "T" in written:
        at = datetime.fromisoformat(written)
        return at, at + timedelta(seconds=1) - tick
    year, month, day = ([*map(int, written.split("-")), 0, 0])[:3]
    first = datetime(year, month or 1, day or 1, tzinfo=zone)
    if day:
        return first, first + timedelta(days=1) - tick
    if month:
        return first, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone) - tick
    return first, datetime(year + 1, 1, 1, tzinfo=zone) - tick


def _is_named(data: Json, asked: Asked) -> bool:
    name = data["reference"]["reference"]
    if data["meaning"] == "instance":
        return bool(name == f"{asked.body['resourceType']}/{asked.body['id']}")
    return bool(name in (asked.custodian if name.startswith("Organization/") else asked.author, ""))


def _codings(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _codings(each)
    elif isinstance(value, dict):
        yield from (_coding(each) for each in value.get("coding", ()))


def _coding(entry: Json) -> str:
    return f"{entry.get('system', '')}|{entry.get('code', '')}"


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
