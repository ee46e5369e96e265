from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, scenarios, then

from demo.answer import strings
from demo.people import AUDIT
from tests.world.scene import Scene

scenarios("audit.feature")


@then(parsers.re(r"監査記録に、(?P<person>\S+) へ母の記録を(?P<what>見せた|見せなかった)ことがある"))
def _(scene: Scene, person: str, what: str) -> None:
    shown, denied = (
        [event for event in events if f"Practitioner/{person}" in strings(event["agent"])]
        for events in (_shown(scene), _denied(scene))
    )
    assert (bool(shown), bool(denied)) == ((True, False) if what == "見せた" else (False, True))


@then(parsers.re(r"母の監査記録に「(?P<word>[^」]+)」という語はない"))
def _(scene: Scene, word: str) -> None:
    events = (*_shown(scene), *_denied(scene))
    assert events
    assert not [text for event in events for text in strings(event) if word in text]


@then(parsers.re(r"(?P<who>[^が]+)が(?P<purpose>監査のために)?監査記録を探すと(?P<result>出る|出ない)"))
def _(scene: Scene, who: str, purpose: str | None, result: str) -> None:
    found = scene.person(who, purpose or "").get("AuditEvent", _count="5")
    assert found.status == 200, found.text
    assert bool(found.total) is bool(found.resources) is (result == "出る")


def _shown(scene: Scene) -> tuple[dict[str, Any], ...]:
    return _events(scene, entity=scene.place("母"), outcome="0")


def _denied(scene: Scene) -> tuple[dict[str, Any], ...]:
    return _events(scene, entity=scene.place("母"), outcome="4")


def _events(scene: Scene, **asked: str) -> tuple[dict[str, Any], ...]:
    found = scene.city.officer("auditor", AUDIT).get("AuditEvent", _count="200", **asked)
    assert found.status == 200, found.text
    return found.resources
