"""A household of the town, drawn by its own dice: who lives there, where, what troubles them, and what will happen.

docs/simulate.md
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demo.year.town import Town


@dataclass(slots=True)
class Member:
    """`name` and `kana` are family and given name; `record` is the Patient, once there is one."""

    name: tuple[str, str]
    kana: tuple[str, str]
    gender: str
    born: date
    relation: str
    fields: list[str]
    record: str = ""

    @property
    def called(self) -> str:
        return " ".join(self.name)

    def age(self, on: date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(slots=True)
class Household:
    """`keeper` is the agency that keeps its records, by `officer`; the other names are records, once there are any."""

    number: int
    chance: Random
    area: str
    members: list[Member]
    keeper: str
    officer: str
    sheet_used: bool
    group: str = ""
    sheet: str = ""
    case: str = ""
    coordination: str = ""
    plan: str = ""
    team: list[str] = field(default_factory=list)
    """The agencies that took a request on."""

    @property
    def head(self) -> Member:
        return self.members[0]

    @property
    def fields(self) -> list[str]:
        """The fields of all concerns, each once."""
        return list(dict.fromkeys(each for member in self.members for each in member.fields))

    def happens(self, rate: float) -> bool:
        return self.chance.random() < rate


def drawn(town: Town, number: int, seed: int) -> Household:
    """The household of this number: the same of the same seed, whatever happens to others."""
    chance = Random(f"{seed} {number}")  # noqa: S311  # a game of dice, no secret
    family, area = chance.choice(town.names), chance.choice(town.areas)
    members = [_member(town, chance, family, *each) for each in town.rates.family(chance)]
    if not any(each.fields for each in members):
        members[0].fields = [chance.choice([row["field"] for row in town.rates.concerns])]
    first = next(each.fields[0] for each in members if each.fields)
    keeper = town.desk(first, area)
    used = chance.random() < town.rates.often["sheet-used"]
    return Household(number, chance, area, members, keeper, town.offices[keeper], used)


def _member(town: Town, chance: Random, family: tuple[str, str], relation: str, age: int) -> Member:
    given = chance.choice(town.given)
    born = town.today - timedelta(days=age * 365 + age // 4 + chance.randint(1, 300))
    return Member(
        name=(family[0], given[0]),
        kana=(family[1], given[1]),
        gender=chance.choice(("female", "male")),
        born=born,
        relation=relation,
        fields=town.rates.fields(age, chance),
    )
