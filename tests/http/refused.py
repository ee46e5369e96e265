"""Requests that must be refused, and what a refusal must look like.

docs/api.md, "faults"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.http import outcomes
from api.routing import routes
from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.stored import Stored
from tests.world import household

_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
Body = Callable[[City], bytes]


@dataclass(frozen=True)
class Case:
    """A request that is refused: with which status, issue code and element; `{mother}` is put in."""

    name: str
    status: int
    code: str
    at: str = ""
    method: str = "POST"
    path: str = "Condition"
    body: Body | None = None
    headers: dict[str, str] = field(default_factory=dict)


def concern(city: City, **changes: Any) -> dict[str, Any]:
    return household.tagged(city, city.payload("withheld-concern")) | changes


def text(city: City, **changes: Any) -> bytes:
    return orjson.dumps(concern(city, **changes))


def with_end(end: bytes) -> Body:
    """A concern with something written before its last bracket."""
    return lambda city: text(city)[:-1] + end + b"}"


def mother(**changes: Any) -> Body:
    def body(city: City) -> bytes:
        kept = household.PERSONS["mother"]
        resource = {
            "resourceType": "Patient",
            "id": city.known["mother"].partition("/")[2],
            "name": [{"text": kept[0]}],
        }
        return orjson.dumps({name: value for name, value in (resource | changes).items() if value is not None})

    return body


def seen(asking: Asking, stored: Stored) -> tuple[int, ...]:
    """What a search counts, and what lies in the file."""
    totals = (asking.ask("GET", f"{type}?_summary=count").total for type in ("Condition", "Patient"))
    return (*(total or 0 for total in totals), stored.count())


def refused(answer: Answer, status: int, code: str, at: str, language: str) -> None:
    """An OperationOutcome in this language that names the element."""
    assert answer.status == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert answer.json["resourceType"] == "OperationOutcome"
    first = answer.json["issue"][0]
    assert (first["severity"], first["code"]) == ("error", code), answer.text[:500]
    assert not at or first["expression"] == [at], answer.text[:500]
    said, translated = first["details"]["text"], first["diagnostics"]
    in_japanese, in_english = (said, translated) if language == "ja" else (translated, said)
    assert _JAPANESE.search(in_japanese)
    assert not _JAPANESE.search(re.sub(r"`[^`]*`", "", in_english))
    assert not in_english.endswith(".")


def announced(method: str, path: str) -> set[int]:
    """What the row of this address says it can answer, where it has one."""
    found = routes.find(method, f"/{path.partition('?')[0]}" if path else "")
    return {outcomes.STATUS[kind][0] for kind in found[0].refuses} if found else {404}


def try_case(case: Case, language: str, standing: City, asking: Asking, stored: Stored) -> None:
    """Ask it, and look for what it left behind."""
    before = seen(asking, stored)
    path = case.path.replace("{mother}", standing.known["mother"])
    body = case.body(standing) if case.body else None
    answer = asking.ask(case.method, path, body, case.headers, language=language)
    refused(answer, case.status, case.code, case.at, language)
    assert case.status == 405 or case.status in announced(case.method, path), "the table of routes says so"
    assert seen(asking, stored) == before
