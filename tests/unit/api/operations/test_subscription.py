"""Subscriptions: told of what one may find at that moment, once and in order, signed, and at allowed endpoints only."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import fhirkit
import orjson
import pytest

from api.oauth import clients, source
from api.oauth.clients import Client
from api.oauth.server import AuthorizationServer
from api.settings import Settings
from api.subscription import notifying
from api.subscription.kept import Subscription, Subscriptions
from api.subscription.notifying import SIGNATURE, Notifying
from consent import scope
from consent.actor import Actor
from consent.acts import naming_successor
from consent.acts.naming_successor import Naming
from consent.views import subscribing
from consent.views.subscribing import Interest
from profiles import topics
from resources.record.problem import Problem
from resources.search.index import Index
from resources.search.predicate import Predicate
from resources.store.port import TooCostly
from tests.laws.worlds import ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.acts.test_naming_successor import end
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.world import subscriber
from tests.world.subscriber import Subscriber, focuses, value

NOW = datetime.now(UTC)
GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"
P = actor("p", now=NOW)
TASKS = "https://tsunagu.example/fhir/SubscriptionTopic/task"
CONSENTS = "https://tsunagu.example/fhir/SubscriptionTopic/consent"


def system(client: str, organization: str, words: str = "system/*.cruds") -> Actor:
    return replace(P, client=client, person="", organization=f"Organization/{organization}", scopes=scope.parse(words))


OWN, OTHER = system("own", "center"), system("other", "other")


@pytest.fixture
def endpoint() -> Iterator[Subscriber]:
    with subscriber.listening() as made:
        yield made


@dataclass
class Told:
    """A town whose subscribers are told, step by step, at the time that a test says."""

    calling: Calling
    server: AuthorizationServer
    settings: Settings
    now: datetime = NOW

    def ask(
        self, who: Actor, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        return self.calling.ask(who, method, path, body, headers)

    def leader(self, networks: str = "127.0.0.1", patience: float = 30) -> Notifying:
        """Somebody new, who knows what is kept and nothing more."""
        gate, issuer, near = self.calling.town.gate, self.server.bearer.issuer, source.networks(networks)
        return Notifying(self.settings, gate, issuer, lambda: self.now, near, patience=patience)

    def allowing(self, address: str) -> Told:
        settings = self.settings.model_copy(update={"subscribers": f"{self.settings.subscribers},{address}"})
        on = replace(self.calling.on, settings=settings)
        return replace(self, settings=settings, calling=replace(self.calling, on=on))

    def work(self, steps: int = 10, networks: str = "127.0.0.1") -> None:
        """As whoever leads would, each time another."""
        town = self.calling.town
        for _ in range(steps):
            working = self.leader(networks)
            if town.run(working.waiting()):
                town.run(working.step())
            town.run(working.aclose())

    def subscriptions(self) -> list[Subscription]:
        return self.calling.town.run(Subscriptions(self.calling.town.store.vault).all())

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's keys, which take a while to make."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def told(calling: Calling, endpoint: Subscriber, keys: Path) -> Told:
    settings = calling.on.settings.model_copy(update={"subscribers": endpoint.url, "body_limit": 65_536})
    town = calling.town
    for who in (OWN, OTHER):
        made = Client(
            client_id=who.client,
            name=who.client,
            organization=who.organization,
            scope="system/*.cruds",
            purposes=(who.purpose,),
            grant_types=("client_credentials",),
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri="https://keys.example/jwks",
        )
        town.run(clients.register(town.store.vault, made))
    server = AuthorizationServer(
        town.store.vault, settings.address, settings.fhir, keys, lambda: datetime.now(UTC),
        gate=town.gate, append=town.store.trail.append,
    )  # fmt: skip
    town.write(P, patient("1"), household("1"))
    return Told(replace(calling, on=replace(calling.on, settings=settings)), server, settings)


def subscription(endpoint: Subscriber, topic: str = TASKS, *filters: str, **changes: Any) -> Json:
    channel: Json = {"type": "rest-hook", "endpoint": f"{endpoint.url}tasks", "payload": "application/fhir+json"}
    channel |= {"header": ["Authorization: Bearer secret"]} | changes.pop("channel", {})
    made: Json = {"resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": topic}
    if filters:
        made["_criteria"] = {"extension": [{"url": f"{GUIDE}filter-criteria", "valueString": each} for each in filters]}
    return made | {"channel": channel} | changes


def made(told: Told, sent: Json, who: Actor = OWN) -> str:
    answer = told.ask(who, "POST", "Subscription", sent)
    assert answer.status == 201, answer.body
    assert fhirkit.validate(answer.body) == []
    return f"Subscription/{orjson.loads(answer.body)['id']}"


def claims(told: Told, headers: Mapping[str, str]) -> Mapping[str, Any]:
    found = told.server.bearer.issuer.keys.verified(headers[SIGNATURE], type="JWT", algorithms=["RS256"])
    assert found is not None
    return found


def status(told: Told, name: str, who: Actor = OWN) -> str:
    answer = told.ask(who, "GET", name)
    assert answer.status == 200, answer.body
    return str(orjson.loads(answer.body)["status"])


def task(id: str, **elements: Any) -> Json:
    return {
        "resourceType": "Task",
        "id": id,
        "status": "requested",
        "intent": "order",
        "for": {"reference": "Patient/1"},
        **elements,
    }


def test_a_subscriber_shakes_hands_and_is_told_of_what_happens_from_then_on(told: Told, endpoint: Subscriber) -> None:
    told.calling.town.write(P, task("before"))
    name = made(told, subscription(endpoint))
    assert status(told, name) == "requested"
    told.work()
    assert (status(told, name), endpoint.kinds) == ("active", ["handshake"])
    told.calling.town.write(P, task("a"), task("b"), patient("2"))
    told.work()
    assert endpoint.kinds == ["handshake", "event-notification"]
    assert endpoint.focuses == ["Task/a", "Task/b"]
    assert value(endpoint.told[-1], "events-since-subscription-start") == "2"
    assert all(fhirkit.validate(body) == [] for _, body in endpoint.got)
    told.work()
    assert len(endpoint.got) == 2


def test_it_is_told_ids_and_nothing_else(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint))
    told.calling.town.write(P, task("a", description="かくしごと"))
    told.work()
    assert "かくしごと" not in endpoint.got[-1][1].decode()
    entry = endpoint.told[-1]["entry"][1]
    assert entry["fullUrl"].endswith("/fhir/Task/a")
    assert "resource" not in entry
    empty = {"payload": "application/fhir+json"}
    empty["_payload"] = {"extension": [{"url": f"{GUIDE}payload-content", "valueCode": "empty"}]}  # type: ignore[assignment]
    made(told, subscription(endpoint, channel=empty))
    told.work()
    told.calling.town.write(P, task("b"))
    told.work()
    assert "Task/b" not in endpoint.got[-1][1].decode() or "Task/b" not in endpoint.got[-2][1].decode()


def test_what_is_sent_is_signed_by_the_servers_published_keys(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint))
    told.work()
    headers, body = endpoint.got[0]
    signed = claims(told, headers)
    assert signed["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert signed["aud"] == f"{endpoint.url}tasks"
    assert signed["sub"].endswith(name)
    assert headers["authorization"] == "Bearer secret"


def test_filters_narrow_a_topic(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint, TASKS, "Task?status=completed"))
    told.work()
    told.calling.town.write(P, task("a"), task("b", status="completed"))
    told.work()
    assert endpoint.focuses == ["Task/b"]


def test_a_subscriber_is_told_of_nothing_that_it_may_not_find(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint), OTHER)
    told.work()
    told.calling.town.write(P, task("a"))
    told.work()
    assert endpoint.kinds == ["handshake"]
    events = orjson.loads(told.ask(OTHER, "GET", f"{name}/$events").body)
    assert (value(events, "events-since-subscription-start"), focuses(events)) == ("0", [])


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside what it may not find"])
def test_what_is_delivered_is_the_same_beside_what_the_subscriber_may_not_find(
    told: Told, endpoint: Subscriber, *, beside: bool
) -> None:
    """Kinds, numbers, counts and headers: no gap, no further call and no later one tells that something was written."""
    town, parties = told.calling.town, {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    name = made(told, subscription(endpoint), OTHER)
    told.work()
    for place in range(3):
        if beside:
            town.write(P, task(f"unseen{place}"), patient(f"9{place}"))
        town.write(P, task(f"t{place}", **parties))
        if beside:
            town.write(P, task(f"unseen{place}", status="cancelled", meta={"versionId": "1"}))
            town.write(P, task(f"more{place}"))
        told.work()
    if beside:
        town.write(P, *(task(f"last{place}") for place in range(20)))
        told.work()
    assert [
        (value(each, "type"), value(each, "events-since-subscription-start"), focuses(each)) for each in endpoint.told
    ] == [
        ("handshake", "0", []),
        *(("event-notification", f"{place + 1}", [f"Task/t{place}"]) for place in range(3)),
    ]
    numbers = [
        part["valueString"] for each in endpoint.told[1:] for part in parts(each) if part["name"] == "event-number"
    ]
    assert numbers == ["1", "2", "3"]
    assert {tuple(sorted({*headers} - {SIGNATURE})) for headers, _ in endpoint.got[1:]} == {
        tuple(sorted({*endpoint.got[1][0]} - {SIGNATURE}))
    }
    for question in ("$status", "$events"):
        answer = orjson.loads(told.ask(OTHER, "GET", f"{name}/{question}").body)
        assert value(answer, "events-since-subscription-start") == "3"
    assert focuses(orjson.loads(told.ask(OTHER, "GET", f"{name}/$events").body)) == ["Task/t0", "Task/t1", "Task/t2"]


def parts(bundle: Any) -> list[Any]:
    said = bundle["entry"][0]["resource"]["parameter"]
    return [part for each in said if each["name"] == "notification-event" for part in each["part"]]


def test_it_is_decided_anew_when_it_is_told(told: Told, endpoint: Subscriber) -> None:
    """What one might find when it was written, and may find no more, is not told: nor by asking again."""
    town = told.calling.town
    name = made(told, subscription(endpoint, CONSENTS), OTHER)
    told.work()
    endpoint.status = 503
    town.write(P, paper(consent("a")))
    town.write(P, consent("a"))
    told.work()
    assert endpoint.focuses == ["Consent/a"]  # it was tried, and did not arrive
    endpoint.status = 200
    town.run(clients.register(town.store.vault, _narrowed(told)))
    told.later(notifying.WAITS[0] + 1)
    told.work()
    assert endpoint.focuses == ["Consent/a"]
    narrow = system("other", "other", "system/Task.rs system/Subscription.cruds")
    assert told.ask(narrow, "GET", f"{name}/$events").status == 403


def _narrowed(told: Told) -> Client:
    found = told.calling.town.run(clients.find(told.calling.town.store.vault, "other"))
    assert found is not None
    return replace(found, scope="system/Task.rs system/Subscription.cruds")


def test_what_does_not_arrive_is_tried_again_and_at_last_given_up(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint))
    told.work()
    endpoint.status = 500
    told.calling.town.write(P, task("a"))
    told.work()
    assert len(endpoint.got) == 2  # it is not tried again at once
    for wait in notifying.WAITS:
        assert status(told, name) == "active"
        told.later(wait + 1)
        told.work()
    assert len(endpoint.got) == 2 + len(notifying.WAITS)
    assert status(told, name) == "error"
    endpoint.status = 200
    told.later(86_400)
    told.work()
    assert status(told, name) == "error"
    letters = orjson.loads(told.ask(OWN, "GET", f"{name}/$events").body)
    assert focuses(letters) == ["Task/a"]
    answer = told.ask(OWN, "PUT", name, subscription(endpoint) | {"id": name.partition("/")[2]})
    assert answer.status == 200, answer.body
    told.work()
    assert endpoint.kinds[-2:] == ["handshake", "event-notification"]
    assert endpoint.focuses[-1] == "Task/a"


def test_a_clock_that_ran_ahead_keeps_nobody_waiting_once_it_is_right(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint, channel=_channel("heartbeat-period", 60)))
    told.later(86_400)
    told.work()
    endpoint.status = 500
    told.calling.town.write(P, task("a"))
    told.work()
    endpoint.status = 200
    told.later(-86_400)
    told.work()
    assert endpoint.focuses[-1:] == ["Task/a"]
    told.later(86_400 + 120)
    told.work()
    told.later(-86_400)
    told.work()
    assert endpoint.kinds[-2:] == ["heartbeat", "heartbeat"]


def test_nothing_is_told_twice_by_who_takes_over(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint, channel=_channel("max-count", 2)))
    for place in range(5):
        told.calling.town.write(P, task(f"t{place}"))
        told.work(steps=1)
    told.work()
    assert endpoint.focuses == [f"Task/t{place}" for place in range(5)]
    parts = [part for each in endpoint.told for part in each["entry"][0]["resource"]["parameter"]]
    events = [part for each in parts if each["name"] == "notification-event" for part in each["part"]]
    numbers = [part["valueString"] for part in events if part["name"] == "event-number"]
    assert numbers == ["1", "2", "3", "4", "5"]


def _channel(name: str, number: int) -> Json:
    kind = "valuePositiveInt" if name == "max-count" else "valueUnsignedInt"
    return {"extension": [{"url": f"{GUIDE}{name}", kind: number}]}


def test_a_heart_beats_where_nothing_happens(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint, channel=_channel("heartbeat-period", 60)))
    told.work()
    told.later(59)
    told.work()
    assert endpoint.kinds == ["handshake"]
    told.later(2)
    told.work()
    assert endpoint.kinds == ["handshake", "heartbeat"]


def test_no_redirect_is_followed(told: Told, endpoint: Subscriber) -> None:
    endpoint.status = 307
    name = made(told, subscription(endpoint))
    told.work()
    assert len(endpoint.got) == 1
    assert status(told, name) == "requested"


def test_another_endpoint_is_told_nothing_before_it_shook_hands_though_it_came_while_one_was_told(
    told: Told, endpoint: Subscriber
) -> None:
    name = made(told, subscription(endpoint))
    told.work()
    told.calling.town.write(P, task("a"))
    kept, [before] = Subscriptions(told.calling.town.store.vault), told.subscriptions()
    state = told.calling.town.run(kept.state(before))
    other = subscription(endpoint, channel={"endpoint": f"{endpoint.url}other"}) | {"id": name.partition("/")[2]}
    assert told.ask(OWN, "PUT", name, other).status == 200
    told.calling.town.run(kept.put(before.id, state))  # what was under way ends now, and says how it stood
    assert status(told, name) == "requested"
    told.work()
    assert endpoint.kinds == ["handshake", "handshake", "event-notification"]
    assert [claims(told, headers)["aud"].rpartition("/")[2] for headers, _ in endpoint.got] == [
        "tasks", "other", "other"
    ]  # fmt: skip


def test_one_that_was_turned_off_while_it_was_told_stays_off(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint))
    told.work()
    kept, [before] = Subscriptions(told.calling.town.store.vault), told.subscriptions()
    state = told.calling.town.run(kept.state(before))
    off = subscription(endpoint, status="off") | {"id": name.partition("/")[2]}
    assert told.ask(OWN, "PUT", name, off).status == 200
    told.calling.town.run(kept.put(before.id, state))
    told.calling.town.write(P, task("a"))
    told.work()
    assert (status(told, name), endpoint.kinds) == ("off", ["handshake"])
    assert told.ask(OWN, "DELETE", name).status == 204
    told.calling.town.run(kept.put(before.id, state))
    assert told.calling.town.run(told.calling.town.store.vault.look("subscription-state", before.id)) is None


def test_of_two_updates_at_once_one_is_told_of_the_other_and_a_tag_is_looked_at(
    told: Told, endpoint: Subscriber
) -> None:
    name = made(told, subscription(endpoint))
    [before] = told.subscriptions()
    changed = subscription(endpoint) | {"id": name.partition("/")[2]}
    assert told.ask(OWN, "PUT", name, changed, {"if-match": 'W/"2"'}).status == 412
    assert told.ask(OWN, "DELETE", name, headers={"if-match": 'W/"2"'}).status == 412
    minimal = told.ask(OWN, "PUT", name, changed, {"if-match": 'W/"1"', "prefer": "return=minimal"})
    assert (minimal.status, minimal.body, minimal.headers["etag"]) == (200, b"", 'W/"2"')
    kept = Subscriptions(told.calling.town.store.vault)
    with pytest.raises(Problem, match="the same moment"):
        told.calling.town.run(kept.replace(before, replace(before, number=9)))


def test_who_is_slow_keeps_nobody_waiting_but_itself(told: Told, endpoint: Subscriber) -> None:
    """One subscriber takes what it is sent and answers nothing; the other is told all the while."""
    town = told.calling.town
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        told = told.allowing(address)
        slow = made(told, subscription(endpoint, channel={"endpoint": f"{address}x"}))
        quick, leader, steps = made(told, subscription(endpoint)), told.leader(patience=0.02), 0
        town.run(leader.step())
        for place in range(3):
            town.write(P, task(f"t{place}"))
        while len(endpoint.focuses) < 3 and (steps := steps + 1) < 500:
            town.run(leader.step())
        assert endpoint.focuses == ["Task/t0", "Task/t1", "Task/t2"]
        assert (status(told, slow), status(told, quick)) == ("requested", "active")
        town.run(leader.aclose())


def test_who_asks_for_what_nobody_can_look_for_loses_nothing_and_keeps_nobody_waiting(
    told: Told, endpoint: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = made(told, subscription(endpoint, TASKS, "Task?status=requested"))
    other = made(told, subscription(endpoint, CONSENTS))
    told.work()
    told.calling.town.write(P, task("a"), paper(consent("x")))
    condition = subscribing.condition

    def costly(index: Index, interest: Interest) -> Predicate:
        if interest.filters:
            raise TooCostly("not now")
        return condition(index, interest)

    with monkeypatch.context() as patched:
        patched.setattr(subscribing, "condition", costly)
        told.work()
    assert "could not be looked for" in told.ask(OWN, "GET", name).body.decode()
    assert status(told, other) == "active"
    told.later(notifying.WAITS[0] + 1)
    told.work()
    assert endpoint.focuses == ["Task/a"]
    assert "could not be looked for" not in told.ask(OWN, "GET", name).body.decode()


def test_an_address_of_the_local_network_is_judged_when_it_is_connected_to(told: Told, endpoint: Subscriber) -> None:
    made(told, subscription(endpoint))
    told.work(networks="")
    assert endpoint.got == []


def test_a_client_that_ends_is_told_no_more(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint))
    told.work()
    told.calling.town.run(clients.end_everything(told.calling.town.store.vault, "own"))
    told.calling.town.write(P, task("a"))
    told.work()
    assert endpoint.kinds == ["handshake"]
    assert status(told, name) == "off"


def test_one_is_its_clients_alone(told: Told, endpoint: Subscriber) -> None:
    name = made(told, subscription(endpoint))
    for who in (OTHER, P):
        assert told.ask(who, "GET", name).status == 404
        assert told.ask(who, "GET", f"{name}/$events").status == 404
        assert orjson.loads(told.ask(who, "GET", "Subscription").body)["total"] == 0
    assert told.ask(OTHER, "DELETE", name).status == 204
    assert told.ask(P, "POST", "Subscription", subscription(endpoint)).status == 403
    assert told.ask(NOBODY, "POST", "Subscription", subscription(endpoint)).status == 401
    assert orjson.loads(told.ask(OWN, "GET", "Subscription?status=requested").body)["total"] == 1
    assert orjson.loads(told.ask(OWN, "GET", f"{name}/$status").body)["total"] == 1
    for narrow in ("system/Task.rs", "system/Subscription.cud system/Task.rs"):
        for path in (name, f"{name}/$status", f"{name}/$events"):
            assert told.ask(system("own", "center", narrow), "GET", path).status == 403
    assert told.ask(OWN, "DELETE", name).status == 204
    assert told.ask(OWN, "GET", name).status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=requested,active", "a"), ("status=requested&status=off", ""), ("status:not=off", "a"),
        (f"criteria={TASKS}", "a"), ("criteria:contains=consent", "b"), ("type=rest-hook", "ab"), ("contact=a@b", "a"),
        ("payload=application/fhir%2Bjson", "ab"), ("url=http://127.0.0.1/x", ""), ("_lastUpdated=lt2000", ""),
    ],
)  # fmt: skip
def test_ones_own_are_found_by_what_r4_says(told: Told, endpoint: Subscriber, query: str, found: str) -> None:
    a = made(told, subscription(endpoint, contact=[{"system": "email", "value": "a@b"}]))
    b = made(told, subscription(endpoint, CONSENTS, status="off"))
    made(told, subscription(endpoint), OTHER)
    expected = sorted({"a": a, "b": b}[each] for each in found)
    answer = orjson.loads(told.ask(OWN, "GET", f"Subscription?{query}").body)
    assert sorted(f"Subscription/{each['resource']['id']}" for each in answer.get("entry", ())) == expected
    assert answer["total"] == len(expected)


def test_ones_own_come_by_pages_and_what_finds_none_is_said(told: Told, endpoint: Subscriber) -> None:
    names = sorted(made(told, subscription(endpoint)) for _ in range(3))
    asked, found = "Subscription?_count=2&status=requested", list[str]()
    while asked:
        page = orjson.loads(told.ask(OWN, "GET", asked).body)
        assert page["total"] == 3
        found += [f"Subscription/{each['resource']['id']}" for each in page["entry"]]
        links = {each["relation"]: each["url"] for each in page["link"]}
        asked = links.get("next", "").partition("/fhir/")[2]
    assert found == names
    assert "entry" not in orjson.loads(told.ask(OWN, "GET", "Subscription?_summary=count").body)
    for wrong in ("_sort=status", "colour=blue", "_include=*", "_count=x", "_has:Task:owner:_id=x"):
        assert told.ask(OWN, "GET", f"Subscription?{wrong}").status == 400
    lenient = {"prefer": "handling=lenient"}
    answer = orjson.loads(told.ask(OWN, "GET", "Subscription?colour=blue", headers=lenient).body)
    assert [each["search"]["mode"] for each in answer["entry"]] == ["match"] * 3 + ["outcome"]


ELSEWHERE = (
    "http://127.0.0.1:1/hook/", "https://127.0.0.1/hook/", "http://localhost/hook/", "file:///etc/passwd",
    "http://127.0.0.1/hook/", "{base}/../admin", "{base}/%2e%2e/x", "http://user@{rest}/hook/x", "{root}elsewhere",
    "{root}hooked", "{base}/x#y", "",
)  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_endpoint_that_is_not_allowed_is_refused(told: Told, endpoint: Subscriber, address: str) -> None:
    root = endpoint.url.removesuffix("hook/")
    filled = address.format(base=endpoint.url.rstrip("/"), root=root, rest=root.removeprefix("http://").rstrip("/"))
    answer = told.ask(OWN, "POST", "Subscription", subscription(endpoint, channel={"endpoint": filled}))
    assert answer.status == 422, answer.body
    assert "Subscription.channel.endpoint" in answer.body.decode()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"criteria": "Task?status=requested"}, "Subscription.criteria"),
        ({"status": "active", "channel": {"type": "websocket"}}, "Subscription.channel.type"),
        ({"status": "error"}, "Subscription.status"),
        ({"error": "x"}, "Subscription.error"),
        ({"channel": {"payload": "application/fhir+xml"}}, "Subscription.channel.payload"),
        ({"channel": {"header": ["Host: elsewhere"]}}, "Subscription.channel.header[0]"),
        ({"channel": {"header": ["X: a\tb"]}}, "Subscription.channel.header[0]"),
        ({"channel": {"extension": [{"url": "urn:x", "valueString": "y"}]}}, "Subscription.channel.extension"),
        ({"channel": _channel("heartbeat-period", 1)}, "Subscription.channel.extension"),
        (
            {"channel": {"extension": [*_channel("timeout", 1)["extension"], *_channel("timeout", 9)["extension"]]}},
            "Subscription.channel.extension",
        ),
        (
            {"channel": {"_endpoint": {"extension": [{"url": "urn:x", "valueString": "y"}]}}},
            "Subscription.channel._endpoint",
        ),
        ({"channel": {"endpoint": f"http://127.0.0.1/hook/{'x' * 2_000}"}}, "Subscription.channel.endpoint"),
        ({"extension": [{"url": "urn:x", "valueString": "y"}]}, "Subscription.extension"),
    ],
)
def test_what_would_not_be_done_is_refused(told: Told, endpoint: Subscriber, changes: Json, at: str) -> None:
    answer = told.ask(OWN, "POST", "Subscription", subscription(endpoint, **changes))
    assert answer.status in (400, 422), answer.body
    assert at in answer.body.decode()


@pytest.mark.parametrize(
    "each",
    ["Patient?name=x", "Task?_count=1", "Task?colour=blue", "Task?", "Task?_include=*", "Task?status=x&_sort=status"],
)
def test_a_filter_is_a_plain_search_of_the_topics_type(told: Told, endpoint: Subscriber, each: str) -> None:
    assert told.ask(OWN, "POST", "Subscription", subscription(endpoint, TASKS, each)).status in (400, 422)


def test_subscriptions_are_few(told: Told, endpoint: Subscriber) -> None:
    for _ in range(20):
        made(told, subscription(endpoint))
    assert told.ask(OWN, "POST", "Subscription", subscription(endpoint)).status == 429
    made(told, subscription(endpoint), OTHER)


def test_every_topic_is_of_a_type_that_is_served() -> None:
    assert {each.type for each in topics.all().values()} == {
        "Task", "ServiceRequest", "Consent", "CareTeam", "Encounter"
    }  # fmt: skip


def test_a_successor_is_told_of_what_the_former_was_asked_while_it_is_named(told: Told, endpoint: Subscriber) -> None:
    town, em, lead = told.calling.town, actor("em", now=NOW), actor("lead", now=NOW)
    asked: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    asked |= {"requester": ref("Organization/council"), "owner": ref("Organization/center"), "for": ref("Patient/7")}
    town.write(em, patient("7"), asked)
    made(told, subscription(endpoint), OTHER)
    told.work()
    end(town)

    def changed(number: int) -> list[str]:
        before = len(endpoint.focuses)
        town.write(em, asked | {"note": [{"text": str(number)}], "meta": {"versionId": str(number)}})
        told.work()
        return endpoint.focuses[before:]

    assert changed(1) == []
    for undo, number, expected in ((False, 2, True), (True, 3, False)):
        said = Naming("Organization/center", "" if undo else "Organization/other", "統合に伴う", undo)
        do = partial(naming_successor.named, said=said)
        town.run(town.gate.operate(lead, ("$name-successor", said.former), do))
        assert ("Task/r" in changed(number)) == expected


@pytest.mark.parametrize("element", ["status", "criteria"])
def test_what_is_said_to_be_unknown_is_refused_and_named(told: Told, endpoint: Subscriber, element: str) -> None:
    absent = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    unsaid = subscription(endpoint) | {f"_{element}": {"extension": [absent]}}
    del unsaid[element]
    answer = told.ask(OWN, "POST", "Subscription", unsaid)
    assert answer.status in (400, 422), answer.body
    assert f"Subscription.{element}" in str(answer.body)
