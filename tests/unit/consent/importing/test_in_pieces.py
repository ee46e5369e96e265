"""A list in pieces: what is new first and what ends last, what is named before what names it, circles in one piece."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.engine import PolicyEngine
from consent.importing import in_pieces
from consent.writing.prepared import Change, Prepared, prepared
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.town import Json, Town


@pytest.fixture
def engine(town: Town) -> PolicyEngine:
    return town.gate.engine


def agency(id: str, part_of: str = "", **elements: Any) -> Json:
    above = {"partOf": ref(f"Organization/{part_of}")} if part_of else {}
    return {"resourceType": "Organization", "id": id, "name": id} | above | elements


def ready(engine: PolicyEngine, *resources: Json) -> list[Prepared]:
    return [
        prepared(engine, Change("update", each["resourceType"], each["id"], orjson.dumps(each))) for each in resources
    ]


def stands(id: str) -> Version:
    return Version("Organization", id, 1, "2026-11-20T00:00:00.000Z", False, b"{}", ())


def pieces(engine: PolicyEngine, *resources: Json, there: tuple[str, ...] = ()) -> list[list[str]]:
    made = in_pieces.of(ready(engine, *resources), {f"Organization/{each}": stands(each) for each in there})
    return [[each.change.id for each in piece] for piece in made]


def test_what_is_new_comes_before_what_changes_and_what_ends_comes_last(engine: PolicyEngine) -> None:
    listed = (agency("ends", active=False), agency("stays", active=True), agency("says-nothing"), agency("new"))
    there = ("ends", "stays", "says-nothing")
    assert pieces(engine, *listed, there=there) == [["new"], ["stays", "says-nothing"], ["ends"]]
    assert pieces(engine, agency("over", active=False)) == [["over"]], "new, and ended as it comes"
    assert pieces(engine) == []


def test_a_piece_holds_so_many_and_of_what_stands_half_of_it(engine: PolicyEngine, monkeypatch: Any) -> None:
    monkeypatch.setattr(in_pieces, "STEP", 4)
    many = [agency(f"a{number}") for number in range(9)]
    ids = [each["id"] for each in many]
    assert pieces(engine, *many) == [ids[:4], ids[4:8], ids[8:]]
    assert pieces(engine, *many[:4]) == [ids[:4]]
    assert pieces(engine, *many[:5], there=tuple(ids)) == [ids[:2], ids[2:4], ids[4:5]]
    ended = [each | {"active": False} for each in many[:3]]
    assert pieces(engine, *ended, there=tuple(ids)) == [ids[:2], ids[2:3]]


def test_what_others_name_comes_before_them_and_a_circle_in_one_piece(engine: PolicyEngine, monkeypatch: Any) -> None:
    monkeypatch.setattr(in_pieces, "STEP", 2)
    chain = (agency("c", "b"), agency("b", "a"), agency("a", "a"))
    assert pieces(engine, *chain) == [["a", "b"], ["c"]]
    circle = (agency("x", "z"), agency("y", "x"), agency("z", "y"))
    assert pieces(engine, *circle) == [["x", "y", "z"]]
    assert pieces(engine, agency("after", "z"), *circle, agency("before")) == [["x", "y", "z"], ["before", "after"]]
    two = (agency("p", "q"), agency("q", "p"), agency("r", "q"), agency("s", "r"), agency("r2", "s"))
    assert pieces(engine, *two) == [["p", "q"], ["r", "s"], ["r2"]]


def test_a_member_of_staff_comes_with_the_first_of_their_posts(engine: PolicyEngine, monkeypatch: Any) -> None:
    monkeypatch.setattr(in_pieces, "STEP", 2)

    def post(id: str, person: str, **more: Any) -> Json:
        made: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person}")}
        return made | {"organization": ref("Organization/a")} | more

    people: list[Json] = [{"resourceType": "Practitioner", "id": id} for id in ("m", "n")]
    listed = (post("m2", "m"), post("m1", "m"), post("n1", "n"), *people, agency("a"))
    made = pieces(engine, *listed)
    assert made[0] == ["a"]
    assert made[1:] == [["m2", "m"], ["n1", "n"], ["m1"]] or made[1:] == [["m2", "m"], ["m1"], ["n1", "n"]]


def beside(engine: PolicyEngine, piece: list[str], *resources: Json) -> list[str]:
    every = {each.change.reference: each for each in ready(engine, *resources)}
    found = in_pieces.beside([every[f"Organization/{each}"] for each in piece], every)
    return [each.change.id for each in found]


def test_beside_a_piece_stands_what_it_names_directly_or_not(engine: PolicyEngine) -> None:
    chain = (agency("c", "b"), agency("b", "a"), agency("a", "elsewhere"))
    listed = (*chain, agency("d"), agency("x", "y"), agency("y", "x"))
    assert beside(engine, ["c"], *listed) == ["c", "b", "a"]
    assert beside(engine, ["c", "a"], *listed) == ["c", "a", "b"]
    assert beside(engine, ["x"], *listed) == ["x", "y"]
    assert beside(engine, ["d"], *listed) == ["d"]
    assert beside(engine, [], *listed) == []
