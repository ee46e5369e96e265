"""A second opinion on a search: slow, over all records, its values found by FHIRPath from R4's own definitions.

https://hl7.org/fhir/R4/search.html; docs/testing.md

It knows neither terms nor predicates: only what is drawn here has to be understood by it.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from profiles.spec import Spec

Json = dict[str, Any]
Asked = list[tuple[str, str]]

_ONE_FORM = str.maketrans("髙﨑邊邉澤ゃゅょっ", "高崎辺辺沢やゆよつ")
_RESOLVED = re.compile(r"\.where\(resolve\(\) is (\w+)\)")


class Opinion:
    """Of one world of records; `seen` are those that whoever asks may find."""

    def __init__(self, spec: Spec, records: Sequence[Json], seen: frozenset[str]) -> None:
        self._spec, self._seen = spec, seen
        self._by_name = {f"{each['resourceType']}/{each['id']}": each for each in records}
        self._known: dict[tuple[str, str], list[Any]] = {}

    def found(self, type: str, asked: Asked, sort: str = "_id") -> list[str]:
        """The records that match, in order."""
        names = [name for name in self._seen if name.startswith(f"{type}/")]
        matching = [name for name in names if all(self._matches(name, *each) for each in asked)]
        return self._sorted(matching, sort)

    def _matches(self, name: str, parameter: str, value: str) -> bool:
        type = name.partition("/")[0]
        if parameter.startswith("_has:"):
            _, source, reference, rest = parameter.split(":", 3)
            from_there = (one for one in self._seen if one.startswith(f"{source}/"))
            leading = [one for one in from_there if name in self._references(one, reference)]
            return any(self._matches(one, rest, value) for one in leading)
        head, dot, rest = parameter.partition(".")
        code, _, modifier = head.partition(":")
        if dot:
            there = [one for one in self._references(name, code) if one in self._seen]
            there = [one for one in there if modifier in ("", one.partition("/")[0])]
            return any(self._has(one, rest) and self._matches(one, rest, value) for one in there)
        if modifier in ("above", "below"):
            return not self._line(modifier, value).isdisjoint(self._references(name, code))
        values = self._values(name, code)
        if modifier == "missing":
            return (not values) is (value == "true")
        test = TESTS[self._spec.search[type][code].type, "" if modifier == "not" else modifier]
        found = any(test(each, one) for each in values for one in value.split(","))
        return not found if modifier == "not" else found

    def _line(self, modifier: str, root: str) -> set[str]:
        """What lies over or under an organization, and it."""
        found: set[str] = set()
        waiting = {root}
        while waiting:
            found |= waiting
            there = [one for one in self._seen if one.startswith("Organization/")]
            if modifier == "above":
                steps = {each for one in there if one in waiting for each in self._references(one, "partof")}
            else:
                steps = {one for one in there if waiting & {*self._references(one, "partof")}}
            waiting = steps - found
        return found

    def _has(self, name: str, rest: str) -> bool:
        code = rest.partition(".")[0].partition(":")[0]
        return code == "_has" or code in self._spec.search[name.partition("/")[0]]

    def _references(self, name: str, code: str) -> list[str]:
        return [each["reference"] for each in self._values(name, code) if "reference" in each]

    def _values(self, name: str, code: str) -> list[Any]:
        if (name, code) not in self._known:
            type = name.partition("/")[0]
            expression = self._spec.search[type][code].expression
            only = _RESOLVED.search(expression)
            text = _RESOLVED.sub("", expression).replace("Resource.", f"{type}.").replace(".as(", ".ofType(")
            text = re.sub(r"\((\S+) as (\w+)\)", r"\1.ofType(\2)", text)
            found = fhirpathpy.evaluate(self._by_name[name], text, {}, models["r4"])
            values = [getattr(value, "data", value) for value in found]
            if only:
                values = [each for each in values if each.get("reference", "").startswith(f"{only[1]}/")]
            self._known[name, code] = values
        return self._known[name, code]

    def _sorted(self, names: list[str], sort: str) -> list[str]:
        ordered = sorted(names)
        for key in reversed(sort.split(",")):
            code, down = key.removeprefix("-"), key.startswith("-")
            if code == "_id":
                ordered.sort(reverse=down)
                continue
            kind = self._spec.search[names[0].partition("/")[0]][code].type if names else ""
            keyed = {name: _least(self._values(name, code), kind, down) for name in ordered}
            having = sorted((one for one in ordered if keyed[one]), key=keyed.__getitem__, reverse=down)
            ordered = having + [one for one in ordered if not keyed[one]]
        return ordered


def _least(values: list[Any], kind: str, greatest: bool) -> str:
    texts: list[str]
    match kind:
        case "date":
            texts = [_day(value)[greatest] for value in values]
        case "token":
            texts = [code for value in values for _, code in _codings(value) if code]
        case _:
            texts = [text for value in values for text in _texts(value)]
    return (max if greatest else min)(texts) if texts else ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield folded(value)
    elif isinstance(value, dict):
        for key in ("text", "family", "given", "code", "value"):
            part = value.get(key)
            yield from (folded(each) for each in (part if isinstance(part, list) else [part]) if isinstance(each, str))


def folded(text: str) -> str:
    """As much of the folding as the letters drawn here need."""
    small = unicodedata.normalize("NFKC", text).casefold().translate(_ONE_FORM)
    hiragana = "".join(chr(ord(each) - 0x60) if "ァ" <= each <= "ヶ" else each for each in small).translate(_ONE_FORM)
    bare = unicodedata.normalize("NFD", hiragana).replace("\u3099", "").replace("\u309a", "")
    return "".join(unicodedata.normalize("NFC", bare).split())


def _codings(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [("", value)]
    if "coding" in value:
        return [pair for each in value["coding"] for pair in _codings(each)]
    return [(value.get("system", ""), value.get("code", value.get("value", "")))]


def _token(value: Any, asked: str) -> bool:
    system, bar, code = asked.rpartition("|")
    return any(
        (not bar or own == system) and (not code or code.casefold() == has.casefold()) for own, has in _codings(value)
    )


def _worded(value: Any, asked: str) -> bool:
    words = [value.get("text", ""), *(each.get("display", "") for each in value.get("coding", ()))]
    return any(folded(each).startswith(folded(asked)) for each in words if each)


def _day(value: str) -> tuple[str, str]:
    """From which day to which."""
    return value + "-01-01"[len(value) - 4 :], value + "-12-31"[len(value) - 4 :]


def _date(value: str, asked: str) -> bool:
    prefix, text = (asked[:2], asked[2:]) if asked[:2].isalpha() else ("eq", asked)
    (start, end), (low, high) = _day(value), _day(text)
    inside = low <= start and end <= high
    return {
        "eq": inside,
        "ne": not inside,
        "gt": end > high,
        "lt": start < low,
        "ge": end > high or inside,
        "le": start < low or inside,
    }[prefix]


TESTS: dict[tuple[str, str], Callable[[Any, str], bool]] = {
    ("token", ""): _token,
    ("token", "text"): _worded,
    ("string", ""): lambda value, asked: any(each.startswith(folded(asked)) for each in _texts(value)),
    ("string", "contains"): lambda value, asked: any(folded(asked) in each for each in _texts(value)),
    ("string", "exact"): lambda value, asked: value == asked,
    ("date", ""): _date,
    ("reference", ""): lambda value, asked: value.get("reference") == asked,
}

FAMILIES = ("水無瀬", "髙橋", "高橋", "渡邉", "渡辺", "ワタナベ", "わたなべ")
GIVEN = ("かおり", "カオリ", "しょう", "しよう", "Emi", "emi")
DAYS = ("2001", "2001-05", "2001-05-06", "2001-05-07", "2003-01-01", "1999-12-31")
CODES = ("housing", "debts", "medical")
SYSTEM = "urn:fields"


def world(chance: random.Random) -> list[Json]:
    """Records that refer to one another, and some to nothing."""

    def some(kind: str, most: int) -> list[str]:
        return [f"{kind}/{kind[0].lower()}{number}" for number in range(most)]

    organizations, patients, groups = some("Organization", 3), some("Patient", 7), some("Group", 3)
    conditions = some("Condition", 10)
    made = [_record(name, name=chance.choice(FAMILIES)) for name in organizations]
    for each in made[1:]:
        each["partOf"] = {"reference": chance.choice((*organizations, "Organization/none"))}
    for name in patients:
        made.append(_record(name, gender=chance.choice(("female", "male", "unknown"))))
        if chance.random() < 0.8:
            made[-1]["birthDate"] = chance.choice(DAYS)
        if chance.random() < 0.9:
            made[-1]["name"] = [
                {"family": chance.choice(FAMILIES), "given": chance.sample(GIVEN, chance.randint(0, 2))}
                for _ in range(chance.randint(1, 2))
            ]
        if chance.random() < 0.6:
            made[-1]["managingOrganization"] = {"reference": chance.choice(organizations)}
    for name in groups:
        members = chance.sample(patients, chance.randint(0, 3))
        made.append(_record(name, member=[{"entity": {"reference": each}} for each in members]))
    for name in conditions:
        coding = [{"system": SYSTEM, "code": each} for each in chance.sample(CODES, chance.randint(0, 2))]
        code = {"coding": coding} | ({"text": chance.choice(FAMILIES)} if chance.random() < 0.5 else {})
        made.append(_record(name, subject={"reference": chance.choice((*patients, *groups, "Patient/none"))}))
        made[-1] |= {"code": {key: value for key, value in code.items() if value}} if any(code.values()) else {}
        made[-1] |= {"recordedDate": chance.choice(DAYS)} if chance.random() < 0.8 else {}
    return made


def _record(reference: str, **elements: Any) -> Json:
    type, _, id = reference.partition("/")
    return {"resourceType": type, "id": id, **elements}


def question(chance: random.Random) -> tuple[str, Asked, str]:
    """A type, what is asked of it, and in which order."""
    type = chance.choice(("Patient", "Patient", "Condition", "Condition", "Group", "Organization"))
    asked = [_asked(chance, type, 3) for _ in range(chance.choice((1, 1, 1, 2)))]
    keys = {
        "Patient": ("family", "given", "birthdate", "gender"),
        "Condition": ("code", "recorded-date"),
        "Organization": ("name",),
        "Group": (),
    }[type]
    chosen = chance.sample(keys, min(len(keys), chance.randint(0, 2)))
    sort = ",".join(chance.choice(("", "-")) + each for each in (*chosen, "_id"))
    return type, asked, sort


def sentence(spec: Spec, asked: Asked) -> str:
    """The same as a filter, as far as one can say it; empty where it cannot."""
    parts = [_said(spec, *each) for each in asked]
    return " and ".join(parts) if all(parts) else ""


def _said(spec: Spec, name: str, value: str) -> str:
    path, _, modifier = name.rpartition(":")
    if modifier in ("above", "below"):
        return ""
    if modifier not in ("contains", "exact", "missing", "not", "text"):
        path, modifier = name, ""
    code = path.rpartition(".")[2].rpartition(":")[2]
    kind = next(known[code].type for known in spec.search.values() if code in known)
    values = value.split(",")
    if modifier == "missing":
        return f"{path} pr {'false' if value == 'true' else 'true'}"
    if modifier in ("exact", "text"):
        return ""
    if kind == "string":
        operator = "co" if modifier else "sw"
        return _or(f"{path} {operator} {json.dumps(each, ensure_ascii=False)}" for each in values)
    if kind == "date":
        parted = ((each[:2], each[2:]) if each[:2].isalpha() else ("eq", each) for each in values)
        return _or(f"{path} {operator} {day}" for operator, day in parted)
    said = _or(f"{path} {'re' if kind == 'reference' else 'eq'} {each}" for each in values)
    # Of a chain the negation is of what is there at its end.
    return (f"not ({said})" if path == code else "") if modifier == "not" else said


def _or(parts: Iterable[str]) -> str:
    said = " or ".join(parts)
    return f"({said})" if " or " in said else said


def _asked(chance: random.Random, type: str, hops: int) -> tuple[str, str]:
    if hops and chance.random() < 0.5:
        name, source = chance.choice(_HOPS[type])
        rest, value = _asked(chance, source, hops - 1)
        return f"{name}{rest}", value
    return chance.choice(_OWN[type])(chance)


def _of(code: str, *values: str) -> Callable[[random.Random], tuple[str, str]]:
    return lambda chance: (code, chance.choice(values))


def _text(code: str, values: Sequence[str]) -> Callable[[random.Random], tuple[str, str]]:
    def asked(chance: random.Random) -> tuple[str, str]:
        modifier, word = chance.choice(("", ":exact", ":contains")), chance.choice(values)
        cut = word if modifier == ":exact" else word[: chance.randint(1, len(word))]
        return f"{code}{modifier}", word[1:2] or cut if modifier == ":contains" else cut

    return asked


def _dated(code: str) -> Callable[[random.Random], tuple[str, str]]:
    return lambda chance: (code, chance.choice(("", "eq", "ne", "gt", "lt", "ge", "le")) + chance.choice(DAYS))


_HOPS = {
    "Patient": [
        ("organization.", "Organization"),
        ("organization:Organization.", "Organization"),
        ("_has:Condition:subject:", "Condition"),
        ("_has:Condition:patient:", "Condition"),
        ("_has:Group:member:", "Group"),
    ],
    "Condition": [("subject:Patient.", "Patient"), ("subject:Group.", "Group"), ("patient.", "Patient")],
    "Group": [("member:Patient.", "Patient"), ("_has:Condition:subject:", "Condition")],
    "Organization": [
        ("partof.", "Organization"),
        ("_has:Organization:partof:", "Organization"),
        ("_has:Patient:organization:", "Patient"),
    ],
}
_CODED = _of("code", *CODES, f"{SYSTEM}|housing", "urn:other|housing", f"{SYSTEM}|", "housing,debts", "HOUSING")
_OWN: dict[str, list[Callable[[random.Random], tuple[str, str]]]] = {
    "Patient": [
        _text("family", FAMILIES),
        _text("given", GIVEN),
        _dated("birthdate"),
        _of("gender", "female", "male", "female,male"),
        _of("gender:not", "female", "female,male"),
        _of("birthdate:missing", "true", "false"),
        _of("organization", "Organization/o0", "Organization/o1"),
        _of("organization:below", "Organization/o0", "Organization/o1"),
        _of("organization:above", "Organization/o1", "Organization/o2"),
    ],
    "Condition": [
        _CODED,
        lambda chance: ("code:not", _CODED(chance)[1]),
        _of("code:text", "高", "わた", "水無瀬"),
        _of("code:missing", "true", "false"),
        _dated("recorded-date"),
        _of("subject", "Patient/p0", "Group/g1", "Patient/none"),
    ],
    "Group": [_of("member", "Patient/p0", "Patient/p1"), _of("member:missing", "true", "false")],
    "Organization": [
        _text("name", FAMILIES),
        _of("partof:missing", "true", "false"),
        _of("partof:below", "Organization/o0", "Organization/none"),
        _of("partof:above", "Organization/o1", "Organization/o2"),
    ],
}
