"""A person whose whereabouts are secret, from the others of the household too.

D1; decision 6 of the domain
"""

from __future__ import annotations

from typing import Any

from demo.year.coded import ref
from demo.year.household import Household
from demo.year.town import Town


def protect(town: Town, home: Household) -> None:
    """The last adult of the household lives elsewhere, and nobody but its agency may know where."""
    person = next((each for each in reversed(home.members) if each.age(town.today) >= 18), home.head)
    named: list[dict[str, Any]] = [{"name": "to", "valueReference": ref(home.keeper)}]
    named += [{"name": "apart", "valueReference": ref(each.record)} for each in home.members if each is not person]
    asked = {"resourceType": "Parameters", "parameter": named}
    town.post("protected", home.officer, f"{person.record}/$protect", asked)
