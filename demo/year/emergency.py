"""Now and then somebody lies at home and does not answer: the glass is broken for minutes, and reviewed the next day.

P8
"""

from __future__ import annotations

from demo.people import EMERGENCY
from demo.year import coded
from demo.year.coded import ref
from demo.year.household import Household
from demo.year.referring import Course
from demo.year.town import Town


def broken(town: Town, home: Household) -> Course:
    """The officer on call opens one person's records, the next once the lead section has reviewed that."""
    while town.glass_broken:
        yield 1
    town.glass_broken = True
    reason = {"name": "reason", "valueString": "自宅で倒れているとの通報があった"}
    named = {"name": "record", "valueReference": ref(home.head.record)}
    asked = {"resourceType": "Parameters", "parameter": [reason, named]}
    opened = town.post("emergency", "emergency", "$break-glass", asked, EMERGENCY).json
    review = next(each["valueReference"]["reference"] for each in opened["parameter"] if each["name"] == "review")
    town.read("emergency", home.head.record, EMERGENCY)
    yield 1
    found = [{"type": {"text": "審査の結果"}, "valueCodeableConcept": coded.concept("emergency-outcome", "justified")}]
    town.change("emergency-reviewed", "lead-section", review, status="completed", output=found)
    town.glass_broken = False
