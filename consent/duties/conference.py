"""How a 支援会議 comes about and ends: convened by the convener, on a legal basis, opened once and closed for good.

Ordinance art. 1, art. 2 and art. 4; R27 and R41 of the domain: no consent and no request is asked for. Of the kinds of
its decision 17 one is no conference of this class: what prepares a meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import envelope, reference
from resources.record.problem import Issue

_COURSE = {
    None: {"planned"},
    "planned": {"planned", "arrived", "in-progress", "cancelled"},
    "arrived": {"arrived", "in-progress", "cancelled"},
    "in-progress": {"in-progress", "finished"},
}
_PREPARING = "pre-meeting"
_OVER = ("finished", "cancelled", "entered-in-error")


def convened(change: Transition) -> Iterator[Issue]:
    """Art. 4: the convener alone convenes, opens and closes; the meeting says under which article (R27)."""
    if not _concerns_conference(change):
        return
    if vocabulary.CONVENER not in change.held:
        yield violation(
            "art. 4",
            "the section chief in charge of the conference selects the members and convenes: ask them to, or bring "
            "the case to the coordinator (`coordinate`), who prepares the meeting",
            "支援会議は所管課長が構成員を選定して招集します（第4条）。所管課長に頼むか、会議を準備する推進員に"
            "調整を求めて（coordinate）ください",
            "Encounter",
            "forbidden",
        )
    elif not conference.legal_basis(change.record) or not conference.kinds(change.record):
        yield violation(
            "R27",
            "a conference states its kind and its legal basis (extension `legal-basis`)",
            "支援会議には種別と法的根拠（拡張 legal-basis）が必要です。記入してください",
            "Encounter.type",
        )
    elif _is_named(change) and len(conference.kinds(change.record)) > 1:
        yield violation(
            "R27",
            "a conference is of one kind: what rests on consent is another than the one under the Act; convene each",
            "会議の種別は一つだけです。同意に基づく会議と、法に基づく支援会議とは別のものです。別々に招集してください",
            "Encounter.type",
        )
    elif _is_named(change) and _PREPARING in conference.kinds(change.record):
        yield violation(
            "R27",
            "what prepares a meeting is no 支援会議 and opens nothing: the coordinator records it as a meeting "
            "(`class` with `encounter-class` `meeting`), without seats and letters",
            "事前打ち合わせは支援会議ではなく、何も開きません。推進員が、支援会議でない会議"
            "（class を encounter-class の meeting）として記録してください",
            "Encounter.class",
        )
    elif not conference.agenda(change.record):
        yield violation(
            "P4",
            "a conference names the case on its agenda (extension `agenda`)",
            "支援会議には議題の事例（拡張 agenda）が必要です",
            "Encounter.extension",
        )
    elif _goes_on(change.after) and not conference.is_on_one_day(change.record):
        yield violation(
            "P4",
            "a conference is held on one day, with which its window ends: convene a further one for a further day",
            "支援会議には、一日のうちに始まり終わる期間（period）が必要です。別の日の会議は別に招集してください",
            "Encounter.period",
        )
    elif _is_set(change) and _households(change) != {reference.one(change.record, "subject")}:
        yield violation(
            "R38",
            "the case on the agenda is of another household than the meeting: convene one meeting a household",
            "議題の事例の世帯と会議の世帯が異なります。世帯ごとに招集してください",
            "Encounter.subject",
        )


def course(change: Transition) -> Iterator[Issue]:
    """A meeting is planned, opened and finished; what is over is not opened again."""
    if not _concerns_conference(change):
        return
    was, becomes = (change.before or {}).get("status"), change.record.get("status")
    if becomes not in _COURSE.get(was, {was}):
        yield violation(
            "art. 4",
            f"a conference does not go from `{was or 'nothing'}` to `{becomes}`: convene a new one",
            f"支援会議を `{was or '未招集'}` から `{becomes}` にはできません。新たに招集してください",
            "Encounter.status",
        )
    if envelope.is_conference(change.before) != envelope.is_conference(change.after) and change.before:
        text = "a conference stays a conference: call it off (`cancelled`), and record the other as a new Encounter"
        ja = "支援会議の区分は変更できません。取りやめて（cancelled）、新しい Encounter として記録してください"
        yield violation("art. 4", text, ja, "Encounter.class")


def _goes_on(meeting: Mapping[str, Any] | None) -> bool:
    return meeting is not None and meeting.get("status") not in _OVER


def _is_named(change: Transition) -> bool:
    """Whether this write says of what kind it is: what an older store says is none the less opened and closed."""
    return conference.kinds(change.before or {}) != conference.kinds(change.record)


def _is_set(change: Transition) -> bool:
    """Whether this write settles what the meeting is about: what becomes of the case later does not keep it open."""
    opens = change.turns("status") and change.record.get("status") in ("planned", "in-progress")
    agenda = conference.agenda(change.before or {}) != conference.agenda(change.record)
    return opens or agenda or change.turns("subject")


def _households(change: Transition) -> set[str]:
    """Whose cases are on the agenda: the roster is checked for the household whose records the meeting opens."""
    cases = (change.look(case) for case in conference.agenda(change.record))
    return {reference.one(case, "subject") if case else "" for case in cases}


def _concerns_conference(change: Transition) -> bool:
    return envelope.is_conference(change.before) or envelope.is_conference(change.after)
