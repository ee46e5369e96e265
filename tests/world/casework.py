"""What the people of a scenario do before it begins: consents, referrals, coordination, conferences."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.people import CARE, CONFERENCE
from demo.template import TOKYO
from tests.world import household

REPLACES = {"url": "https://tsunagu.example/fhir/StructureDefinition/replaces-earlier", "valueBoolean": True}
"""That a paper says that it takes the place of earlier ones."""


def day(from_today: int) -> str:
    """A day of the calendar that the city lives by."""
    return (datetime.now(TOKYO).date() + timedelta(days=from_today)).isoformat()


def sign(city: City, called: str = "consent", officer: str = "yorisoi", /, **changes: Any) -> Answer:
    """File the mother's consent of the demo, with some of its elements changed (None takes one away)."""
    return household.write(city, officer, called, _changed(_consent(city), changes))


def sign_again(city: City) -> Answer:
    """The mother signs anew, and the very moment is written on the paper."""
    return sign(city, "newer-consent", dateTime=datetime.now(TOKYO).isoformat(timespec="milliseconds"))


def sign_for(city: City, person: str) -> Answer:
    """Another person of the household signs the same."""
    mine = {"reference": city.known[person]}
    consent = _consent(city) | {"patient": mine, "performer": [mine]}
    return household.write(city, "yorisoi", f"consent-{person}", consent)


def provision(city: City, **changes: Any) -> dict[str, Any]:
    """The provision of the mother's consent, with some of its elements changed (None takes one away)."""
    return _changed(_consent(city)["provision"], changes)


def prepare_referral(city: City, agency: str = "Organization/health-center-kita-chuo") -> None:
    """The mother's concern is to go to the health center, or to another agency."""
    city.known |= {
        "desk": agency,
        "desk-organization": agency,
        "mother-concern": city.known["mother-mental-health"],
    }


def refer(city: City, agency: str = "Organization/health-center-kita-chuo") -> Answer:
    """The mother is referred to the health center, or to another agency, without consent."""
    prepare_referral(city, agency)
    bundle = household.tagged_bundle(city, city.payload("referral"))
    sent = city.officer("yorisoi").post("", bundle)
    if sent.done:
        city.known |= dict(zip(("request", "task", "introduction"), sent.created, strict=True))
    return sent


def bring(city: City, **task: Any) -> Answer:
    """The case is brought to the coordinator, with some elements of the Task changed (None takes one away)."""
    bundle = household.tagged_bundle(city, city.payload("coordination"))
    bundle["entry"][1]["resource"] = _changed(bundle["entry"][1]["resource"], task)
    brought = city.officer("yorisoi").post("", bundle)
    if brought.done:
        city.known |= dict(zip(("case", "coordination"), brought.created, strict=True))
    return brought


def take_on(city: City) -> Answer:
    return change(city, "coordinator", "coordination", status="accepted")


def convene(city: City, officer: str = "convener", **changes: Any) -> Answer:
    """A conference is called with the demo's roster, some of its elements changed (None takes one away)."""
    meeting = _changed(city.payload("conference"), changes)
    return household.write(city, officer, "conference", meeting, CONFERENCE)


def full_roster(city: City, *without: str) -> list[dict[str, Any]]:
    """The seats of the demo's conference and of the mental health center, without some people."""
    seats = city.payload("conference")["participant"]
    seats.append(city.payload("conference-member", member="PractitionerRole/role-mental-health"))
    left_out = {f"PractitionerRole/role-{person}" for person in without}
    return [seat for seat in seats if seat["individual"]["reference"] not in left_out]


def without(city: City, extension: str) -> list[dict[str, Any]]:
    """The extensions of the demo's conference but those of one name."""
    return [each for each in city.payload("conference")["extension"] if not each["url"].endswith(f"/{extension}")]


def with_reason(city: City, field: str, reason: str) -> list[dict[str, Any]]:
    """The extensions of the demo's conference, and the reason why a field has no agency at the table."""
    return [*city.payload("conference")["extension"], city.payload("roster-gap", field=field, reason=reason)]


def call_meeting(city: City, **changes: Any) -> None:
    """The case is with the coordinator, and a conference on it is called that fulfils the roster check."""
    if "case" not in city.known:
        assert bring(city).status == 200
        assert take_on(city).status == 200
    convened = convene(city, **{"participant": full_roster(city)} | changes)
    assert convened.status == 201, convened.text


def hold_meeting(city: City, by: str = "convener", /, **changes: Any) -> None:
    """A conference is called, everybody is invited, it is opened, and secrecy is explained."""
    call_meeting(city, **changes)
    assert invite(city, by).status == 201
    opened = open_meeting(city)
    assert opened.status == 200, opened.text
    assert explain_secrecy(city, by).status == 201


def invite(city: City, by: str = "convener") -> Answer:
    return _letter(city, "invitation", by)


def explain_secrecy(city: City, by: str = "convener") -> Answer:
    return _letter(city, "opening-notice", by)


def open_meeting(city: City) -> Answer:
    return change(city, "convener", "conference", CONFERENCE, status="in-progress")


def close_meeting(city: City) -> Answer:
    return change(city, "convener", "conference", CONFERENCE, status="finished")


def wind_up(city: City) -> None:
    """The meeting is over and so is the coordination, however far they came."""
    if "conference" in city.known and not close_meeting(city).done:
        change(city, "convener", "conference", CONFERENCE, status="cancelled")
    if "coordination" in city.known:
        change(city, "coordinator", "coordination", status="completed", statusReason={"text": "場面を終える"})


def decide_roles(city: City, officer: str = "lead-section", without: str = "") -> Answer:
    """The roles of the demo are decided in the conference, but for one agency."""
    asked = city.payload("decide-roles")
    kept = [each for each in asked["parameter"] if each["part"][0]["valueReference"]["reference"] != without]
    decided = city.officer(officer, CONFERENCE).post(f"{city.known['case']}/$decide-roles", asked | {"parameter": kept})
    if decided.status == 201:
        city.known["team"] = decided.created[0]
    return decided


def acknowledge(city: City, person: str, notice: str) -> Answer:
    """One participant confirms one notice of secrecy (R35)."""
    payload = city.payload("acknowledgement", notice=city.known[notice], member=f"PractitionerRole/role-{person}")
    return household.write(city, person, f"{notice}-{person}", payload, CONFERENCE)


def table(city: City, item: str, officer: str = "yorisoi") -> Answer:
    """The agency that keeps a record, or another, lays it on the table of the conference."""
    listing = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "encounter": {"reference": city.known["conference"]},
        "entry": [{"item": {"reference": city.known[item]}}],
    }
    return household.write(city, officer, "material", listing, CONFERENCE)


def draft_plan(city: City, officer: str = "yorisoi", purpose: str = CARE, /, **changes: Any) -> Answer:
    """The total care plan of the demo's household, its sons being this one, with some elements changed."""
    plan = city.payload(
        "total-care-plan",
        coordinator=f"PractitionerRole/role-{officer}",
        second_son=city.known["son"],
        elder_son=city.known["son"],
    )
    return household.write(city, officer, "plan", _changed(plan, changes), purpose)


def entrust(city: City, person: str, officer: str = "health-center") -> Answer:
    """The agency that keeps the household asks another about one person, and that accepts."""
    asked: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    asked |= {"for": {"reference": city.known[person]}, "requester": {"reference": "Organization/yorisoi-center"}}
    asked |= {"owner": {"reference": f"PractitionerRole/role-{officer}"}}
    written = household.write(city, "yorisoi", f"entrusted-{person}", asked)
    assert written.status == 201, written.text
    return change(city, officer, f"entrusted-{person}", status="accepted")


def hidden_person(city: City, officer: str) -> Answer:
    """An agency registers somebody of its own and keeps their place secret, from its own officers too."""
    person = {"resourceType": "Patient", "name": [{"text": "久我　しずか"}], "birthDate": "1970-01-01"}
    assert household.write(city, officer, "hidden", person).status == 201
    to = {"name": "to", "valueReference": {"reference": household.NOBODY_HERE}}
    body = {"resourceType": "Parameters", "parameter": [to]}
    return city.officer(officer).post(f"{city.known['hidden']}/$protect", body)


def file_paper(city: City, officer: str, person: str, called: str = "paper", **elements: Any) -> Answer:
    """A document about one person, kept by an agency, with a signature on it."""
    attached = {"contentType": "text/plain", "title": "署名のある申出書", "creation": day(0)}
    paper: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "status": "current",
        "date": f"{day(0)}T00:00:00+09:00",
    }
    paper |= {"subject": {"reference": city.known[person]}, "content": [{"attachment": attached}]}
    return household.write(city, officer, called, paper | elements)


def change(city: City, person: str, name: str, purpose: str = CARE, /, **elements: Any) -> Answer:
    """Somebody reads a record and writes it back with some elements changed."""
    officer = city.officer(person, purpose)
    found = officer.get(city.known[name])
    return officer.put(found.json | elements) if found.done else found


def _changed(resource: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in (resource | changes).items() if part is not None}


def _consent(city: City) -> dict[str, Any]:
    return city.payload("consent-mother")


def _letter(city: City, name: str, by: str) -> Answer:
    seats = city.officer("convener", CONFERENCE).get(city.known["conference"]).json["participant"]
    recipients = [seat["individual"] for seat in seats]
    sender = {"sender": {"reference": f"PractitionerRole/role-{by}"}}
    return household.write(city, by, name, city.payload(name, recipients=recipients) | sender, CONFERENCE)
