from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_bdd import parsers, scenarios, then, when

from demo.answer import strings
from demo.people import AUDIT
from resources.record import coding
from tests.http.asking import Asking
from tests.world.scene import Scene

scenarios("audit.feature")


@then(parsers.re(r"監査記録に、(?P<person>\S+) へ母の記録を(?P<what>見せた|見せなかった)ことがある"))
def _(scene: Scene, person: str, what: str) -> None:
    shown, denied = (
        [event for event in events if f"Practitioner/{person}" in strings(event["agent"])]
        for events in (_shown(scene), _denied(scene))
    )
    assert (bool(shown), bool(denied)) == ((True, False) if what == "見せた" else (False, True))


@when(parsers.re(r"(?P<who>サインインしていない人|通用しないトークンの人)が母の閲覧の記録を求める"))
def _(scene: Scene, who: str) -> None:
    with Asking(scene.city.people.base, "over.and.done" if who.startswith("通用") else "") as asking:
        scene.answer = asking.ask("GET", f"{scene.place('母')}/$access-log")


@then(parsers.re(r"監査記録を(?P<whom>母|妹)で探すと、(?P<person>\S+) へ見せなかったこと(が|は)出(?P<outcome>る|ない)"))
def _(scene: Scene, whom: str, person: str, outcome: str) -> None:
    events = _events(scene, patient=scene.place(whom), outcome="4")
    found = [event for event in events if f"Practitioner/{person}" in strings(event["agent"])]
    assert bool(found) is (outcome == "る")


@then(parsers.re(r"監査記録に、「(?P<said>[^」]+)」がある"))
def _(scene: Scene, said: str) -> None:
    today = datetime.now(UTC) - timedelta(minutes=5)
    events = _events(scene, outcome="4", date=f"ge{today.isoformat(timespec='seconds').replace('+00:00', 'Z')}")
    assert [event for event in events if said in strings(event)]


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


_MOTHER, _CLUE = re.compile("母|妹"), re.compile(r"(\S+?)=(\S+)")
_OFFICERS = {"許可": "Practitioner/practitioner-yorisoi", "拒否": "Practitioner/practitioner-child-guidance"}
_FOUND = {"どちらも出る": {"許可", "拒否"}, "許可だけ出る": {"許可"}, "拒否だけ出る": {"拒否"}, "出ない": set()}


@then(parsers.re(r"監査記録を(?P<clues>.+)で探すと、(?P<what>どちらも出る|許可だけ出る|拒否だけ出る|出ない)"))
def _(scene: Scene, clues: str, what: str) -> None:
    asked = {name: _MOTHER.sub(lambda who: scene.place(who[0]), value) for name, value in _CLUE.findall(clues)}
    if asked.get("policy"):
        asked["policy"] = f"{coding.BASE}/policy/{asked['policy']}"
    named = {text for event in _events(scene, **asked) for text in strings(event["agent"])}
    assert {word for word, officer in _OFFICERS.items() if officer in named} == _FOUND[what]


@then(parsers.re(r"監査記録を(?P<clue>\S+)で探すと、(?P<name>\S+)が断られる"))
def _(scene: Scene, clue: str, name: str) -> None:
    [(asked, value)] = _CLUE.findall(clue)
    answer = scene.city.officer("auditor", AUDIT).get("AuditEvent", **{asked: value})
    assert answer.status == 400, answer.text
    assert name in answer.json["issue"][0]["expression"][0]


@when(parsers.parse("寄り添いサポートセンターの担当者が母の記録を{times:d}回読む"))
def _(scene: Scene, times: int) -> None:
    for _ in range(times):
        assert scene.person("寄り添いサポートセンターの担当者").get(scene.place("母")).status == 200


@then(parsers.re(r"母の監査記録を2件ずつ、(?P<order>新しい|古い)順に読み終えられる"))
def _(scene: Scene, order: str) -> None:
    auditor, newest = scene.city.officer("auditor", AUDIT), order == "新しい"
    # One's own look at the trail names the mother too: so up to now, and by somebody else.
    asked = {"entity": scene.place("母"), "agent": _OFFICERS["許可"], "_sort": "-date" if newest else "date"}
    answer = auditor.get("AuditEvent", _count="2", **asked)
    total, events = answer.total, list(answer.resources)
    while following := {link["relation"]: link["url"] for link in answer.json["link"]}.get("next"):
        assert len(answer.resources) == 2
        answer = auditor.get(following.removeprefix(f"{auditor.base}/"))
        events += answer.resources
    assert total == len(events) == len({event["id"] for event in events}) >= 5
    times = [event["recorded"] for event in events]
    assert times == sorted(times, reverse=newest)


@then("母の監査記録は、それぞれの名で一件ずつ読める")
def _(scene: Scene) -> None:
    auditor = scene.city.officer("auditor", AUDIT)
    for event in _shown(scene)[:3]:
        answer = auditor.get(f"AuditEvent/{event['id']}")
        assert (answer.status, answer.json) == (200, event)
        found = auditor.get("AuditEvent", _id=event["id"])
        assert (found.total, found.resources) == (1, (event,))
    for id in ("none", "none-1", f"{event['id']}0", "x-0"):
        assert auditor.get(f"AuditEvent/{id}").status == 404
    assert scene.person("寄り添いサポートセンターの担当者").get(f"AuditEvent/{event['id']}").status in (403, 404)
