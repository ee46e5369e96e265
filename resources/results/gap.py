"""The resources that are lacking and the needs that nobody meets, as they were recorded.

okayama-2019.txt s22 and s26; R43
"""

from __future__ import annotations

from collections.abc import Sequence

from resources.record import coding
from resources.results.source import Counted, Counts, Course, Source, said
from resources.search.predicate import all_of, has

GAP = coding.own("record-category", "resource-gap")
_COUNTS = ("registered", "preliminary", "final", "amended", "corrected")


def count(courses: Sequence[Course]) -> Counts:
    """`gaps` and `gaps-of:` each field of concern, by the day they are of."""
    found: dict[str, list[Counted]] = {"gaps": []}
    for each in courses:
        fields = sorted(coding.codes(each.now.get("code"), "concern-field"))
        if each.now.get("status") in _COUNTS and fields:
            counted = Counted(said(each.now.get("effectiveDateTime"), each.days[0]))
            found["gaps"].append(counted)
            found.setdefault(f"gaps-of:{fields[0]}", []).append(counted)
    return found


SOURCE = Source(frozenset({"gaps", "gaps-of"}), all_of([has(".type", "Observation"), has(".code", GAP)]), count)
