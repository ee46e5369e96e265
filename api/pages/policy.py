"""The page on which an officer follows a sentence of the city to its rule and its scenarios, and back.

docs/policy.md, "from the sentence to the rule"; profiles/chain.json
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.pages import sign_in, template
from profiles import sentence
from profiles.sentence import Links


class Policy:
    """Made once at the start: nothing on it depends on who asks."""

    def __init__(self, chain: Links) -> None:
        rows = [
            {
                "said": said,
                "features": _by_feature(chain[rule]["scenarios"]),
                "files": list(dict.fromkeys(place["file"] for place in chain[rule]["code"])),
            }
            for rule, said in sentence.every().items()
        ]
        self._page = template.rendered("policy.html", {"rows": rows, "back": _back(chain)})

    async def show(self, request: Request) -> Response:
        return HTMLResponse(self._page, headers=sign_in.HEADERS)


def _by_feature(places: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault(place["feature"], []).append(place["scenario"])
    return found


def _back(chain: Links) -> dict[str, dict[str, Any]]:
    """Feature -> the rules that its scenarios show."""
    found: dict[str, dict[str, Any]] = {}
    for rule, links in chain.items():
        for place in links["scenarios"]:
            found.setdefault(place["feature"], {})[rule] = sentence.every()[rule].title
    return found
