"""The telephone numbers of an agency or a desk, as the directory has them.

okayama-2019.txt s14; https://hl7.org/fhir/R4/datatypes.html#ContactPoint
"""

from __future__ import annotations

from resources.record.reference import Resource


def of(resource: Resource) -> tuple[str, ...]:
    """The numbers that are in use, each once, in order."""
    listed = resource.get("telecom")
    points = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    in_use = (each for each in points if each.get("system") == "phone" and each.get("use") != "old")
    return tuple(dict.fromkeys(str(each["value"]) for each in in_use if each.get("value")))
