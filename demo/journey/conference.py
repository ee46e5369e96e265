"""e (second half). The 支援会議: convened, its roster checked, opened, and entered after two acknowledgements.

Ordinance of the conference, art. 3 to 7; docs/domain.md R29, R35, R38
"""

from __future__ import annotations

from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import CARE, CONFERENCE

STRANGER = "PractitionerRole/role-adviser-12"
"""A person whom the convener has not put on the standing roster."""

MISSING_FIELD = "mental-health"


def list_members(city: City) -> list[Narration]:
    written = city.officer("convener", CONFERENCE).post("CareTeam", city.payload("standing-roster"))
    return [city.tell("e", "convener", "構成員名簿を定める", "writes the standing roster", written, expect=201)]


def convene(city: City) -> list[Narration]:
    """Somebody else cannot convene, a stranger cannot be seated, the convener can."""
    meeting = city.payload("conference")
    usurped = city.officer("yorisoi", CONFERENCE).post("Encounter", meeting)
    member = city.payload("conference-member", member=STRANGER)
    convener = city.officer("convener", CONFERENCE)
    strange = convener.post("Encounter", meeting | {"participant": [*meeting["participant"], member]})
    convened = convener.post("Encounter", meeting)
    if convened.done:
        city.known["conference"] = convened.created[0]
    return [
        city.tell(
            "e",
            "yorisoi",
            "支援会議を招集しようとする",
            "tries to convene the conference",
            usurped,
            expect=403,
            rule="art. 4",
        ),
        city.tell(
            "e",
            "convener",
            "名簿にない人を会議に入れようとする",
            "tries to seat a person not on the roster",
            strange,
            expect=422,
            rule="R29",
        ),
        city.tell("e", "convener", "支援会議を招集する", "convenes the conference", convened, expect=201),
    ]


def answer_roster_check(city: City) -> list[Narration]:
    """The meeting cannot open until every concern has its agency at the table, or a reason (R38)."""
    objected = _change(city, status="in-progress")
    meeting = _meeting(city).json
    seated = city.payload("conference-member", member="PractitionerRole/role-mental-health")
    reasons = city.payload("roster-gap-reasons")
    gaps = [
        city.payload("roster-gap", field=field, reason=reason)
        for field, reason in reasons.items()
        if objected.says(f"`{field}`")
    ]
    answered = _change(city, participant=[*meeting["participant"], seated], extension=[*meeting["extension"], *gaps])
    return [
        city.tell(
            "e",
            "convener",
            "こころの問題の機関がいないまま開会しようとする",
            "tries to open without an agency for mental health",
            objected,
            expect=422,
            rule="R38",
            holds=objected.says(f"`{MISSING_FIELD}`") and bool(gaps),
        ),
        city.tell(
            "e",
            "convener",
            "こころの健康センターを招き、ほかの不在には理由を書く",
            "invites the mental health center, and gives a reason for the other absences",
            answered,
        ),
    ]


def open_meeting(city: City) -> list[Narration]:
    """Invitation, opening, opening notice; then the child guidance center acknowledges, once and twice."""
    convener = city.officer("convener", CONFERENCE)
    people = [seat["individual"]["reference"] for seat in _meeting(city).json["participant"]]
    recipients = [{"reference": person} for person in people]
    invited = convener.post("Communication", city.payload("invitation", recipients=recipients))
    opened = _change(city, status="in-progress")
    noticed = convener.post("Communication", city.payload("opening-notice", recipients=recipients))
    if invited.done and noticed.done:
        city.known |= {"invitation": invited.created[0], "opening-notice": noticed.created[0]}
    return [
        city.tell(
            "e",
            "convener",
            "守秘義務を書いて招集通知を送る",
            "sends the invitation with the secrecy notice",
            invited,
            expect=201,
        ),
        city.tell("e", "convener", "会議を開く", "opens the meeting", opened),
        city.tell(
            "e", "convener", "会議の冒頭で守秘義務を説明する", "explains secrecy at the opening", noticed, expect=201
        ),
    ]


def enter(city: City) -> list[Narration]:
    """One acknowledgement opens nothing; the second opens the case, to this purpose only."""
    officer = city.officer("child-guidance", CONFERENCE)
    mother = city.known["mother"]
    narration = [acknowledge(city, "child-guidance", "invitation")]
    narration.append(
        city.tell(
            "e",
            "child-guidance",
            "確認が一つだけのまま母の記録を読もうとする",
            "tries the mother's record with one acknowledgement",
            officer.get(mother),
            expect=404,
            why=_why(city, CONFERENCE),
            rule="R35",
        )
    )
    narration.append(acknowledge(city, "child-guidance", "opening-notice"))
    everyday = city.officer("child-guidance", CARE)
    concerns = officer.search("Condition", subject=mother)
    narration += [
        city.tell(
            "e",
            "child-guidance",
            "同意なしに、会議の中で母の記録を読む",
            "reads the mother's record in the conference, without consent",
            officer.get(mother),
            rule="P4",
            why=_why(city, CONFERENCE),
            holds=_why(city, CONFERENCE).says("art9"),
        ),
        city.tell(
            "e",
            "child-guidance",
            "母の困りごとを会議の中で検索する",
            "searches the mother's concerns",
            concerns,
            holds=bool(concerns.total) and city.known["mother-mental-health"] in concerns.references,
        ),
        city.tell(
            "e",
            "child-guidance",
            "同じ人が、ふだんの業務として読もうとする",
            "the same person tries it for everyday work",
            everyday.get(mother),
            expect=404,
            why=_why(city, CARE),
        ),
    ]
    city.remember("during-conference")
    for member in ("coordinator", "yorisoi", "lead-section", "convener"):
        narration += [acknowledge(city, member, "invitation"), acknowledge(city, member, "opening-notice")]
    return narration


def acknowledge(city: City, person: str, notice: str) -> Narration:
    """One participant confirms the secrecy explained in one notice (R35)."""
    payload = city.payload("acknowledgement", notice=city.known[notice], member=f"PractitionerRole/role-{person}")
    written = city.officer(person, CONFERENCE).post("Communication", payload)
    when = "招集時" if notice == "invitation" else "冒頭"
    return city.tell(
        "e", person, f"{when}の守秘義務の説明を確認する", f"acknowledges the {notice}", written, expect=201
    )


def close(city: City) -> list[Narration]:
    """The meeting ends; what it opened is closed to the next request."""
    answer = _change(city, status="finished")
    return [city.tell("h", "convener", "会議を閉じる", "closes the conference", answer)]


def _meeting(city: City) -> Answer:
    return city.officer("convener", CONFERENCE).get(city.known["conference"])


def _change(city: City, **elements: Any) -> Answer:
    return city.officer("convener", CONFERENCE).put(_meeting(city).json | elements)


def _why(city: City, purpose: str) -> Answer:
    return city.explain_meeting(actor="Practitioner/practitioner-child-guidance", purpose=purpose)
