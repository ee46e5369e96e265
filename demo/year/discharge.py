"""A hospital without an account asks on paper for help with a discharge: the center takes it down and sees to it.

R42 of the domain (slides 8 and 21)
"""

from __future__ import annotations

from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household
from demo.year.referring import Course
from demo.year.town import Town

CENTER = "Organization/community-care-center"
_HOSPITAL = "Organization/tsunagi-hospital"


def asked(town: Town, home: Household) -> Course:
    """Somebody of the household lies there, with nobody to turn to, and the fees are unpaid."""
    officer = town.offices[CENTER]
    family, given = home.head.name
    person: Json = {"resourceType": "Patient", "name": [{"family": family, "given": [given]}]}
    person |= {"gender": home.head.gender, "birthDate": home.head.born.isoformat()}
    known = town.post("registered", officer, "Patient", person).created[0]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref(known)}
    task |= {"description": "退院の相談。身寄りがなく、保険料が未納", "authoredOn": town.now}
    task |= {"requester": ref(_HOSPITAL), "owner": ref(CENTER)}
    task["extension"] = [coded.extension("carried-on-paper", valueBoolean=True)]
    noted = town.post("discharge", officer, "Task", task).created[0]
    town.change("accepted", officer, noted, status="accepted")
    yield home.chance.randint(3, 15)
    done = {"type": coded.concept("task-outcome", "supported"), "valueString": "往診医と訪問看護を決め、退院した"}
    town.change("discharged", officer, noted, status="completed", output=[done])
