"""What a sheet says otherwise than the record of a person whom one of its rows is tied to: it is told, not written.

R1 of the domain; docs/sheet.md, "begin"
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from resources import sheet_answers, sheet_member
from resources.record import repeated
from resources.record.problem import Issue
from resources.search import fold
from resources.sheet_member import Member

Json = Mapping[str, Any]


def otherwise(response: Json, questionnaire: Json, patients: Mapping[str, Json]) -> list[Issue]:
    """An issue for each answer of a row that is not what stands. `patients` are those that the sender may read."""
    found: list[Issue] = []
    sheet = sheet_answers.read(response, questionnaire)
    on = sheet_member.day(sheet.one("date"))
    rows = [item for item in response.get("item", []) if item.get("linkId") == "member"]
    for at, row in enumerate(sheet.groups("member")):
        known = sheet_member.tied(rows[at])
        if on is not None and known in patients:
            found += _differing(Member(row, at, on, known), patients[known])
    return found


def _differing(member: Member, person: Json) -> Iterator[Issue]:
    names = [_text(each) for each in person.get("name") or ()]
    telecom = [str(each.get("value", "")) for each in person.get("telecom") or ()]
    places = [str(each.get("text", "")) for each in person.get("address") or ()]
    said: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("member.name", [member.name], names),
        ("member.kana", [str(member.row.one("member.kana") or "")], names),
        ("member.birthDate", [member.born.isoformat() if member.born else ""], [str(person.get("birthDate", ""))]),
        ("member.gender", [(member.row.one("member.gender") or {}).get("code", "")], [str(person.get("gender", ""))]),
        ("member.phone", [*map(_digits, member.numbers)], [*map(_digits, telecom)]),
        ("member.address", [str(member.row.one("member.address") or "")], places),
    ]
    if member.age is not None and (born := sheet_member.day(str(person.get("birthDate", "")))):
        said.append(("member.age", [] if member.fits(member.age, born) else [str(member.age)], []))
    for link, here, there in said:
        if {_folded(each) for each in here if each} - {_folded(each) for each in there}:
            name = next(filter(None, names), member.known)
            asked = str(member.row.asked[link]["text"]).partition("（")[0]
            yield Issue(
                f"`{link}` is not what the record of `{name}` (`{member.known}`) says, which stays as it is: where it "
                "has changed, change that Patient too (PATCH)",
                f"「{asked}」が {name}（`{member.known}`）の記録と違います。記録は書き換えていません。"
                "変わったのなら、その Patient も直してください（PATCH）",
                member.row.path(link),
                severity="information",
                code="informational",
            )


def _text(name: Json) -> str:
    return str(name.get("text") or " ".join([*filter(None, [name.get("family")]), *repeated.told(name, "given")]))


def _folded(said: str) -> str:
    """However it is spaced and wide; another form of a letter is another name."""
    return "".join(unicodedata.normalize("NFKC", said).split())


def _digits(number: str) -> str:
    return "".join(letter for letter in fold.folded(number) if letter.isdecimal())
