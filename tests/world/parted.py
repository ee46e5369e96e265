"""A household that is divided over HTTP, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from tests.world import casework

Json = dict[str, Any]

WHOM = {"母": "mother", "妹": "sister", "長男": "son"}
SERVICES = {"母の支援": ("mother",), "妹と長男の支援": ("sister", "son"), "世帯全体の支援": ()}
_SUBJECT = "https://tsunagu.example/fhir/StructureDefinition/activity-subject"


def plan(city: City) -> Answer:
    """A total care plan with a service for each."""
    listed = [{"detail": _service(city, name, whom)} for name, whom in SERVICES.items()]
    return casework.draft_plan(city, activity=listed)


def ask(city: City, officer: str, parts: list[list[str]], since: str | None = "", *, preview: bool = False) -> Answer:
    """An officer asks for the household to be divided, since today where nothing is said; the Task is remembered."""
    said: list[Json] = [
        {"name": "part", "part": [_reference("member", city.known[WHOM[one]]) for one in part]} for part in parts
    ]
    said += [{"name": "reason", "valueString": "別居した"}]
    said += [] if since is None else [{"name": "since", "valueDate": since or casework.day(0)}]
    said += [{"name": "preview", "valueBoolean": True}] if preview else []
    done = call(city, officer, city.known["household"], said)
    if done.done:
        city.known |= {each["name"]: each["valueReference"]["reference"] for each in named(done, "task")}
    return done


def answer(city: City, officer: str, *, accept: bool, reason: str) -> Answer:
    """An officer answers the Task; the new households are remembered."""
    said: list[Json] = [{"name": "accept", "valueBoolean": accept}]
    said += [{"name": "reason", "valueString": reason}] if reason else []
    done = call(city, officer, city.known["task"], said)
    for place, part in enumerate(named(done, "part") if done.done else ()):
        for each in part["part"]:
            if each["name"] == "household":
                city.known[f"part-{place}"] = each["valueReference"]["reference"]
    return done


def sign(city: City, person: str, type: str = "permit") -> Answer:
    """Somebody of the household permits that whatever is about them is shown to the health center, or withholds it."""
    mine = {"reference": city.known[person]}
    said: Json = casework.provision(city, type=type, provision=None, **{"class": None})
    return casework.sign(city, f"{type}-{person}", patient=mine, performer=[mine], provision=said)


def parts(city: City) -> list[str]:
    return [city.known[name] for name in sorted(city.known) if name.startswith("part-")]


def records(city: City, group: str, officer: str = "yorisoi") -> list[Json]:
    """The household, and its plans and teams, as an officer finds them."""
    client = city.officer(officer)
    found = [client.get(group)]
    own = [each.json for each in found if each.status == 200]
    for type in ("CarePlan", "CareTeam"):
        own += client.get(type, subject=group, _count="50").resources
    return own


def category(record: Json) -> str:
    return str(record.get("category", [{}])[0].get("coding", [{}])[0].get("code", ""))


def named(done: Answer, name: str) -> list[Json]:
    return [each for each in done.json.get("parameter", ()) if each["name"] == name]


def call(city: City, officer: str, name: str, said: list[Json]) -> Answer:
    return city.officer(officer).post(f"{name}/$divide", {"resourceType": "Parameters", "parameter": said})


def _service(city: City, name: str, whom: tuple[str, ...]) -> Json:
    subjects = [{"url": _SUBJECT, "valueReference": {"reference": city.known[one]}} for one in whom]
    said: Json = {"extension": subjects} if subjects else {}
    performer = [{"reference": "Organization/yorisoi-center"}]
    said |= {"status": "not-started", "description": name, "performer": performer}
    return said | {"scheduledPeriod": {"start": date.today().isoformat()}}


def _reference(name: str, target: str) -> Json:
    return {"name": name, "valueReference": {"reference": target}}
