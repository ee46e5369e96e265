"""What a list says is already known where the directory says it, or more than it: then it says nothing of that.

docs/directory.md, "publishing"
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from resources.listing import offices
from resources.listing.entry import Resource


def unsaid(says: Resource, before: Resource, desks: Collection[Resource], published: Collection[str]) -> Resource:
    """What an entry says beyond what stands; `desks` are those that serve once the list is taken in.

    A row of open data says of its agency what one of the desks has; a list of agencies says what the agency has itself.
    """
    known = _KNOWN.get(before["resourceType"])
    if known is None or (element := known(says, before, desks)) not in says:
        return says
    if element == "telecom" and element not in published:
        return says
    return {name: value for name, value in says.items() if name != element}


def _name(says: Resource, before: Resource, desks: Collection[Resource]) -> str:
    """Who is named, and nothing of how the name is read."""
    told, stands = says.get("name") or (), before.get("name") or ()
    return "name" if told and all(each in stands for each in told) else ""


def _post(says: Resource, before: Resource, desks: Collection[Resource]) -> str:
    """What somebody does there, and nothing of their title."""
    told = says.get("code") or ()
    stands = [{"coding": each.get("coding")} for each in before.get("code") or ()]
    return "code" if told and all(each in stands for each in told) else ""


def _numbers(says: Resource, before: Resource, desks: Collection[Resource]) -> str:
    """Numbers that a desk of the agency has of itself."""
    agency = {"reference": f"Organization/{before['id']}"}
    of_it = [each for each in desks if each.get("providedBy") == agency]
    stand = [number for each in (before, *of_it) for number in each.get("telecom") or ()]
    told = says.get("telecom") or ()
    return "telecom" if told and all(each in stand for each in told) else ""


def _hours(says: Resource, before: Resource, desks: Collection[Resource]) -> str:
    """When a place is open, where all its desks say the same of themselves."""
    place = {"reference": f"Location/{before['id']}"}
    there = [each for each in desks if place in (each.get("location") or ())]
    times = [offices.open_hours(each.get("availableTime") or ()) for each in there]
    element = "hoursOfOperation"
    told = says.get(element)
    return element if told and element not in before and times and all(each == told for each in times) else ""


_KNOWN: dict[str, Callable[[Resource, Resource, Collection[Resource]], str]] = {
    "Location": _hours,
    "Organization": _numbers,
    "Practitioner": _name,
    "PractitionerRole": _post,
}
