"""圏域: the areas of a city, each with its kind and the one that it lies in.

Slide 6 of the seed; R6 of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources.listing import cells, entry
from resources.listing.entry import Entry
from resources.listing.table import Row
from resources.record import coding
from resources.search import fold

if TYPE_CHECKING:
    from resources.listing.reading import Reading

_PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"


def read(rows: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> None:
    """An area that no row names, and that stands nowhere, is reported where it is named."""
    kinds = found.words["area-kind"]
    by_name: dict[str, str] = {}
    for row in rows:
        kind = kinds.get(fold.folded(row["kind"]), "")
        if not row["area_name"] or not kind:
            column = "kind" if row["area_name"] else "area_name"
            text, ja = f"`{row['kind']}` is no kind of area", f"`{row['kind']}` は圏域の種類ではありません"
            found.misunderstood.append(row.wrong(column, text, ja))
            continue
        code = cells.plain(row["code"])
        key = entry.area(kind, row["area_name"], code)
        by_name[fold.folded(row["area_name"])] = key
        says: dict[str, Any] = {
            "resourceType": "Location",
            "status": "active",
            "name": row["area_name"],
            "mode": "instance",
            "type": [{"coding": [{"system": f"{coding.BASE}/CodeSystem/area-kind", "code": kind}]}],
            "physicalType": {"coding": [{"system": _PHYSICAL, "code": "jdn", "display": "Jurisdiction"}]},
        }
        if code:
            says["identifier"] = [{"system": entry.GOVERNMENT, "value": code}]
        if row["name_en"]:
            says["alias"] = [row["name_en"]]
        found.entries[key] = Entry(key, says, (row.of.name, row.line), [entry.area(kind, row["area_name"])])
    for row in rows:
        if row["area_name"] and row["part_of"] and (own := by_name.get(fold.folded(row["area_name"]))):
            above = by_name.get(fold.folded(row["part_of"])) or named(row["part_of"], found, standing)
            if above:
                found.entries[own].says["partOf"] = {"reference": above}
            else:
                text, ja = f"there is no area `{row['part_of']}`", f"圏域 `{row['part_of']}` がありません"
                found.misunderstood.append(row.wrong("part_of", text, ja))
    _outer_first(found)


def named(text: str, found: Reading, standing: Mapping[str, str]) -> str:
    """The key of the area with this name or code, of the list or standing; empty where there is none."""
    wanted = fold.folded(text)
    for key in (*found.entries, *standing):
        parts = key.split("|")
        if parts[0] == "Area" and parts[-1] in (wanted, cells.plain(text)):
            return key
    for key, each in found.entries.items():
        if key.startswith("Area|") and fold.folded(str(each.says["name"])) == wanted:
            return key
    return ""


def _outer_first(found: Reading) -> None:
    """An area after the one that it lies in; of areas in a circle one is reported and lies in none."""
    placed: dict[str, Entry] = {}
    waiting = dict(found.entries)
    while waiting:
        ready = {
            key: each
            for key, each in waiting.items()
            if str((each.says.get("partOf") or {}).get("reference", "")) not in waiting
        }
        if not ready:
            key, each = next(iter(waiting.items()))
            each.says.pop("partOf")
            ready = {key: each}
        placed |= ready
        waiting = {key: each for key, each in waiting.items() if key not in placed}
    found.entries = placed
