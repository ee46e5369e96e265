"""Dates of every precision, and resources with whatever elements their definitions allow."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from profiles.spec import Spec

days = st.dates(date(2018, 11, 1), date(2020, 3, 1))


@st.composite
def moments(draw: st.DrawFn) -> str:
    """A date or time of any precision, few enough of them that they meet."""
    day = draw(days).isoformat()
    hour = draw(st.sampled_from(["00:00", "08:59", "09:00", "14:59", "15:00", "23:59"]))
    zone = draw(st.sampled_from(["Z", "+09:00", "-05:00"]))
    second = draw(st.sampled_from(["00", "59"]))
    forms = [
        day[:4],
        day[:7],
        day,
        f"{day}T{hour}{zone}",
        f"{day}T{hour}:{second}{zone}",
        f"{day}T{hour}:{second}.5{zone}",
    ]
    return draw(st.sampled_from(forms))


PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "positiveInt": st.integers(1, 2**31 - 1),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "decimal": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15),
    "date": moments().filter(lambda text: "T" not in text),
    "dateTime": moments() | st.sampled_from(["0001", "9999-12-31T23:59:59.999-14:00", "2016-12-31T23:59:60Z"]),
    "instant": moments().filter(lambda text: len(text) > 22),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@st.composite
def records(draw: st.DrawFn, spec: Spec) -> dict[str, Any]:
    """A resource with elements of the types its definition allows, a few at each depth."""
    type = draw(st.sampled_from(sorted(spec.types)))
    return {"resourceType": type, **draw(objects(spec, type, "", 3))}


def objects(spec: Spec, home: str, inside: str, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    lead = f"{inside}." if inside else ""
    names = [
        path
        for path in spec.elements.get(home, {})
        if path.startswith(lead) and "." not in path[len(lead) :] and path[len(lead) :] != "contained"
    ]

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for path in draw(st.lists(st.sampled_from(names), max_size=6, unique=True)) if names else ():
            element = spec.elements[home][path]
            type = draw(st.sampled_from(element.types)) if element.types else "string"
            value = draw(values(spec, home, path, type, depth))
            key = path[len(lead) :]
            if key.endswith("[x]"):
                key = key[:-3] + type[0].upper() + type[1:]
            many = element.max != "1"
            made[key] = [value, None] if many and not isinstance(value, dict) else [value] if many else value
        return made

    return build()


def values(spec: Spec, home: str, path: str, type: str, depth: int) -> st.SearchStrategy[Any]:
    if type in PRIMITIVES:
        return PRIMITIVES[type]
    if type == "Resource":
        return st.just({"resourceType": "Patient", "id": "inside"})
    if type.startswith("#"):
        home, _, path = type[1:].partition(".")
    elif type not in ("BackboneElement", "Element"):
        home, path = type, ""
    if type[0].islower():
        return TEXTS
    return objects(spec, home, path, depth - 1) if depth else st.just({})
