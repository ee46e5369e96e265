"""1 and 2. A hospital asks for help with a discharge; the city's center takes it on, and hands it over to who is near.

docs/domain.md R1, R5, R9, R12a, R42
"""

from __future__ import annotations

from demo.journey.city import City
from demo.journey.narration import Narration
from demo.journey_k import change


def ask(city: City) -> list[Narration]:
    """The hospital finds the desk without a token, and refers without a sheet."""
    found = city.anyone().get("HealthcareService/$route", field="medical", area="Location/area-el-36")
    desk = next(iter(found.resources), {})
    city.known["discharge-desk"] = desk.get("providedBy", {}).get("reference", "")
    sent = city.officer("hospital").post("", city.payload("discharge"))
    if sent.done:
        city.known |= dict(zip(("patient", "discharge", "discharge-task"), sent.created, strict=True))
    return [
        city.tell(
            *("1", "anyone", "退院の相談先を探す", "asks which desk is for a discharge", found),
            holds=city.known["discharge-desk"] == "Organization/community-care-center",
            reason=str(desk.get("name", "")),
        ),
        city.tell(
            *("1", "hospital", "シートも同意もなく、身寄りを頼れない人の退院支援を求める"),
            *("asks for support with a discharge, without a sheet or a consent", sent),
        ),
    ]


def hand_over(city: City) -> list[Narration]:
    """The center accepts, visits, and hands over; the hospital sees where it went."""
    refused = change.status(city, "community-care", "discharge-task", "rejected")
    accepted = change.status(city, "community-care", "discharge-task", "accepted")
    handed = city.officer("community-care").post("Task", city.payload("handing-on"))
    if handed.done:
        city.known["handed-on"] = handed.created[0]
    received = city.officer("community-support-naka").get(city.known["discharge"])
    early = _hand_back(city)
    taken = change.status(city, "community-support-naka", "handed-on", "accepted")
    return [
        city.tell("2", "community-care", "断ろうとする", "tries to refuse", refused, expect=422, rule="R5"),
        city.tell("2", "community-care", "退院支援の求めを受ける", "accepts the request", accepted),
        city.tell(
            *("2", "community-care", "住まいに近い地域包括支援センターへ引き継ぐ"),
            *("hands over to the center near where she lives", handed),
            expect=201,
        ),
        city.tell(
            *("2", "community-support-naka", "引き継がれた求めを読む", "reads the request that came with it", received),
        ),
        city.tell(
            *("2", "community-care", "相手が受ける前に、引き継ぎを終えようとする"),
            *("tries to end its part before the other has accepted", early),
            expect=422,
            rule="R12a",
        ),
        city.tell("2", "community-support-naka", "引き継ぎを受ける", "accepts", taken),
        city.tell("2", "community-care", "引き継ぎを終える", "ends its part", _hand_back(city)),
        city.tell(
            *("2", "hospital", "頼んだことの行き先を見る", "sees what became of its request"),
            city.officer("hospital").get(city.known["handed-on"]),
        ),
    ]


def _hand_back(city: City) -> change.Answer:
    handed = change.outcome("handed-on", valueReference={"reference": city.known["handed-on"]})
    return change.status(city, "community-care", "discharge-task", "completed", output=[handed])
