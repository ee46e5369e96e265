"""One row of a sheet's household table: who the member is, since when they are known, and what does not fit.

R1 of the domain; JP Core on names: https://jpfhir.jp/fhir/core/1.1.2/StructureDefinition-jp-patient.html
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from resources import sheet_entries
from resources.record import era, period, reference
from resources.record.coding import BASE
from resources.record.problem import Issue
from resources.sheet_answers import Answers
from resources.sheet_entries import Json, Urls

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
MEMBER_SUBJECT = f"{BASE}/StructureDefinition/member-subject"
SELF = "ONESELF"
UNNAMED = "（命名前）"
"""What stands for the name of an infant who has none yet."""

AGE = ("http://loinc.org", "30525-0")
OLDEST = 150
_NUMBERS = re.compile(r"\s*[、，,／/;；\n]\s*")


@dataclass(frozen=True, slots=True)
class Member:
    """A row: `at` is its place in the table, `on` the day of the sheet, `known` the Patient it is tied to already."""

    row: Answers
    at: int
    on: date
    known: str = ""

    @property
    def name(self) -> str:
        return " ".join(str(self.row.one("member.name") or "").split())

    @property
    def born(self) -> date | None:
        """The day of birth as it is to be recorded; written by era, or not."""
        said = self.row.one("member.birthDate") or self.row.one("member.birthDate-written")
        return day(said) if said else None

    @property
    def age(self) -> int | None:
        said = self.row.one("member.age")
        return said if isinstance(said, int) else None

    @property
    def numbers(self) -> list[str]:
        """The telephone numbers, each by itself."""
        said = (number.strip() for each in self.row.all("member.phone") for number in _NUMBERS.split(each))
        return [number for number in said if number]

    def issues(self) -> Iterator[Issue]:
        """What the form alone cannot tell: who is first, an infant's name, dates to come, an age that is another's."""
        yield from self._relation()
        yield from self._dates()
        infant = self.at > 0 and (self.age == 0 or (self.born and self.on < self.born + relativedelta(years=1)))
        if not self.name and not infant:
            yield Issue(
                "`member.name` is missing",
                "「氏名」がありません（命名前の乳児は、生年月日か年齢を書いて空欄にします）",
                self.row.path("member.name"),
                code="required",
            )

    def patient(self, urls: Urls) -> Json:
        """The Patient of a member who is not known yet."""
        patient: Json = {"resourceType": "Patient", "active": True, "name": self._names()}
        if gender := self.row.one("member.gender"):
            patient["gender"] = gender["code"]
        if self.born:
            patient["birthDate"] = self.born.isoformat()
        if address := self.row.one("member.address"):
            patient["address"] = [{"use": "home", "text": address, "country": "JP"}]
        if self.numbers:
            patient["telecom"] = [{"system": "phone", "value": each} for each in self.numbers]
        if self.at:
            patient["link"] = [{"other": {"reference": urls.of("RelatedPerson", self.at)}, "type": "seealso"}]
        return patient

    def kin(self, person: str) -> Json:
        """Kinship to the first row; where the member lives stays with the Patient, which a label can protect (D1)."""
        wording = self.row.one("member.relation-wording")
        return {
            "resourceType": "RelatedPerson",
            "active": True,
            "patient": {"reference": person},
            "relationship": [sheet_entries.relationship(self.row, "member.relation", wording)],
            "name": self._names(),
        }

    def stated_age(self, patient: str, sheet: str) -> Json:
        """An age without a day of birth, as it was said that day."""
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": AGE[0], "code": AGE[1], "display": "Age"}], "text": "年齢"},
            "subject": {"reference": patient},
            "effectiveDateTime": self.on.isoformat(),
            "valueQuantity": {"value": self.age, "unit": "歳", "system": "http://unitsofmeasure.org", "code": "a"},
            "derivedFrom": [{"reference": sheet}],
        }

    def signs_as(self, signature: str) -> bool:
        """Whether this is the member's own name, in 漢字 or in カナ, however it is spaced."""
        return _folded(signature) in {_folded(self.name), _folded(str(self.row.one("member.kana") or ""))} - {""}

    def fits(self, age: int, born: date | None) -> bool:
        """By the full years of that day, or one more, as ages are counted by the calendar year (数え年 aside)."""
        years = relativedelta(self.on, born).years if born else age
        return 0 <= age < OLDEST and age - years in (0, 1)

    def _relation(self) -> Iterator[Issue]:
        """The first row is the person, and nobody else is."""
        relation = self.row.one("member.relation")
        oneself = relation is not None and relation.get("code") == SELF
        if relation is not None and self.at == 0 and not oneself:
            text, ja = "the first member must be the person: relation `ONESELF`", "1行目は本人でなければなりません"
            yield Issue(text, ja, self.row.path("member.relation"))
        if self.at and oneself:
            text, ja = "there are two heads: only the first member is `ONESELF`", "本人は1行目の1人だけです"
            yield Issue(text, ja, self.row.path("member.relation"))

    def _dates(self) -> Iterator[Issue]:
        for link in ("member.birthDate", "member.birthDate-written"):
            said = self.row.one(link)
            found = day(said) if said else None
            if said and found is None:
                text, ja = "this is no day: write `1937-03-02` or `昭和12年3月2日`", "生年月日として読めません"
                yield Issue(text, ja, self.row.path(link))
            elif found and not self.on - relativedelta(years=OLDEST) < found <= self.on:
                text, ja = "a day of birth lies before the day of the sheet", "生年月日が記入日より後か、古すぎます"
                yield Issue(text, ja, self.row.path(link))
        both = self.row.one("member.birthDate"), self.row.one("member.birthDate-written")
        if all(both) and day(both[0]) != day(both[1]):
            text, ja = "it is another day than `member.birthDate`", "生年月日と元号の生年月日が違います"
            yield Issue(text, ja, self.row.path("member.birthDate-written"))
        if self.age is not None and not self.fits(self.age, self.born):
            text, ja = (
                "this age does not fit the day of birth, or nobody has it",
                "年齢が生年月日と合わないか、範囲の外です",
            )
            yield Issue(text, ja, self.row.path("member.age"))

    def _names(self) -> list[Json]:
        """The name in 漢字 (IDE) and, where given, in カナ (SYL), as JP Core names people."""
        if not self.name:
            return [{"use": "temp", "text": UNNAMED}]
        written = {"IDE": self.name, "SYL": self.row.one("member.kana")}
        return [_name(representation, text) for representation, text in written.items() if text]


def age_by(stated: Mapping[str, Any], on: date) -> int | None:
    """The least age that somebody has on this day of whom this age was said; None where it says none in years."""
    said = stated.get("valueQuantity") or {}
    value, then = said.get("value"), period.day(str(stated.get("effectiveDateTime", ""))[:10])
    if said.get("code") != "a" or not isinstance(value, int | float) or then is None or then > on:
        return None
    years = int(value) + relativedelta(on, then).years
    return years if 0 <= years < OLDEST else None


def day(said: str) -> date | None:
    """The day that a date of the sheet is, however it is written."""
    return period.day(said) or era.read(said)


def tied(row: Mapping[str, Any]) -> str:
    """The Patient that a row of a sheet is tied to; empty where it is to nobody."""
    for extension in row.get("extension") or ():
        if extension.get("url") == MEMBER_SUBJECT:
            return reference.local(str((extension.get("valueReference") or {}).get("reference", "")))
    return ""


def tie(row: Json, patient: str) -> Json:
    """The row, tied to this Patient and to no other."""
    others = [each for each in row.get("extension", []) if each["url"] != MEMBER_SUBJECT]
    return row | {"extension": [*others, {"url": MEMBER_SUBJECT, "valueReference": {"reference": patient}}]}


def _name(representation: str, text: str) -> Json:
    family, *given = text.split()
    name: Json = {
        "extension": [{"url": REPRESENTATION, "valueCode": representation}],
        "use": "official",
        "text": " ".join([family, *given]),
    }
    return name | ({"family": family, "given": given} if given else {})


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
