"""h. The conference closes and the mother revokes: the very next request finds nothing.

docs/policy.md, "a revocation, a closing, an expiry takes effect on the next request"
"""

from __future__ import annotations

from demo.journey import conference, consent, reading
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import CARE, CONFERENCE


def close_conference(city: City) -> list[Narration]:
    narration = conference.close(city)
    member = city.officer("child-guidance", CONFERENCE)
    mother = city.known["mother"]
    why = city.explain_meeting(actor="Practitioner/practitioner-child-guidance", purpose=CONFERENCE)
    found = member.search("Condition", subject=mother)
    narration += [
        city.tell(
            "h",
            "child-guidance",
            "会議の後で母の困りごとを読もうとする",
            "tries a concern of the mother's after the meeting",
            member.get(city.known["mother-mental-health"]),
            expect=404,
            why=why,
        ),
        city.tell(
            "h",
            "child-guidance",
            "会議の後で困りごとを検索する",
            "searches concerns after the meeting",
            found,
            holds=found.total == 0,
            reason="0 件",
        ),
    ]
    return narration + reading.find_nothing(city, "h", in_care=True)


def revoke_consent(city: City) -> list[Narration]:
    narration = consent.revoke(city)
    officer = city.officer("health-center")
    mother, concern = city.known["mother"], city.known["mother-mental-health"]
    found = officer.search("Condition", subject=mother)
    return [
        *narration,
        city.tell(
            "h",
            "health-center",
            "同意の取消し後に母の困りごとを読もうとする",
            "tries the mother's concern after the revocation",
            officer.get(concern),
            expect=404,
            why=city.explain(concern, actor="Practitioner/practitioner-health-center", purpose=CARE),
        ),
        city.tell(
            "h",
            "health-center",
            "同意の取消し後に困りごとを検索する",
            "searches concerns after the revocation",
            found,
            holds=found.total == 0,
            reason="0 件",
        ),
        city.tell(
            "h",
            "health-center",
            "自分が受けた紹介の仕事は残っている",
            "still has the task it accepted",
            officer.get(city.known["task"]),
        ),
    ]
