"""A city of people alone, in households with twins and namesakes, and the slips with which a counter writes them again.

docs/figures.md. Names are put together from parts, as those of nobody.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.city import City, ref

Json = dict[str, Any]

HOUSEHOLD = 4
"""People and their Group."""
TWINS = 50
"""One household of so many has two children of one day."""

_HEADS = {"霞": "かすみ", "雫": "しずく", "颯": "はやて", "朧": "おぼろ", "藍": "あい", "碧": "みどり", "茜": "あかね",
          "翠": "すい", "珀": "はく", "橙": "だい", "紺": "こん", "緋": "ひ", "霧": "きり", "露": "つゆ", "霜": "しも",
          "虹": "にじ", "嵐": "あらし", "凪": "なぎ"}  # fmt: skip
_TAILS = {"埜": "の", "渚": "なぎさ", "砂": "すな", "淵": "ぶち", "瀬": "せ", "澤": "さわ", "﨑": "さき", "嶋": "しま",
          "嶺": "みね", "邊": "べ", "浦": "うら", "畑": "はた", "窪": "くぼ"}  # fmt: skip
_FIRST = {"美": "み", "結": "ゆ", "陽": "はる", "海": "かい", "紬": "つむぎ", "奏": "かな", "理": "り", "沙": "さ",
          "智": "とも", "悠": "ゆう", "朋": "とも", "栞": "しおり", "晴": "はる", "律": "りつ", "蒼": "そう",
          "文": "ふみ", "千": "ち", "早": "さ", "直": "なお", "光": "みつ"}  # fmt: skip
_LAST = {"咲": "さき", "衣": "い", "菜": "な", "斗": "と", "子": "こ", "乃": "の", "樹": "き", "恵": "え", "香": "か",
         "人": "と", "也": "や", "治": "はる", "美": "み", "江": "え", "郎": "ろう", "穂": "ほ", "": ""}  # fmt: skip
_OTHERS = {"澤": "沢", "﨑": "崎", "嶋": "島", "邊": "辺", "悠": "裕", "智": "朋", "咲": "崎"}
"""The same name in other letters, or a slip of who chose among letters of one sound."""

_SYLLABLES = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"


@dataclass(frozen=True, slots=True)
class Townsfolk(City):
    """So many records of people, one in four of them a household."""

    agencies: int = 1

    @property
    def households(self) -> int:
        return max(self.records // HOUSEHOLD, 1)

    def household(self, n: int) -> list[Json]:
        people = self.people(n)
        members = [{"entity": ref("Patient", each["id"])} for each in people]
        group = {"resourceType": "Group", "id": self.id("Group", n), "type": "person", "actual": True}
        return [*people, group | {"member": members}]

    def own(self, reader: object) -> list[Json]:
        return []

    def addressed(self, reader: object) -> list[Json]:
        return []

    def people(self, n: int) -> list[Json]:
        """One household's people, always the same."""
        chance = Random(f"{self.seed} {n}")  # noqa: S311  # it guards nothing
        family, phone = _family(chance), _phone(chance)
        house = f"{chance.randint(1, 9)}丁目{chance.randint(1, 80)}番{chance.randint(1, 30)}号"
        address = f"岡山市{chance.choice('北中東南')}区つなぎ町{house}"
        found, taken = list[Json](), set[str]()
        for place in range(HOUSEHOLD - 1):
            given = _given(chance)
            while given[1] in taken:
                given = _given(chance)
            taken.add(given[1])
            twin = place == HOUSEHOLD - 2 and n % TWINS == 0
            born = found[-1]["birthDate"] if twin else _day(chance)
            own = [phone] if chance.random() < 0.8 else [_phone(chance)]
            found.append(_person(self.id("Patient", n * HOUSEHOLD + place), family, given, born, own, address, chance))
        return found


def written_again(person: Json, chance: Random) -> Json:
    """The same person as another counter writes them: each slip as often as it is made."""
    again = copy.deepcopy({key: value for key, value in person.items() if key != "id"})
    ide, syl = again["name"]
    for name, slip in ((ide, _other_letters), (syl, _other_sound)):
        if chance.random() < 0.05:
            name["family"], name["given"] = slip(name["family"], chance), name["given"]
        if chance.random() < 0.05:
            name["given"] = [slip(name["given"][0], chance)]
        name["text"] = " ".join([name["family"], *name["given"]])
    if chance.random() < 0.01:
        ide["family"], syl["family"] = _family(chance)
    if chance.random() < 0.1:
        again["name"] = [ide]
    if chance.random() < 0.02:
        del again["birthDate"]
    elif chance.random() < 0.03:
        again["birthDate"] = _other_day(again["birthDate"], chance)
    if (drawn := chance.random()) < 0.2:
        del again["telecom"]
    elif drawn < 0.35:
        again["telecom"] = [{"system": "phone", "value": _phone(chance)}]
    if (drawn := chance.random()) < 0.1:
        again["address"] = [{"text": f"倉敷市みぎわ町{chance.randint(1, 99)}番地"}]
    elif drawn < 0.5:
        text = again["address"][0]["text"]
        again["address"] = [{"text": text.replace("丁目", "-").replace("番", "－").replace("号", "")}]
    return again


def _person(
    id: str, family: tuple[str, str], given: tuple[str, str], born: str, phones: list[str], address: str, chance: Random
) -> Json:
    names = []
    for place, tag in ((0, "IDE"), (1, "SYL")):
        told = {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": tag}
        parts = {"family": family[place], "given": [given[place]], "text": f"{family[place]} {given[place]}"}
        names.append({"extension": [told], "use": "official", **parts})
    return {
        "resourceType": "Patient",
        "id": id,
        "active": True,
        "name": names,
        "telecom": [{"system": "phone", "value": each} for each in phones],
        "gender": chance.choice(("female", "male")),
        "birthDate": born,
        "address": [{"text": address}],
    }


def _family(chance: Random) -> tuple[str, str]:
    """Some names are borne by many, as names are."""
    heads, tails = list(_HEADS), list(_TAILS)
    head = heads[min(int(chance.expovariate(0.25)), len(heads) - 1)]
    tail = tails[min(int(chance.expovariate(0.3)), len(tails) - 1)]
    return head + tail, _HEADS[head] + _TAILS[tail]


def _given(chance: Random) -> tuple[str, str]:
    first, last = chance.choice(list(_FIRST)), chance.choice(list(_LAST))
    return first + last, _FIRST[first] + _LAST[last]


def _phone(chance: Random) -> str:
    return f"0{chance.choice((86, 80, 90))}-{chance.randint(0, 9999):04}-{chance.randint(0, 9999):04}"


def _day(chance: Random) -> str:
    return f"{chance.randint(1930, 2022)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _other_day(born: str, chance: Random) -> str:
    year, month, day = born.split("-")
    slips = [f"{int(year) + chance.choice((-1, 1, 10))}-{month}-{day}", f"{year}-{month}-{int(day) % 28 + 1:02}"]
    if int(day) <= 12:  # months
        slips.append(f"{year}-{day}-{month}")
    return chance.choice(slips)


def _other_letters(name: str, chance: Random) -> str:
    known = [place for place, letter in enumerate(name) if letter in _OTHERS]
    if known:
        place = chance.choice(known)
        return name[:place] + _OTHERS[name[place]] + name[place + 1 :]
    return name[:-1] + chance.choice("月花鳥風")


def _other_sound(name: str, chance: Random) -> str:
    place = chance.randrange(len(name))
    return name[:place] + chance.choice(_SYLLABLES) + name[place + 1 :]
