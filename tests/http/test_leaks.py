"""Two stores that differ only in what an actor may not see answer it alike, to the last header.

docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import trusting
from tests.http import launch, two_worlds
from tests.http.two_worlds import World
from tests.world import household

UNSEEN = (
    *("son", "son-child-rearing", "mother-restricted", "deleted", "household", "sheet", "case", "coordination"),
    *(
        "provenance",
        "other-provenance",
        "file",
        "other-mother",
        "other-mother-mental-health",
        "other-household",
        "other-case",
    ),
)
SEEN = ("mother", "mother-mental-health", "relabelled", "sister", "sister-income-work", "sister-kin", "request", "task")
OWN = ("own-mother", "own-household", "own-sheet")
PERSONS = ("mother", "sister", "son", "household", "other-mother", "other-household", "own-mother", "own-household")
BELOW = ("", "/_history", "/_history/1", "/_history/2")
EVERYTHING = (*UNSEEN, *SEEN, *OWN)
TYPES = (
    *("Patient", "Condition", "Group", "QuestionnaireResponse"),
    *("CarePlan", "Task", "ServiceRequest", "Communication", "Provenance"),
)
PARAMETERS = (
    *("active", "birthdate", "death-date", "deceased", "family", "gender", "general-practitioner", "given"),
    *("identifier", "language", "link", "name", "organization", "phonetic"),
    *("address", "address-city", "address-country", "address-postalcode", "address-state", "address-use"),
    *("email", "phone", "telecom", "_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"),
)
PLACES = {
    "address": (household.SECRET[0], "かくれみの", "岡山", "700-0919"),
    "address:contains": ("かくれみの", "南区"),
    "address:exact": (household.SECRET[0],),
    "address-city": ("岡山市南区", "岡山市北区"),
    "address-state": ("岡山県",),
    "address-postalcode": ("700-0919",),
    "address-country": ("JP",),
    "address-use": ("temp", "home"),
    "address-use:not": ("temp", "home"),
    "phone": (household.SECRET[1],),
    "phone:not": (household.SECRET[1],),
    "telecom": (household.SECRET[1], "phone|" + household.SECRET[1]),
    "email": ("midori@kakuremino.example",),
    "_content": ("かくれみの", "kakuremino", household.SECRET[1]),
    "_content:missing": ("true", "false"),
    "_text": ("かくれみの",),
    "_security": ("address-secret", "https://tsunagu.example/fhir/CodeSystem/secrecy-label|address-secret"),
    "_security:not": ("address-secret",),
}
"""Where the sister is, asked for in every way."""

SORTS = ("address", "-address", "address-city,family", "-phone", "telecom,-_lastUpdated", "birthdate", "_security")
"""By where somebody is, among others."""

CHAINS = (
    *(f"{type}?_sort={key}&_count={count}" for type in ("Patient",) for key in SORTS for count in (1, 50)),
    *(f"{type}?_content={word}" for type in TYPES for word in ("水無瀬", "かくれみの", "家賃")),
    *(f"Condition?subject:Patient.{asked}" for asked in ("_content=かくれみの", "address:contains=かくれ")),
    "Patient?_elements=address,telecom&_sort=-address",
    *(f"Patient?_summary={summary}" for summary in ("true", "text", "data")),
    *(f"Condition?subject:Patient.{asked}" for asked in ("family=水無瀬", "given=はると,かおり", "gender:not=female")),
    *(f"Condition?subject:Patient.{name}={value}" for name, values in PLACES.items() for value in values[:1]),
    *(f"Condition?subject:Patient.{name}:missing={value}" for name in PARAMETERS[:8] for value in ("true", "false")),
    *(f"Patient?_has:Condition:subject:code{asked}" for asked in ("=child-rearing", "=mental-health", ":missing=true")),
    "Patient?_has:Condition:subject:_security=V",
    "Patient?_has:Condition:subject:_lastUpdated=gt2020",
    "Patient?_has:Group:member:_has:QuestionnaireResponse:subject:status=completed",
    "Patient?_has:Group:member:member:Patient.given=はると",
    "Patient?_has:RelatedPerson:patient:relationship=SON",
    "Task?focus:ServiceRequest.subject:Patient.address-city=岡山市南区",
    "Task?patient:Patient._has:Condition:subject:code=child-rearing",
    "QuestionnaireResponse?subject:Group.member:Patient.given=はると",
    *(
        f"Condition?_filter=subject:Patient.{asked}"
        for asked in ("family co 水無瀬", "address co かくれ", "address pr true")
    ),
    "Condition?_filter=not (subject:Patient.address-city eq 岡山市南区) and code pr true",
    "Patient?_filter=_has:Condition:subject:code eq child-rearing or not (_has:Condition:subject:code pr true)",
    "Patient?_filter=given eq はると or _has:Group:member:member:Patient.given eq かおり&_sort=_lastUpdated&_count=1",
    *(f"{type}?_include=*&_sort=_lastUpdated" for type in TYPES),
    *(f"?_type=Patient,Condition,Task,Group,CarePlan&{asked}" for asked in ("_count=3", "_sort=-_lastUpdated")),
    "?_type=Patient,RelatedPerson&_filter=_has:Condition:subject:code eq child-rearing or _id pr true",
    "?_type=Condition,Observation,ServiceRequest&_content=かくれみの",
    *(
        f"{type}?_revinclude=*&_include:iterate={type}:*&_sort=-_lastUpdated"
        for type in ("Patient", "Condition", "Task")
    ),
    "Patient?_revinclude=Group:member&_include:iterate=Group:member&_revinclude:iterate=Condition:subject",
    "Condition?_include=Condition:subject&_count=1",
)
"""What other records say, and what comes along."""

READS = [
    *(f"{{{name}}}{below}" for name in EVERYTHING for below in BELOW),
    *(f"{{{name}}}/$explain-access" for name in EVERYTHING),
    *(f"{{{name}}}/$meta" for name in EVERYTHING),
    *(f"{{{name}}}/$who-can-see" for name in PERSONS),
    *(f"{{{name}}}/$everything?_count={count}" for name in PERSONS for count in (2, 200)),
    "{mother}/$who-can-see?at=2026-01-01T00:00:00%2B09:00",
    "{mother}/$explain-access?purpose=support-conference",
    "{sister}/_history/1/$meta",
    "$meta",
    *(f"{type}/$meta" for type in TYPES),
    "{case}/$timetable?_format=text/html",
    "{case}/$timetable?_format=application/json&recipient={household}",
    "{case}/$timetable?_format=application/json&recipient={son}",
    "{case}/$timetable?_format=application/json&recipient=Organization/health-center-kita-chuo",
    "{sheet}/$extract",
    "{mother}/$explain-access?actor=Organization/yorisoi-center",
]
SEARCHES = [
    *(
        f"{type}?{ask}_sort={order}"
        for type in TYPES
        for ask in ("", "_count=1&")
        for order in ("_lastUpdated", "-_id")
    ),
    *(f"{type}?_summary=count" for type in TYPES),
    *(f"Patient?{name}:missing={value}" for name in PARAMETERS for value in ("true", "false")),
    *(f"Patient?{name}={value}" for name, values in PLACES.items() for value in values),
    *(f"Patient?_id={{id:{name}}}" for name in ("mother", "son", "other-mother", "own-mother")),
    *(
        f"Condition?{by}={{{who}}}"
        for by in ("subject", "patient")
        for who in ("mother", "sister", "son", "other-mother")
    ),
    "Provenance?target={mother-mental-health}",
    "Provenance?target={mother-restricted}",
    "Provenance?patient={mother}",
    "Condition?_has:Provenance:target:recorded=2026-11-20",
    "Condition?_revinclude=Provenance:target&_sort=_lastUpdated",
    "Group?member={son}",
    "Group?member={mother}",
    "Task?patient={mother}",
    "Task?subject={household}",
    "CarePlan?subject={household}",
    "QuestionnaireResponse?subject={other-household}",
    "Condition?_tag={tag}&_sort=_lastUpdated",
    "Patient?_tag={other-tag}",
    "Consent?patient={mother}",
    "AuditEvent",
    "Encounter",
    "Condition?_lastUpdated=gt2020&_count=1",
    *CHAINS,
]
_PATIENT = '{"resourceType":"Patient","id":"{id:%s}","active":false}'
_CONCERN = (
    '{"resourceType":"Condition","subject":{"reference":"{%s}"},'
    '"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}}'
)
_BUNDLE = '{"resourceType":"Bundle","type":"transaction","entry":[%s]}'
_GROUP = '{"resourceType":"Group","type":"person","actual":true,"member":[{"entity":{"reference":"{%s}"}}]}'
_BASED_ON = (
    '{"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"{own-mother}"},'
    '"basedOn":[{"reference":"{%s}"}]}'
)


_META = (
    '{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:t","code":"t"}]}}]}'
)
_SIMULATED = '{"resourceType":"Parameters","parameter":[{"name":"change","resource":%s}]}'
_CONSENT = (
    '{"resourceType":"Consent","status":"active","scope":{"coding":[{"system":'
    '"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":'
    '"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"{%s}"},"dateTime":"2026-01-01","performer":'
    '[{"reference":"{%s}"}],"policyRule":{"text":"form"},"sourceAttachment":{"title":"sheet"},'
    '"provision":{"type":"permit"}}'
)
_JOINED = (
    '{"resourceType":"Group","id":"{id:%s}","type":"person","actual":true,"member":[{"entity":{"reference":"{%s}"}}]}'
)


def _entry(method: str, url: str, resource: str = "") -> str:
    held = f'"resource":{resource},' if resource else ""
    return f'{{{held}"request":{{"method":"{method}","url":"{url}"}}}}'


WRITES = [
    *(("PUT", f"{{{name}}}", _PATIENT % name, {}) for name in ("son", "other-mother")),
    *(("PUT", "{son}", _PATIENT % "son", {"If-Match": f'W/"{number}"'}) for number in (1, 7)),
    *(
        ("DELETE", f"{{{name}}}", "", {})
        for name in ("mother-restricted", "deleted", "son-child-rearing", "other-case")
    ),
    ("DELETE", "{mother-restricted}", "", {"If-Match": 'W/"7"'}),
    *(("POST", "Condition", _CONCERN % name, {}) for name in ("son", "other-mother", "other-household")),
    *(("POST", "Group", _GROUP % name, {}) for name in ("son", "own-son")),
    *(("POST", "CarePlan", _BASED_ON % name, {}) for name in ("case", "other-case")),
    ("POST", "", _BUNDLE % _entry("POST", "Condition", _CONCERN % "son"), {}),
    ("POST", "", _BUNDLE % _entry("PUT", "{son}", _PATIENT % "son"), {}),
    ("POST", "", _BUNDLE % _entry("DELETE", "{mother-restricted}"), {}),
    ("POST", "", _BUNDLE % _entry("DELETE", "{deleted}"), {}),
    ("POST", "Condition", _CONCERN % "own-son", {}),
    ("PUT", "{own-son}", _PATIENT % "own-son", {"If-Match": 'W/"1"'}),
    ("DELETE", "{own-son-child-rearing}", "", {}),
    *(
        ("POST", f"{{{name}}}/{operation}", _META, headers)
        for name in ("son", "other-mother", "mother-restricted", "deleted", "mother", "own-son")
        for operation in ("$meta-add", "$meta-delete")
        for headers in ({}, {"If-Match": 'W/"7"'})
    ),
    *(
        ("POST", "$simulate", _SIMULATED % (_CONSENT % (name, name)), {})
        for name in ("mother", "sister", "son", "other-mother", "own-mother")
    ),
    *(
        ("POST", "$simulate", _SIMULATED % (_JOINED % names), {})
        for names in (("household", "mother"), ("other-household", "mother"), ("own-household", "own-mother"))
    ),
    ("POST", "{case}/$decide-roles", '{"resourceType":"Parameters"}', {}),
]


@pytest.fixture(scope="module")
def whole(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("whole") / "city"
    launch.copied(installed, folder)
    return folder, two_worlds.record(folder)


@pytest.fixture(scope="module")
def worlds(
    whole: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[World]]]:
    """For each actor a store with, and a store without what it may not see."""
    folder, known = whole
    place = tmp_path_factory.mktemp("worlds")
    without_others = two_worlds.without(
        folder, place / "child-guidance", two_worlds.for_child_guidance, lambda row: row
    )
    without_rest = two_worlds.without(
        folder, place / "health-center", two_worlds.for_health_center(known), two_worlds.unplaced(known)
    )
    with ExitStack() as stack:
        all_there = stack.enter_context(two_worlds.served(folder, known))
        yield {
            "child-guidance-system": [all_there, stack.enter_context(two_worlds.served(without_others, known))],
            "health-center": [all_there, rest := stack.enter_context(two_worlds.served(without_rest, known))],
            "health-center-system": [all_there, rest],
        }


ACTORS = ("health-center", "child-guidance-system")


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("path", [*READS, *SEARCHES])
def test_a_question_is_answered_as_if_the_unseen_were_not_there(
    path: str, actor: str, worlds: dict[str, list[World]]
) -> None:
    answers = [world.told(world.ask(actor, "GET", path), made=False) for world in worlds[actor]]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("type", TYPES)
def test_pages_are_as_full_as_if_the_unseen_were_not_there(
    type: str, actor: str, worlds: dict[str, list[World]]
) -> None:
    pages = [list(_pages(world, actor, f"{type}?_count=2&_sort=-_lastUpdated")) for world in worlds[actor]]
    assert pages[0] == pages[1]


def test_what_is_seen_is_neither_nothing_nor_everything(worlds: dict[str, list[World]]) -> None:
    """The guard: equal answers say something only where there is something to hide and something to show."""
    for actor, seen, own in (("health-center", 2, SEEN), ("child-guidance-system", 3, OWN)):
        here = worlds[actor][0]
        assert here.ask(actor, "GET", "Patient").total == seen
        assert {here.ask(actor, "GET", f"{{{name}}}").status for name in own} == {200}
        assert {here.ask(actor, "GET", f"{{{name}}}").status for name in UNSEEN} == {404}
    assert worlds["health-center"][0].ask("health-center", "GET", "{relabelled}/_history").total == 1


@pytest.mark.parametrize("path", ["Patient", *(f"{{sister}}{below}" for below in ("", "/_history", "/_history/1"))])
def test_where_the_sister_is_stands_nowhere(path: str, worlds: dict[str, list[World]]) -> None:
    said = worlds["health-center"][0].ask("health-center", "GET", path)
    assert said.status == 200
    words = (*household.SECRET, "かくれみの", "kakuremino", "700-0919", "address-secret")
    assert [word for word in words if word in said.text] == []


EXPORTS = (
    *("$export", "Patient/$export", "{household}/$export", "{own-household}/$export", "{other-household}/$export"),
    *("$export?_since=2026-01-01T00:00:00Z", "Patient/$export?_type=Patient,Condition,Task,Consent"),
    *("$export?_type=Patient&_typeFilter=Patient%3Fgender%3Dfemale", "$export?_type=Group,List,RelatedPerson"),
    f"Patient/$export?_type=Patient&_typeFilter=Patient%3Faddress%3D{quote('かくれみの')}",
)


@pytest.mark.parametrize("actor", ["health-center", "health-center-system", "child-guidance-system"])
def test_an_export_has_what_it_would_have_if_the_unseen_were_not_there(
    actor: str, worlds: dict[str, list[World]]
) -> None:
    """System, Patient and Group, from the first answer to the last line of each file."""
    lines = 0
    for path in EXPORTS:
        here, there = (list(_exported(world, actor, path)) for world in worlds[actor])
        assert here == there, path
        lines += len(here)
    assert lines > (2 * len(EXPORTS) if actor.endswith("-system") else 0)


def _exported(world: World, actor: str, path: str) -> Iterator[object]:
    """What it answers, what its manifest lists, and every line of its files."""
    begun = world.ask(actor, "GET", path, headers={"Prefer": "respond-async"})
    yield begun.status, "" if begun.status == 202 else world.told(begun, made=True)
    if begun.status != 202:
        return
    status = begun.headers["content-location"].partition("/fhir/")[2]
    while (answer := world.ask(actor, "GET", status)).status == 202:
        pass
    for kind in ("output", "error", "deleted"):
        for file in answer.json.get(kind, ()):
            yield kind, {name: said for name, said in file.items() if name != "url"}
            bearer = {"Authorization": f"Bearer {world.actors[actor].token}"}
            content = trusting.get(file["url"], headers=bearer)
            yield content.status_code
            yield from sorted(content.text.replace(world.base, "<base>").splitlines())


@pytest.mark.parametrize("actor", ACTORS)
def test_writes_are_answered_as_if_the_unseen_were_not_there(actor: str, worlds: dict[str, list[World]]) -> None:
    """In one order on both, since they change what comes after them."""
    for method, path, body, headers in WRITES:
        answers = [world.told(world.ask(actor, method, path, body, headers), made=True) for world in worlds[actor]]
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] != 500


def _pages(world: World, actor: str, path: str) -> Iterator[tuple[str, ...]]:
    while path:
        answer = world.ask(actor, "GET", path)
        yield (str(answer.total), *answer.references)
        following = {link["relation"]: link["url"] for link in answer.json["link"]}
        path = following.get("next", "").removeprefix(f"{world.base}/")
