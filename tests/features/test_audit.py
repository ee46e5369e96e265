from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, scenarios, then

from demo.answer import strings
from demo.people import AUDIT
from tests.features.conftest import Scene

scenarios("audit.feature")


@then(parsers.re(r"監査記録に、(?P<person>\S+) へ母の記録を(?P<what>見せた|見せなかった)ことがある"))
def _(scene: Scene, person: str, what: str) -> None:
    shown = [event for event in _events(scene) if f"Practitioner/{person}" in strings(event.get("agent"))]
    outcomes = {event.get("outcome", "0") for event in shown}
    assert outcomes
    assert ("0" in outcomes) is (what == "見せた")


@then(parsers.re(r"母の監査記録に「(?P<word>[^」]+)」という語はない"))
def _(scene: Scene, word: str) -> None:
    events = _events(scene)
    assert events
    assert not [text for event in events for text in strings(event) if word in text]


@then(parsers.re(r"(?P<who>[^が]+)が(?P<purpose>監査のために)?監査記録を探すと(?P<result>出る|出ない)"))
def _(scene: Scene, who: str, purpose: str | None, result: str) -> None:
    found = scene.person(who, purpose or "").get("AuditEvent", _count="5")
    assert found.status == 200, found.text
    assert bool(found.total) is bool(found.resources) is (result == "出る")


def _events(scene: Scene) -> tuple[dict[str, Any], ...]:
    found = scene.city.officer("auditor", AUDIT).get("AuditEvent", entity=scene.place("母"), _count="200")
    assert found.status == 200, found.text
    return found.resources
