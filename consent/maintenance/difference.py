"""What a check found to be otherwise than it must be: the names of what differs, and never a value.

docs/maintenance.md, "check"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from resources.record.version import Version
from resources.search.relation import Row


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it must be, and where: a version as `Type/id/_history/n`, a record, or a place."""

    at: str
    text: str
    ja: str


def numbered(versions: list[Version], current: Version) -> Iterator[Difference]:
    found = {version.number: version for version in versions}
    for number in range(1, current.number):
        if number not in found:
            yield Difference(f"{current.reference}/_history/{number}", "the version is missing", "版がありません")
        elif number + 1 in found and found[number].since >= found[number + 1].since:
            at = found[number + 1].cited
            yield Difference(at, "it is not later than the version before", "前の版より後の時刻ではありません")
    for version in versions:
        if 1 in found and version.first != found[1].since:
            text, ja = "it is wrong on since when there is the record", "記録の最初の時刻が違います"
            yield Difference(version.cited, text, ja)


def terms(at: str, had: Iterable[str], wanted: Iterable[str], ja: str, text: str) -> Iterator[Difference]:
    """The difference of two sets of terms, by the names of the terms and never their values."""
    have, want = frozenset(had), frozenset(wanted)
    if have == want:
        return
    for name in sorted({entry.partition(" ")[0] for entry in want - have}):
        yield Difference(at, f"{text} lack one of `{name}`", f"{ja}に `{name}` が足りません")
    for name in sorted({entry.partition(" ")[0] for entry in have - want}):
        yield Difference(at, f"{text} have one of `{name}` too many", f"{ja}に余分な `{name}` があります")


def rows(at: str, have: frozenset[Row], want: frozenset[Row]) -> Iterator[Difference]:
    if have == want:
        return
    for name in sorted({row.relation.name for row in want - have}):
        text, ja = f"a row of the relation `{name}` is missing or wrong", f"関係 `{name}` の行が足りないか違います"
        yield Difference(at, text, ja)
    for name in sorted({row.relation.name for row in have - want}):
        text, ja = f"a row of the relation `{name}` is too many or wrong", f"関係 `{name}` の行が余分か違います"
        yield Difference(at, text, ja)
