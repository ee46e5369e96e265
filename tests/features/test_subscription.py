from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import People
from tests.world import casework, subscriber
from tests.world.household import PERSONS
from tests.world.scene import Scene
from tests.world.subscriber import Subscriber
from tests.world.words import AGENCIES, SYSTEMS, WHAT

scenarios("subscription.feature")

Json = dict[str, Any]
Ask = Callable[..., Answer]

_TASKS = "https://tsunagu.example/fhir/SubscriptionTopic/task"
_FILTER = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria"


@pytest.fixture
def ask(people: People) -> Iterator[Ask]:
    """A system asks to be told; what it asked for ends with the scenario."""
    asked: list[tuple[str, str]] = []

    def subscribe(system: str, endpoint: str, *filters: str) -> Answer:
        channel = {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json"}
        made: Json = {"resourceType": "Subscription", "status": "requested", "reason": "依頼の受付", "criteria": _TASKS}
        if filters:
            made["_criteria"] = {"extension": [{"url": _FILTER, "valueString": each} for each in filters]}
        answer = people.system(SYSTEMS[system]).post("Subscription", made | {"channel": channel})
        if answer.done:
            asked.append((system, f"Subscription/{answer.json['id']}"))
        return answer

    yield subscribe
    for system, name in asked:
        assert people.system(SYSTEMS[system]).send("DELETE", name).status == 204


@given(
    parsers.re(
        "(?P<system>保健センターのシステム|こども総合相談所のシステム)が、(?P<own>自分への)?仕事の知らせを頼み、つながった"
    )
)
def _(ask: Ask, listener: Subscriber, system: str, own: str | None) -> None:
    owner = AGENCIES[system.removesuffix("のシステム")]
    made = ask(system, f"{listener.url}{SYSTEMS[system]}", *([f"Task?owner={owner}"] if own else []))
    assert made.status == 201, made.text
    while (told := listener.next()) is not None:
        if subscriber.value(told, "type") == "handshake" and made.json["id"] in str(told):
            return


@when(parsers.re("寄り添いサポートセンターが母を(?P<agency>保健センター|こども総合相談所)へ紹介する"))
def _(scene: Scene, agency: str) -> None:
    referred = casework.refer(scene.city, AGENCIES[agency])
    assert referred.status == 200, referred.text


@when("保健センターのシステムが、よその場所への知らせを頼む")
def _(scene: Scene, ask: Ask) -> None:
    scene.answer = ask("保健センターのシステム", "https://elsewhere.example/hook")


@then(parsers.re("(?P<system>.+のシステム)に、一つ目のこととして「(?P<what>[^」]+)」が変わったと届く"))
def _(scene: Scene, listener: Subscriber, system: str, what: str) -> None:
    told = listener.next()
    headers, _ = listener.got[-1]
    assert "x-tsunagu-signature" in headers
    assert subscriber.value(told, "type") == "event-notification"
    assert subscriber.value(told, "events-since-subscription-start") == "1"
    assert subscriber.focuses(told) == [scene.city.known[WHAT[what]]]


@then("届いた知らせに、人の名前も相談の中身もない")
def _(listener: Subscriber) -> None:
    _, body = listener.got[-1]
    text = body.decode()
    assert not [name for person in PERSONS.values() for name in person[:2] if name in text]
    entries = listener.told[-1]["entry"]
    assert [each["resource"]["resourceType"] for each in entries if "resource" in each] == ["Parameters"]


@then(parsers.parse("保健センターのシステムは、届いた名前で「{what}」を読める"))
def _(scene: Scene, people: People, listener: Subscriber, what: str) -> None:
    [name] = subscriber.focuses(listener.told[-1])
    read = people.system(SYSTEMS["保健センターのシステム"]).get(name)
    assert (read.status, f"Task/{read.json['id']}") == (200, scene.place(what))


@then("受け付けられず、認められた場所だけだと示される")
def _(scene: Scene) -> None:
    assert scene.answer.status == 422, scene.answer.text
    [issue] = scene.answer.json["issue"]
    assert issue["expression"] == ["Subscription.channel.endpoint"]
