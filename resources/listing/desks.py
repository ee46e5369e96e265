"""一覧: the desks of a list, one for each row and agency; one that says 別紙 for each office of its annex.

Slide 14 of the seed; R6, R7 and R8 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources import directory
from resources.listing import areas, cells, entry, offices, staff
from resources.listing.entry import Entry
from resources.listing.table import Row
from resources.record import coding
from resources.search import fold

if TYPE_CHECKING:
    from resources.listing.reading import Reading

_EACH = "各"
_COMPLEX = ("複雑又は困難", "複雑または困難", "複雑・困難")
_YEARS = {"unit": "年", "system": "http://unitsofmeasure.org", "code": "a"}


def read(rows: Sequence[Row], annexes: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> None:
    field = ""
    for row in rows:
        had = len(found.desks)
        field = _row(row, field, annexes, found, standing)
        if len(found.desks) == had:
            found.unread.append(row)


def _row(row: Row, above: str, annexes: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> str:
    """The desks of a row; the field it is of, which an empty cell below it means too."""
    fields, field = _fields(row, above, found)
    if cells.is_none(row["agency"]) or cells.is_none(row["content"]):
        column = "agency" if cells.is_none(row["agency"]) else "content"
        text, ja = "a desk has an agency and a content", "窓口には機関名と相談内容が必要です"
        found.misunderstood.append(row.wrong(column, text, ja))
    elif fields:
        for office, own in _offices(row, annexes, found, standing):
            _desk(row, own, office, fields, found, standing)
    return field


def _fields(row: Row, above: str, found: Reading) -> tuple[list[str], str]:
    """The concern fields of a row; an empty cell is the one above it, as in a merged cell."""
    said = row["field"] or above
    codes = []
    for each in said.replace("\n", "").removesuffix("について").split("、"):
        code = _code(found, fold.folded(each.removesuffix("について")))
        if code:
            codes.append(code)
        else:
            text, ja = f"`{each}` is no field of concern", f"`{each}` は困りごとの分野ではありません"
            found.misunderstood.append(row.wrong("field", text, ja))
    return codes, said


def _code(found: Reading, said: str) -> str:
    """The field of a word; one that explains itself in brackets is meant without them too (こころの問題)."""
    known = found.words["concern-field"]
    short = {name.partition("(")[0]: code for name, code in known.items() if "(" in name}
    return known.get(said) or short.get(said, "")


def _offices(
    row: Row, annexes: Sequence[Row], found: Reading, standing: Mapping[str, str]
) -> Iterator[tuple[Row, str]]:
    """The rows that a desk is made of, and the key of the agency of each."""
    name = row["agency"].removeprefix(_EACH)
    number = cells.plain(row["number"])
    annexed = [each for each in annexes if (each["number"] and cells.plain(each["number"]) == number) or (
        not each["number"] and name in (each["kind"], each.of.name)
    )]  # fmt: skip
    annexed = annexed if row["agency"].startswith(_EACH) or _is_annexed(row) else []
    if annexed:
        for each in annexed:
            yield each, offices.agency(found, each["agency"], each).key
        return
    if row["agency"].startswith(_EACH) or (_is_annexed(row) and not offices.known(row["agency"], found, standing)):
        every = [each for each in found.entries.values() if each.type == "Organization" and _is_of_kind(each, name)]
        if not every:
            text = f"there is no annex and no agency of the kind `{name}`"
            ja = f"別紙も、種別が `{name}` の機関もありません"
            found.misunderstood.append(row.wrong("agency", text, ja))
        yield from ((row, each.key) for each in every)
        return
    yield row, _agency(row, found, standing)


def _agency(row: Row, found: Reading, standing: Mapping[str, str]) -> str:
    """The agency of a row, which may have its section behind it (保健所保健課医務係)."""
    if known := offices.known(row["agency"], found, standing):
        return known
    names = [key for key in (*found.entries, *standing) if key.startswith("Organization|")]
    said = fold.folded(row["agency"])
    begins = [key for key in names if len(key) > 16 and said.startswith(key.partition("|")[2])]
    if begins and not row["section"]:
        return max(begins, key=len)
    return offices.agency(found, row["agency"], row).key


def _desk(
    row: Row, agency: str, office: Row, fields: Sequence[str], found: Reading, standing: Mapping[str, str]
) -> None:
    section = row["section"] or _section(row, agency)
    number = cells.plain(row["number"])
    key = entry.desk(agency, number, "+".join(sorted(fields)), section)
    coded = [_concept("concern-field", each) for each in fields]
    says: dict[str, Any] = {
        "resourceType": "HealthcareService",
        "active": True,
        "providedBy": {"reference": agency},
        "category": coded,
        "type": coded,
        "name": f"{office['agency'] if office is not row else _name(agency, row, found)} {section}".strip(),
        "comment": row["content"],
    }
    if number:
        says["identifier"] = [{"system": entry.NUMBER, "value": number}]
    if section:
        says["extraDetails"] = f"担当：{section}"
    if (marks := _marks(row)) or row.has("star"):
        says["characteristic"] = [_concept("desk", mark) for mark in marks] or None
    if covered := _covered(row, agency, office, found, standing):
        says["coverageArea"] = [{"reference": each} for each in covered]
    if place := offices.place(office, agency, found, standing):
        says["location"] = [{"reference": place}]
    made = Entry(key, says, (row.of.name, row.line))
    offices.telecom(office, made, found)
    _hours(row if office["hours"] == "" else office, made, found)
    _ages(row, fields, made, found)
    if key in found.desks:
        text, ja = "this desk is in the list already", "同じ窓口がすでにあります"
        found.misunderstood.append(row.wrong("agency", text, ja))
        return
    found.desks.add(key)
    found.entries[key] = made
    for column, function in (("primary", "officer"), ("deputy", "deputy")):
        said = office[column] or row[column]
        for name in cells.persons(said):
            staff.at_desk(name, function, agency, made, found)


def _covered(row: Row, agency: str, office: Row, found: Reading, standing: Mapping[str, str]) -> list[str]:
    """The areas that a desk is for: those of its cell, or where the office lies that is one of each."""
    covered = []
    for each in filter(None, office["area"].split("、")):
        if area := areas.named(each, found, standing):
            covered.append(area)
        else:
            text, ja = f"there is no area `{each}`", f"圏域 `{each}` がありません"
            found.misunderstood.append(office.wrong("area", text, ja))
    if not office["area"] and row["agency"].startswith(_EACH) and (lies := _area_of(agency, found)):
        return [lies]
    return covered


def _area_of(agency: str, found: Reading) -> str:
    """The area that an office is the one of its kind for (各保健センター): the one it lies in, as the list has it."""
    place = found.entries.get(entry.place(agency))
    return str((place.says.get("partOf") or {}).get("reference", "")) if place else ""


def _hours(row: Row, made: Entry, found: Reading) -> None:
    if not row.has("hours") or cells.is_annex(row["hours"]):
        return
    times, rest = cells.hours(row["hours"]) if row["hours"] else ([], "")
    made.says["availableTime"] = times or None
    made.says["availabilityExceptions"] = rest or None
    if rest and not times:
        text, ja = f"`{rest}` is no time; it is kept as a text", f"`{rest}` は時間として読めず、そのまま残します"
        found.misunderstood.append(row.wrong("hours", text, ja))


def _ages(row: Row, fields: Sequence[str], made: Entry, found: Reading) -> None:
    if not row.has("ages"):
        return
    bounds = cells.ages(row["ages"])
    made.says["eligibility"] = None
    if bounds:
        ends = zip(("low", "high"), bounds, strict=True)
        ages = {end: {"value": years} | _YEARS for end, years in ends if years is not None}
        said = {"url": f"{coding.BASE}/StructureDefinition/{directory.SERVED_AGE}", "valueRange": ages}
        made.says["eligibility"] = [{"extension": [said], "code": _concept("concern-field", each)} for each in fields]
    elif not cells.is_none(row["ages"]):
        text, ja = f"`{row['ages']}` is no range of ages", f"`{row['ages']}` は年齢の範囲ではありません"
        found.misunderstood.append(row.wrong("ages", text, ja))


def _marks(row: Row) -> list[str]:
    starred = ["fallback-desk"] if row["star"] in ("★", "☆", "○", "1", "*") else []
    return starred + (["complex-cases"] if any(each in row["content"] for each in _COMPLEX) else [])


def _section(row: Row, agency: str) -> str:
    """What stands behind the agency's name in a cell that names both."""
    name = agency.partition("|")[2]
    for length in range(1, len(row["agency"])):
        if fold.folded(row["agency"][:length]) == name:
            return row["agency"][length:].strip()
    return ""


def _name(agency: str, row: Row, found: Reading) -> str:
    known = found.entries.get(agency)
    section = _section(row, agency)
    return str(known.says["name"]) if known else row["agency"].removesuffix(section)


def _is_annexed(row: Row) -> bool:
    return any(cells.is_annex(row[column]) for column in ("primary", "address", "phones"))


def _is_of_kind(agency: Entry, kind: str) -> bool:
    kinds = [str(each.get("text", "")) for each in agency.says.get("type") or ()]
    return kind in kinds or str(agency.says["name"]).endswith(kind)


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{coding.BASE}/CodeSystem/{system}", "code": code}]}
