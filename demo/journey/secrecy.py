"""f. The sister's address stays hidden from everyone, in the conference and in her own agency too.

docs/policy.md D1
"""

from __future__ import annotations

from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import CARE, CONFERENCE


def keep_secret(city: City) -> list[Narration]:
    sister = city.known["sister"]
    words = (city.known["sister-address"], city.known["sister-phone"])
    readers = [
        ("child-guidance", CONFERENCE, "会議の中で"),
        ("coordinator", CONFERENCE, "会議の中で"),
        ("yorisoi", CARE, "台帳を預かる機関として"),
    ]
    narration = []
    for person, purpose, where in readers:
        officer = city.officer(person, purpose)
        read = officer.get(sister)
        narration.append(
            city.tell(
                "f",
                person,
                f"{where}母の妹の記録を読む。住所は見えない",
                "reads the sister; no address",
                read,
                holds=not any(word in read.text for word in (*words, '"address"', '"telecom"')),
                reason="D1",
            )
        )
        found = officer.get("Patient", address=words[0], _id=sister.partition("/")[2])
        narration.append(
            city.tell(
                "f",
                person,
                f"{where}その住所で人を探す",
                "searches by that address",
                found,
                holds=found.total == 0,
                reason="0 件",
            )
        )
    return narration
