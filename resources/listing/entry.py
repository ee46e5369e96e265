"""One record that a published list asks for: by what it is known again, and what the list says of it.

docs/operations.md, "a city's list": the same list twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from resources.record import coding, parse, reference
from resources.search import fold

Resource = Mapping[str, Any]

IN_FORCE = f"{coding.BASE}/StructureDefinition/in-force"
NUMBER = f"{coding.BASE}/sid/directory-number"
GOVERNMENT = f"{coding.BASE}/sid/local-government-code"
_NOT_SAID = ("id", "meta", "extension", "period")


@dataclass(slots=True)
class Entry:
    """`key` is by what the record is known again; references in `says` are keys. An element that is None is taken off.

    `at` is where the list says so: file and line. `published` are the elements that a row of open data says, one of
    which is made of each desk.
    """

    key: str
    says: dict[str, Any]
    at: tuple[str, int] = ("", 0)
    aliases: list[str] = field(default_factory=list)
    published: set[str] = field(default_factory=set)

    @property
    def type(self) -> str:
        return str(self.says["resourceType"])


def organization(name: str) -> str:
    return f"Organization|{fold.folded(name)}"


def area(kind: str, name: str, code: str = "") -> str:
    return f"Area|{code}" if code else f"Area|{kind}|{fold.folded(name)}"


def place(agency: str) -> str:
    return f"Place|{agency}"


def desk(agency: str, number: str, field: str, section: str) -> str:
    return f"Desk|{agency}|{number or field}|{fold.folded(section)}"


def department(agency: str) -> str:
    return f"Department|{agency}"


def person(agency: str, name: str) -> str:
    return f"Person|{agency}|{fold.folded(name)}"


def post(agency: str, name: str, function: str) -> str:
    return f"Post|{agency}|{fold.folded(name)}|{function}"


def merged(standing: Resource, says: Resource, day: str) -> dict[str, Any] | None:
    """What stands with what the list says of it, in force from the day on; None where the list says nothing new."""
    kept = dict(standing) | {name: value for name, value in says.items() if value is not None}
    for name, value in says.items():
        if value is None:
            kept.pop(name, None)
    if _said(kept) == _said(standing):
        return None
    return dated(kept, day)


def dated(resource: Resource, day: str) -> dict[str, Any]:
    """The record, in force from this day on; a post and an affiliation keep their own period."""
    made = dict(resource)
    if made["resourceType"] in ("PractitionerRole", "OrganizationAffiliation"):
        return made | {"period": made.get("period") or {"start": day}}
    others = [each for each in made.get("extension") or () if each.get("url") != IN_FORCE]
    return made | {"extension": [*others, {"url": IN_FORCE, "valuePeriod": {"start": day}}]}


def resolved(node: Any, names: Mapping[str, str]) -> Any:
    """The same with each reference that is a key turned into the record's own."""
    if isinstance(node, dict):
        return {
            key: names.get(value, value) if key == "reference" else resolved(value, names)
            for key, value in node.items()
        }
    return [resolved(each, names) for each in node] if isinstance(node, list) else node


def body(resource: Resource) -> bytes:
    return parse.write(dict(resource))


def known(resources: Mapping[str, Resource]) -> dict[str, str]:
    """The records that stand, `Type/id` by the key that each is known again by; of two alike the first."""
    found: dict[str, str] = {}
    agencies: dict[str, str] = {}
    for name, each in sorted(resources.items()):
        if each["resourceType"] == "Organization":
            agencies[name] = organization(str(each.get("name", "")))
            found.setdefault(agencies[name], name)
    for name, each in sorted(resources.items()):
        for key in _keys(each, agencies, resources):
            if each.get("active") is not False or key not in found:
                found.setdefault(key, name)
    return found


def _keys(each: Resource, agencies: Mapping[str, str], resources: Mapping[str, Resource]) -> list[str]:
    match each["resourceType"]:
        case "Location":
            kinds = coding.codes(each.get("type"), "area-kind")
            codes = [str(one.get("value")) for one in each.get("identifier") or () if one.get("system") == GOVERNMENT]
            named = [area(kind, str(each.get("name", ""))) for kind in kinds]
            keeper = agencies.get(reference.one(each, "managingOrganization"), "")
            return [*(area("", "", code) for code in codes), *named, *([place(keeper)] if keeper else [])]
        case "HealthcareService":
            keeper = agencies.get(reference.one(each, "providedBy"), "")
            numbers = [str(one.get("value")) for one in each.get("identifier") or () if one.get("system") == NUMBER]
            fields = sorted(coding.codes(each.get("category"), "concern-field"))
            section = str(each.get("extraDetails", "")).removeprefix("担当：")
            if "program" in each or not keeper:
                return []
            return [desk(keeper, number, "", section) for number in numbers] or [
                desk(keeper, "", one, section) for one in (fields if len(fields) == 1 else ["+".join(fields)])
            ]
        case "OrganizationAffiliation":
            keeper = agencies.get(reference.one(each, "organization"), "")
            return [department(keeper)] if keeper and "department" in coding.codes(each.get("code"), "role") else []
        case "PractitionerRole":
            keeper = agencies.get(reference.one(each, "organization"), "")
            who = resources.get(reference.one(each, "practitioner"), {})
            return [post(keeper, name, one) for name in _names(who) for one in coding.codes(each.get("code"), "role")]
    return []


def persons(resources: Mapping[str, Resource]) -> dict[str, str]:
    """The members of staff who stand, by agency and name."""
    found: dict[str, str] = {}
    for _, each in sorted(resources.items()):
        if each["resourceType"] == "PractitionerRole":
            who = reference.one(each, "practitioner")
            agency = resources.get(reference.one(each, "organization"), {})
            for name in _names(resources.get(who, {})):
                found.setdefault(person(organization(str(agency.get("name", ""))), name), who)
    return found


def _names(practitioner: Resource) -> list[str]:
    return list(dict.fromkeys(str(each["text"]) for each in practitioner.get("name") or () if each.get("text")))[:1]


def _said(resource: Resource) -> bytes:
    return orjson.dumps(
        {name: value for name, value in resource.items() if name not in _NOT_SAID}, option=orjson.OPT_SORT_KEYS
    )
