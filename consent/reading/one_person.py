"""What of a paper about several is about one of them: its head, and the rows that are tied to that person.

docs/policy.md, "standing", Consent, and P7: whoever is shown a part of a paper is shown nothing of anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from resources.record import coding, parse, reference
from resources.record.envelope import CHECKED
from resources.record.version import Version

Json = dict[str, Any]

_HEAD = ("resourceType", "id", "meta", "questionnaire", "status", "type", "date", "authored")
_STAYS = ("versionId", "lastUpdated")
_CODE = ("system", "code")
_PLACED = (".writer ", ".unsent ", f"{CHECKED} ")


def of_paper(found: Version, person: str) -> Version:
    """The paper's head, and the rows that are tied to this person; of a document no more than its head."""
    paper = parse.editable(found.body)
    kept = {element: paper[element] for element in _HEAD if element in paper}
    rows = rows_of(paper, person)
    return cut(found, kept | ({"item": rows} if rows else {}))


def cut(found: Version, body: Json) -> Version:
    """The version with as much of its body: what is kept beside it of its values by their places (D1) is of the
    whole, and so are the words beside its labels."""
    terms = tuple(entry for entry in found.terms if not entry.startswith(_PLACED))
    return replace(found, body=parse.write({**body, "meta": _meta(body.get("meta") or {})}), terms=terms)


def stamp(meta: Mapping[str, Any]) -> Json:
    """Which version it is, and since when."""
    return {name: meta[name] for name in _STAYS if name in meta}


def _meta(meta: Mapping[str, Any]) -> Json:
    """As it is handled, without why: that is said of somebody (`withheld-reason`)."""
    labels = [{name: each[name] for name in _CODE if name in each} for each in meta.get("security") or ()]
    return stamp(meta) | ({"security": labels} if labels else {})


def rows_of(paper: Mapping[str, Any], person: str) -> list[Json]:
    """The rows of a sheet that are tied to this person, without what stands in them as a row of its own."""
    return [_alone(row) for row in _rows(paper) if person in set(_tied_to(row))]


def _alone(node: Mapping[str, Any]) -> Json:
    kept = dict(node)
    for name in ("item", "answer"):
        if name in kept:
            inner = [_alone(each) for each in kept[name] if each.get("linkId") != "member"]
            kept = {**kept, name: inner} if inner else {each: kept[each] for each in kept if each != name}
    return kept


def _rows(node: Mapping[str, Any]) -> Iterator[Json]:
    for name in ("item", "answer"):
        for inner in node.get(name) or ():
            if inner.get("linkId") == "member":
                yield inner
            else:
                yield from _rows(inner)


def _tied_to(row: Mapping[str, Any]) -> Iterator[str]:
    return (reference.one(each, "valueReference") for each in coding.extension(row, "member-subject"))
