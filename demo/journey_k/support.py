"""8 and 9. Those who have a role read the plan, all support starts, and the case ends with what came of it.

docs/domain.md R17, R44; docs/policy.md P13, D1
"""

from __future__ import annotations

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.journey_k import change
from demo.people import CARE, CONFERENCE

_KEEPER, _COORDINATOR = "community-support-naka", "coordinator-2"


def carry_out(city: City) -> list[Narration]:
    """The roles are read by who carries them out; the son's concern is closed to them again."""
    center = city.officer("health-center-naka")
    later = city.officer("health-center-naka", CONFERENCE)
    before = center.get(f"{city.known['plan']}/$timetable", accept="*/*", _format="text/html")
    checked = _checked(city)
    page = center.get(f"{city.known['plan']}/$timetable", accept="*/*", _format="text/html")
    why = city.explain_meeting(actor="Practitioner/practitioner-health-center-naka", purpose=CONFERENCE)
    return [
        city.tell(
            *("8", "health-center-naka", "担うことになった計画を読む", "reads the plan it has a part in"),
            center.get(city.known["plan"]),
            rule="P13",
        ),
        city.tell(
            *(
                "8",
                "health-center-naka",
                "居所の秘匿のため、支援の名は伏せられている",
                "finds the names of services withheld",
            ),
            before,
            holds="家庭訪問" not in before.text,
        ),
        city.tell(
            *("8", _COORDINATOR, "支援の名から居所が分からないことを確かめる"),
            *("checks that no service tells the place", checked),
        ),
        city.tell(
            *("8", "health-center-naka", "世帯の一週間をページで見る", "looks at the household's week as a page", page),
            holds="家庭訪問" in page.text,
        ),
        city.tell(
            *("8", "health-center-naka", "会議の後で長男の困りごとを読もうとする"),
            *("tries the son's concern after the meeting", later.get(city.known["son-concern"])),
            expect=404,
            why=why,
        ),
    ]


def _checked(city: City) -> Answer:
    """Who wrote a text marks that it tells no place (D1)."""
    named = [{"name": "element", "valueString": f"CarePlan.activity[{at}].detail.code"} for at in range(4)]
    asked = {"resourceType": "Parameters", "parameter": named}
    return city.officer(_COORDINATOR).post(f"{city.known['plan']}/$place-check", asked)


def start(city: City) -> list[Narration]:
    """The coordinator sees that all has begun, and not before that lets go (R17)."""
    early = change.status(city, _COORDINATOR, "coordination", "completed")
    activity = city.officer(_COORDINATOR).get(city.known["plan"]).json["activity"]
    for each in activity:
        each["detail"]["status"] = "in-progress"
    activity[3]["detail"] |= {"status": "cancelled", "statusReason": {"text": "長男がまだ望まないため、訪問を続ける"}}
    started = change.record(city, _COORDINATOR, "plan", activity=activity)
    ended = change.status(city, _COORDINATOR, "coordination", "completed")
    return [
        city.tell(
            *("8", _COORDINATOR, "支援が始まる前に調整を終えようとする", "tries to end before all has started", early),
            expect=422,
            rule="R17",
        ),
        city.tell("8", _COORDINATOR, "支援が始まったことを確かめる", "sees that the support has started", started),
        city.tell("8", _COORDINATOR, "調整を終える", "ends the coordination", ended),
    ]


def end(city: City) -> list[Narration]:
    """The request of the hospital, the plan and the case come to their ends."""
    done = change.outcome("supported", valueString="退院後の住まいと介護を整え、世帯の支援を始めた")
    answered = change.status(city, _KEEPER, "handed-on", "completed", output=[done])
    told = city.officer("hospital").get(city.known["handed-on"])
    plan = change.status(city, _KEEPER, "plan", "completed")
    silent = change.status(city, _KEEPER, "case", "completed")
    ended = change.status(city, _KEEPER, "case", "completed", extension=[city.payload("case-outcome")])
    return [
        city.tell(
            "9", _KEEPER, "引き継いだ求めを、したことを書いて終える", "ends the request, saying what was done", answered
        ),
        city.tell(
            *("9", "hospital", "頼んだことの結果を見る", "sees what came of its request", told),
            holds=told.says("退院後の住まい"),
        ),
        city.tell("9", _KEEPER, "計画を終える", "ends the plan", plan),
        city.tell(
            *("9", _KEEPER, "結果を書かずに事例を終えようとする", "tries to end the case without its outcome", silent),
            expect=422,
            rule="R44",
        ),
        city.tell("9", _KEEPER, "解決したと書いて事例を終える", "ends the case as resolved", ended),
        city.tell(
            *("9", "health-center-naka", "終わった事例の困りごとを読もうとする"),
            *(
                "tries a concern of the case that ended",
                city.officer("health-center-naka").get(city.known["son-concern"]),
            ),
            expect=404,
            why=city.explain(
                city.known["son-concern"], actor="Practitioner/practitioner-health-center-naka", purpose=CARE
            ),
        ),
    ]
