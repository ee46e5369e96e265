"""b. The mother signs anew, since what she signed on the sheet has run out; her sister does not sign.

docs/policy.md P3
"""

from __future__ import annotations

import copy

from demo.journey.city import City
from demo.journey.narration import Narration


def sign(city: City) -> list[Narration]:
    """Two agencies, one purpose, a year, and one exception."""
    written = city.officer("yorisoi").post("Consent", city.payload("consent-mother"))
    if written.done:
        city.known["consent"] = written.created[0]
    return [
        city.tell(
            "b",
            "yorisoi",
            "母の同意書（保健センターと地域ケア総合推進センターへ）を登録する",
            "files the mother's consent for two agencies",
            written,
            expect=201,
        ),
    ]


def revoke(city: City) -> list[Narration]:
    """The consent becomes inactive; the next request of the health center meets that."""
    yorisoi = city.officer("yorisoi")
    signed = yorisoi.get(city.known["consent"])
    revoked = copy.deepcopy(signed.json) if signed.done else {}
    revoked["status"] = "inactive"
    written = yorisoi.put(revoked)
    return [city.tell("h", "yorisoi", "母が同意を取り消す", "files the mother's revocation", written)]
