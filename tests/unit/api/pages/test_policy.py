"""An officer goes from each sentence, scenario and file of the code to its rules, and from a rule to all three."""

from __future__ import annotations

import asyncio
import html
import re

import pytest
from starlette.requests import Request

from api.pages.policy import Policy
from profiles import sentence


@pytest.fixture(scope="module")
def page() -> str:
    shown = asyncio.run(Policy().show(Request({"type": "http"})))
    return html.unescape(bytes(shown.body).decode())


@pytest.mark.parametrize(
    ("place", "kind"), [("文のある所から規則へ", ""), ("場面から規則へ", "scenarios"), ("実装から規則へ", "code")]
)
def test_every_rule_is_reached_from_where_its_sentence_stands_its_scenarios_and_its_code(
    page: str, place: str, kind: str
) -> None:
    listed = page.split(f"<h2>{place}", 1)[1].split("<h2>", 1)[0]
    reached = set(re.findall(r'href="#(\w+)"', listed))
    assert reached == {rule for rule, links in sentence.chain().items() if not kind or links[kind]}
    assert reached <= set(re.findall(r'<tr id="(\w+)">', page)), "and each leads to its row"


def test_the_ordinance_stands_before_the_slides_and_both_in_their_order(page: str) -> None:
    listed = page.split("<h2>文のある所から規則へ", 1)[1].split("<h2>", 1)[0]
    places = re.findall(r"<li>(\S+) <span", listed)
    first = next(at for at, place in enumerate(places) if place.startswith("スライド"))
    assert not [place for place in places[first:] if not place.startswith("スライド")]
    slides = [int(re.findall(r"\d+", place)[0]) for place in places[first:]]
    assert slides == sorted(slides)
    assert "スライド10" in places
    assert "設置要綱第5条" in places
