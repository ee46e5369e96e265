"""The page on which an officer follows a sentence of the city to its rule and its scenarios, and back.

docs/policy.md, "from the sentence to the rule"; profiles/chain.json
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.pages import sign_in, template
from profiles import sentence
from profiles.sentence import Links, Sentence


class Policy:
    """Made once, for the first who asks: nothing on it depends on who that is."""

    @cached_property
    def _page(self) -> str:
        chain = sentence.chain()
        rows = [
            {
                "said": said,
                "features": _by_feature(chain[rule]["scenarios"]),
                "files": list(dict.fromkeys(place["file"] for place in chain[rule]["code"])),
            }
            for rule, said in sentence.every().items()
        ]
        back = [_from_places(), _from_scenarios(chain), _from_code(chain)]
        return template.rendered("policy.html", {"rows": rows, "back": back})

    async def show(self, request: Request) -> Response:
        return HTMLResponse(self._page, headers=sign_in.HEADERS)


def _by_feature(places: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault(place["feature"], []).append(place["scenario"])
    return found


def _from_places() -> dict[tuple[str, str], list[Sentence]]:
    """Where a sentence stands, in Japanese and English -> the rules that are from there."""
    found: dict[tuple[str, str], list[Sentence]] = {}
    for said in sentence.every().values():
        found.setdefault((said.source, said.source_en), []).append(said)
    return dict(sorted(found.items(), key=lambda entry: _order(entry[0][1])))


def _order(place: str) -> tuple[bool, list[int]]:
    """The ordinance by its articles, then the slides by their numbers."""
    return place.startswith("slide"), [int(number) for number in re.findall(r"\d+", place)]


def _from_scenarios(chain: Links) -> dict[tuple[str, str], list[Sentence]]:
    """Feature -> the rules that its scenarios show."""
    return _back(chain, "scenarios", "feature")


def _from_code(chain: Links) -> dict[tuple[str, str], list[Sentence]]:
    """File -> the rules that it holds."""
    return dict(sorted(_back(chain, "code", "file").items()))


def _back(chain: Links, kind: str, place: str) -> dict[tuple[str, str], list[Sentence]]:
    found: dict[tuple[str, str], list[Sentence]] = {}
    for rule, links in chain.items():
        for name in dict.fromkeys(each[place] for each in links[kind]):
            found.setdefault((name, ""), []).append(sentence.every()[rule])
    return found
