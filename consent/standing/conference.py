"""The persons of a 支援会議 are fixed by the server when it opens: who joins the household later is none of them.

R27 and R38 of the domain; docs/policy.md, P4 and "standing". A meeting that rests on consent fixes nobody: it opens
nothing, leaves no mark (P6), and the roles decided in it are read by consent alone (P13).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources import conference
from resources.record import envelope, period, problem, reference
from resources.record.problem import Issue

_OPEN = "in-progress"


def refused(filing: Filing) -> Iterator[Issue]:
    """An open meeting is about the case on which it was opened, and on that day alone."""
    was, _ = filing.status()
    if was != _OPEN or not envelope.is_conference(filing.before):
        return
    before, after = filing.before or {}, filing.after
    moved = reference.one(before, "subject") != reference.one(after, "subject")
    if moved or conference.agenda(before) != conference.agenda(after):
        text = "an open conference stays with the case on which it was opened: convene another one"
        ja = "開会した支援会議の事例と世帯は変更できません。別の会議を招集してください"
        yield problem.of_rule("R38", text, ja, "Encounter.subject")
    if any(kind(before) != kind(after) for kind in (conference.kinds, conference.legal_basis)):
        text = "an open conference stays of the kind and on the basis on which it was opened: convene another one"
        ja = "開会した会議の種別と法的根拠は変更できません。別の会議を招集してください"
        yield problem.of_rule("R27", text, ja, "Encounter.type")
    opened = conference.day(before) if period.span(before.get("period")) else None
    if opened and opened != conference.day(after):  # a day that cannot be told is put right
        text = "an open conference ends with the day on which it was opened: close it, and convene another for that day"
        ja = "開会した支援会議は、その日のうちに終わります。閉会し、別の日の会議は別に招集してください"
        yield problem.of_rule("P4", text, ja, "Encounter.period")


def judged(filing: Filing) -> Verdict:
    """It counts if the convener wrote it; opening it fixes the household and its members as they then are, and the
    convener adds, with a reason, who is in the household now."""
    if not envelope.is_conference(filing.after):
        return NONE
    was, becomes = filing.status()
    counts = vocabulary.CONVENER in filing.held
    household = reference.one(filing.after, "subject")
    there = filing.members.get(household, frozenset()) | ({household} & filing.members.keys())
    fixed = filing.had.fixed
    if not conference.is_statutory(filing.after):
        fixed = frozenset()
    elif counts and becomes == _OPEN and was != _OPEN:
        fixed = there
    elif (
        counts
        and becomes == was == _OPEN
        and household in fixed
        and conference.adds_persons(filing.before or {}, filing.after)
    ):
        fixed |= there
    return Verdict(counts, fixed=frozenset(fixed))


KIND = Kind(refused, judged)
