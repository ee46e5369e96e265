"""What is lacking is recorded so that it can be counted: in which field, and what kind of gap it is.

R43 of the domain (slides 22 and 26).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue


def countable(change: Transition) -> Iterator[Issue]:
    """R43: a gap says its one field of concern, its kind, and the day it is of.

    Whose need it is may be said (`subject`): it is then about them as any record, which words about them in a record
    that is about nobody would not be.
    """
    gap = change.after or {}
    if vocabulary.RESOURCE_GAP not in coding.of(gap.get("category")):
        return
    if not coding.codes(gap.get("code"), "concern-field"):
        yield violation(
            "R43",
            "a gap is in a field of concern: give a code of `concern-field`",
            "どの分野の不足かを、困りごとの分野（concern-field）の符号で記入してください",
            "Observation.code",
        )
    if len(set(coding.codes(gap.get("code"), "concern-field"))) > 1:
        yield violation(
            "R43",
            "a gap is counted in one field of concern: write another gap for each further field",
            "不足は一つの分野に数えます。ほかの分野の不足は、別の記録にしてください",
            "Observation.code",
        )
    if not coding.codes(gap.get("valueCodeableConcept"), "gap-kind"):
        yield violation(
            "R43",
            "say what kind of gap it is: a code of `gap-kind`; what exactly is lacking stands beside it as text",
            "不足の種類（gap-kind）の符号を記入してください。何が足りないかは文で添えられます",
            "Observation.value",
        )
    if "effectiveDateTime" not in gap:
        text, ja = "say of which day it is: `effectiveDateTime`", "いつのことかを effectiveDateTime に記入してください"
        yield violation("R43", text, ja, "Observation.effective")
