"""5 to 7. No one has asked for help, so the coordinator and the conference do: once undecided, then with an adviser.

docs/domain.md R13, R4, R21 to R38, R41
"""

from __future__ import annotations

from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.journey_k import change
from demo.journey_k.household import WHEREABOUTS
from demo.people import CARE, CONFERENCE

_BASE = "https://tsunagu.example/fhir"
_MEMBERS = ("community-support-naka", "welfare-office-naka", "health-center-naka", "lead-section", "coordinator-2")


def bring(city: City) -> list[Narration]:
    brought = city.officer("community-support-naka").post("", city.payload("coordination"))
    if brought.done:
        city.known |= dict(zip(("case", "coordination"), brought.created, strict=True))
    taken = change.status(city, "coordinator-2", "coordination", "accepted")
    return [
        city.tell(
            *("5", "community-support-naka", "「連携先が確定しない」事例として調整を求める"),
            *("asks for coordination: no partner is certain", brought),
        ),
        city.tell("5", "coordinator-2", "調整を引き受ける", "takes the case on", taken),
    ]


def meet(city: City) -> list[Narration]:
    """The case conference: it opens only with the health center and a reason why the refusal does not stop it."""
    convener = city.officer("convener", CONFERENCE)
    convener.post("CareTeam", city.payload("standing-roster"))
    convened = _convened(city, "case-conference", "health-center-naka")
    opened = _open(city)
    meeting = convener.get(city.known["conference"]).json
    gaps = [_gap(city, field) for field in ("medical", "rights-advocacy") if opened.says(f"`{field}`")]
    answered = _change(city, extension=[*meeting["extension"], *gaps, city.payload("necessity")])
    told = [
        city.tell("6", "convener", "支援会議を招集する", "convenes the conference", convened, expect=201),
        city.tell(
            *("6", "convener", "長男の断りがあるのに、必要性を書かずに開こうとする"),
            *("tries to open without saying why, though the son refused", opened),
            expect=422,
            rule="R4",
        ),
        city.tell(
            *("6", "convener", "それでも必要な理由と、欠席の理由を書く"),
            *("writes why it is necessary all the same, and why others are absent", answered),
        ),
        *_sit(city, "6"),
    ]
    return [*told, *_read(city, "6"), _closed(city, "6", "undecided")]


def advise(city: City) -> list[Narration]:
    """The advisers' conference: outreach, though nobody has raised an SOS (R25, R41)."""
    lone = _convened(city, "adviser-conference", "health-center-naka")
    convened = _convened(city, "adviser-conference", "health-center-naka", "adviser-07")
    meeting = city.officer("convener", CONFERENCE).get(city.known["conference"]).json
    gaps = [_gap(city, field) for field in ("medical", "rights-advocacy")]
    _change(city, extension=[*meeting["extension"], *gaps, city.payload("necessity")])
    return [
        city.tell(
            *("7", "convener", "アドバイザーを招かずにアドバイザー会議を招集しようとする"),
            *("tries to convene the advisers' conference without an adviser", lone),
            expect=422,
            rule="R26",
        ),
        city.tell(
            *("7", "convener", "精神保健のアドバイザーを招いて招集する", "convenes it with the adviser", convened),
            expect=201,
        ),
        *_sit(city, "7", "adviser-07"),
    ]


def decide(city: City) -> list[Narration]:
    """Plan and roles, then what it came to, in order: who has a role reads the plan as it was then (P13)."""
    written = city.officer("coordinator-2", CONFERENCE).post("CarePlan", city.payload("total-care-plan"))
    if written.done:
        city.known["plan"] = written.created[0]
    asked = city.officer("lead-section", CONFERENCE).post(
        f"{city.known['case']}/$decide-roles", city.payload("decide-roles")
    )
    return [
        city.tell("7", "coordinator-2", "トータルケアプランを作る", "makes the plan", written, expect=201),
        city.tell("7", "lead-section", "各機関の役割を決定する", "decides the roles", asked, expect=201),
        _closed(city, "7", "decided"),
    ]


def _convened(city: City, kind: str, *more: str) -> Answer:
    seats = [city.payload("conference-member", member=f"PractitionerRole/role-{each}") for each in more]
    meeting = city.payload("conference")
    coded = {"coding": [{"system": f"{_BASE}/CodeSystem/conference-kind", "code": kind}]}
    meeting |= {"type": [coded], "participant": [*meeting["participant"], *seats]}
    convened = city.officer("convener", CONFERENCE).post("Encounter", meeting)
    if convened.done:
        city.known["conference"] = convened.created[0]
    return convened


def _open(city: City) -> Answer:
    return _change(city, status="in-progress")


def _change(city: City, **elements: Any) -> Answer:
    return change.record(city, "convener", "conference", CONFERENCE, **elements)


def _gap(city: City, field: str) -> dict[str, Any]:
    return city.payload("roster-gap", field=field, reason="主治医と後見の専門家から、書面で意見を受けた")


def _sit(city: City, step: str, *more: str) -> list[Narration]:
    """Invitation, opening and notice, and everybody's two acknowledgements (R35)."""
    convener = city.officer("convener", CONFERENCE)
    seats = convener.get(city.known["conference"]).json["participant"]
    recipients = [each["individual"] for each in seats]
    invited = convener.post("Communication", city.payload("invitation", recipients=recipients))
    city.known["invitation"] = next(iter(invited.created), "")
    first = [_acknowledged(city, each, "invitation") for each in (*_MEMBERS, *more)]
    opened = _open(city)
    noticed = convener.post("Communication", city.payload("opening-notice", recipients=recipients))
    city.known["opening-notice"] = next(iter(noticed.created), "")
    second = [_acknowledged(city, each, "opening-notice") for each in (*_MEMBERS, *more)]
    everybody = next((each for each in (*first, *second) if not each.done), second[-1])
    return [
        city.tell(step, "convener", "会議を開く", "opens the meeting", opened, holds=invited.done and noticed.done),
        city.tell(
            *(step, "coordinator-2", "全員が招集時と冒頭の守秘義務の説明を確認する"),
            *("everybody has acknowledged both notices", everybody),
            expect=201,
        ),
    ]


def _acknowledged(city: City, who: str, notice: str) -> Answer:
    said = city.payload("acknowledgement", notice=city.known[notice], member=f"PractitionerRole/role-{who}")
    return city.officer(who, CONFERENCE).post("Communication", said)


def _read(city: City, step: str) -> list[Narration]:
    """In the meeting the son's concern is read in spite of his refusal; where the mother is, is not."""
    center = city.officer("health-center-naka", CONFERENCE)
    mother = center.get(city.known["mother"])
    everyday = city.officer("health-center-naka", CARE)
    searched = center.search("Patient", address=WHEREABOUTS)
    return [
        city.tell(
            *(step, "health-center-naka", "長男の困りごとを会議の中で読む"),
            *("reads the son's concern in the meeting", center.get(city.known["son-concern"])),
            rule="P4",
        ),
        city.tell(
            *(step, "health-center-naka", "母の記録を読むが、居所は見えない"),
            *("reads the mother's record, and not where she is", mother),
            holds=WHEREABOUTS not in mother.text,
        ),
        city.tell(
            *(step, "health-center-naka", "母の居所で検索する", "searches by the mother's address", searched),
            holds=searched.total == 0,
            reason="0 件",
        ),
        city.tell(
            *(step, "health-center-naka", "ふだんの業務として長男の困りごとを読もうとする"),
            *("tries the same for everyday work", everyday.get(city.known["son-concern"])),
            expect=404,
            why=city.explain_meeting(actor="Practitioner/practitioner-health-center-naka", purpose=CARE),
        ),
    ]


def _closed(city: City, step: str, outcome: str) -> Narration:
    coded = {"system": f"{_BASE}/CodeSystem/conference-outcome", "code": outcome}
    parts: list[dict[str, Any]] = [{"url": "outcome", "valueCoding": coded}]
    if outcome == "decided":
        parts += [{"url": "direction", "valueString": "本人からの求めを待たず、手紙と訪問から長男に関わる"}]
        parts += [
            {"url": "priority", "valueString": each} for each in ("母の退院後の介護", "長男への訪問", "未納の整理")
        ]
    meeting = city.officer("convener", CONFERENCE).get(city.known["conference"]).json
    decision = {"url": f"{_BASE}/StructureDefinition/conference-decision", "extension": parts}
    closed = _change(city, status="finished", extension=[*meeting["extension"], decision])
    ja = "決めたことと優先順位を書いて閉じる" if outcome == "decided" else "決められなかったと書いて閉じる"
    return city.tell(step, "convener", ja, f"closes the meeting: {outcome}", closed)
