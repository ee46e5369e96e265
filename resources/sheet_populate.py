"""A sheet begun for a household that is known: its rows, tied to the persons, with what is recorded of them.

http://hl7.org/fhir/uv/sdc/STU3/OperationDefinition-Questionnaire-populate.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from resources import sheet_member
from resources.record import reference, repeated
from resources.sheet_member import REPRESENTATION, SELF

Json = dict[str, Any]
_RELATION = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def populate(
    questionnaire: Mapping[str, Any],
    group: Mapping[str, Any],
    patients: Sequence[Mapping[str, Any]],
    kin: Sequence[Mapping[str, Any]],
    ages: Sequence[Mapping[str, Any]],
    on: date,
    agency: str,
    officer: str,
) -> Json:
    """The response in progress. `patients`, `kin` and `ages` (as they were said, the last first) are those that its
    asker may see, as far as they may see them.

    The first member is the person; whom the asker may not see has a row all the same, tied to them and empty.
    """
    known = {f"Patient/{each['id']}": each for each in patients}
    related = {f"RelatedPerson/{each['id']}": each for each in kin}
    relations = _options(questionnaire)
    stated: dict[str, int] = {}
    for each in ages:
        if (age := sheet_member.age_by(each, on)) is not None:
            stated.setdefault(reference.one(each, "subject"), age)
    head: list[tuple[str, str, Any]] = [("date", "valueDate", on.isoformat())]
    head += [("agency", "valueReference", {"reference": agency})] if agency else []
    head += [("officer", "valueReference", {"reference": officer})] if officer else []
    rows = []
    for at, member in enumerate(group.get("member") or ()):
        name = reference.one(member, "entity")
        person = known.get(name, {})
        linked = [reference.one(each, "other") for each in person.get("link") or ()]
        relation = next((related[each] for each in linked if each in related), {})
        items = [*_person(person, stated.get(name)), *_relation(relation, relations, first=at == 0)]
        rows.append(sheet_member.tie({"linkId": "member", **({"item": items} if items else {})}, name))
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{questionnaire['url']}|{questionnaire['version']}",
        "status": "in-progress",
        "subject": {"reference": f"Group/{group['id']}"},
        "item": [*(_item(link, {name: value}) for link, name, value in head), *rows],
    }


def _person(person: Mapping[str, Any], age: int | None) -> Iterator[Json]:
    names = {_representation(each): each.get("text") or _joined(each) for each in person.get("name") or ()}
    if name := names.get("IDE") or names.get(""):
        yield _item("member.name", {"valueString": name})
    if kana := names.get("SYL"):
        yield _item("member.kana", {"valueString": kana})
    if gender := person.get("gender"):
        yield _item(
            "member.gender", {"valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": gender}}
        )
    if len(born := str(person.get("birthDate", ""))) == len("1937-03-02"):
        yield _item("member.birthDate", {"valueDate": born})
    elif age is not None:
        yield _item("member.age", {"valueInteger": age})
    if address := next((each["text"] for each in person.get("address") or () if each.get("text")), ""):
        yield _item("member.address", {"valueString": address})
    phones = [
        each["value"] for each in person.get("telecom") or () if each.get("system") == "phone" and "value" in each
    ]
    if phones:
        yield _item("member.phone", *({"valueString": each} for each in phones))


def _relation(relation: Mapping[str, Any], options: Mapping[str, Json], *, first: bool) -> Iterator[Json]:
    said = relation.get("relationship") or [{}]
    code = SELF if first else next((each.get("code") for each in said[0].get("coding") or ()), "")
    if option := options.get(str(code)):
        yield _item("member.relation", {"valueCoding": option})
    if not first and (wording := said[0].get("text")):
        yield _item("member.relation-wording", {"valueString": wording})


def _options(questionnaire: Mapping[str, Any]) -> dict[str, Json]:
    rows = next(item for item in questionnaire["item"] if item["linkId"] == "member")
    asked = next(item for item in rows["item"] if item["linkId"] == "member.relation")
    codings = [option["valueCoding"] for option in asked["answerOption"]]
    return {each["code"]: {key: each[key] for key in ("system", "code", "display")} for each in codings}


def _representation(name: Mapping[str, Any]) -> str:
    said = (each.get("valueCode", "") for each in name.get("extension") or () if each.get("url") == REPRESENTATION)
    return str(next(said, ""))


def _joined(name: Mapping[str, Any]) -> str:
    return " ".join([*([name["family"]] if name.get("family") else []), *repeated.told(name, "given")])


def _item(link: str, *answers: Json) -> Json:
    return {"linkId": link, "answer": list(answers)}
