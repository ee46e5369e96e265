"""How often what happens in a year, and what families and their concerns are like: three tables, and where from.

okayama-2019.txt s25 where it says so; docs/simulate.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from demo import table
from demo.table import Row, TableFault

HERE = Path(__file__).parent
AGES = (("child", 18), ("adult", 65), ("elder", 200))
"""The columns of the concerns, and below which age each is."""


@dataclass(frozen=True, slots=True)
class Rates:
    """`often` is the share of each thing that happens, `families` their kinds, `concerns` the weights by age."""

    often: Mapping[str, float]
    families: tuple[Row, ...]
    concerns: tuple[Row, ...]

    def family(self, chance: Random) -> list[tuple[str, int]]:
        """The members of one family: the relation of each to the first, and their age."""
        drawn = chance.choices(self.families, [int(row["weight"]) for row in self.families])[0]
        return [_member(word, chance) for word in drawn.words("members")]

    def fields(self, age: int, chance: Random) -> list[str]:
        """The fields in which somebody of this age has a concern: two of five have none, few have three."""
        column = next(name for name, below in AGES if age < below)
        many = chance.choices((0, 1, 2, 3), (40, 35, 18, 7))[0]
        weights = [int(row[column]) for row in self.concerns]
        drawn = chance.choices([row["field"] for row in self.concerns], weights, k=many)
        return list(dict.fromkeys(drawn))


def read(folder: Path = HERE) -> Rates:
    """The tables of this folder. Raises TableFault."""
    rates = table.rows(folder / "rates.csv", ("rate", "of", "in", "source"))
    families = table.rows(folder / "families.csv", ("kind", "weight", "members"))
    concerns = table.rows(folder / "concerns.csv", ("field", "child", "adult", "elder"))
    often = {row["rate"]: _share(row) for row in rates}
    if lacking := sorted(_known() - often.keys()):
        raise TableFault(folder / "rates.csv", 0, "rate", f"how often is not said of: {', '.join(lacking)}")
    return Rates(often, tuple(families), tuple(concerns))


def acts(folder: Path = HERE) -> Mapping[str, str]:
    """Each act of the year in Japanese. Raises TableFault."""
    return {row["act"]: row["ja"] for row in table.rows(folder / "acts.csv", ("act", "ja"))}


def _share(row: Row) -> float:
    if not (row["of"].isdigit() and row["in"].isdigit() and 0 <= int(row["of"]) <= int(row["in"]) > 0):
        row.refuse("of", "so many of so many, as 1 of 3")
    return int(row["of"]) / int(row["in"])


def _known() -> set[str]:
    """What a year asks the rate of."""
    return {row["rate"] for row in table.rows(HERE / "rates.csv", ("rate", "of", "in", "source"))}


def _member(word: str, chance: Random) -> tuple[str, int]:
    relation, _, ages = word.partition(":")
    least, _, most = ages.partition("-")
    return relation, chance.randint(int(least), int(most))
