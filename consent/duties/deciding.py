"""What a conference opens and closes with: its kind, who attends and keeps its papers, the necessity, the decision.

R21, R22, R25, R26 and R36 of the domain (slides 9 and 13); decision 7: a refusal is shown to the convener.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from consent import come_to, vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import envelope, wording
from resources.record.problem import Issue

_CALLED = {
    vocabulary.LEAD_SECTION: ("the lead section", "主管課"),
    vocabulary.COORDINATOR: ("the coordinator", "推進員"),
}


def follows_the_case_conference(change: Transition) -> Iterator[Issue]:
    """R25: the advisers meet where the case conference could not decide; R26: and advisers are among them."""
    becomes = "adviser-conference" in conference.kinds(change.after or {}) - conference.kinds(change.before or {})
    if "adviser-conference" not in conference.kinds(change.record) or not (
        _opens(change, "planned", "in-progress") or (becomes and _goes_on(change))
    ):
        return
    around = change.duty_context
    if becomes and not around.undecided and not around.law.advisers_first:
        yield violation(
            "R25",
            "the advisers meet where a case conference on this case closed without a decision: hold that first, and "
            "close it with the outcome `undecided` (extension `conference-decision`)",
            "アドバイザー会議は、ケース検討会で方針を決定できない場合に開きます。先にケース検討会を開き、"
            "決められなかったこと（拡張 conference-decision の undecided）を記録して閉じてください",
            "Encounter.type",
        )
    seated = (around.functions(seat.member) for seat in conference.seats(change.record))
    if not any(vocabulary.ADVISER in functions for functions in seated):
        yield violation(
            "R26",
            "the advisers of the fields concerned attend the advisers' conference: invite at least one",
            "アドバイザー会議には、関係する分野の複合課題解決アドバイザーが出席します。招集してください",
            "Encounter.participant",
        )


def attended(change: Transition) -> Iterator[Issue]:
    """R21: who attends a case conference besides the agencies is asked for when it is called and when it opens; R26: of
    the advisers' conference the advisers of each field concerned."""
    if not _opens(change, "planned", "in-progress") or not conference.DECIDING & conference.kinds(change.record):
        return
    seats = [change.duty_context.functions(seat.member) for seat in conference.seats(change.record)]
    there = frozenset[str]().union(*seats)
    for function in vocabulary.ATTENDING:
        if function not in there:
            en, ja = _CALLED[function]
            missing = violation(
                "R21",
                f"{en}: nobody of them is at the table; they attend a case conference, invite them if they can",
                f"{ja}が出席していません。ケース検討会の参加者です。できるだけ招集してください",
                "Encounter.participant",
            )
            yield replace(missing, severity="warning")
    for agency, department in change.duty_context.unbacked:
        unbacked = violation(
            "R21",
            f"the department in charge of `{agency}` is not at the table: invite `{department}`, which backs it",
            f"{agency}の所管課（{department}）が出席していません。相談機関を支える所管課を、できるだけ招集してください",
            "Encounter.participant",
        )
        yield replace(unbacked, severity="warning")
    if "adviser-conference" in conference.kinds(change.record):
        yield from _advised(change)


def _advised(change: Transition) -> Iterator[Issue]:
    around = change.duty_context
    for concern in sorted(around.concerns):
        fields = around.law.advising.get(concern, frozenset())
        if fields and not fields & around.advised:
            missing = violation(
                "R26",
                f"no adviser of the field `{concern}` is at the table: invite one of {', '.join(sorted(fields))}",
                f"困りごと `{concern}` の分野のアドバイザーが出席していません。"
                f"{'、'.join(sorted(fields))} のいずれかを、できるだけ招集してください",
                "Encounter.participant",
            )
            yield replace(missing, severity="warning")


def kept_by_somebody(change: Transition) -> Iterator[Issue]:
    """R36: the secretariat is the coordinator, or whom the convener names; a meeting without one is warned of."""
    if not _opens(change, "planned", "in-progress"):
        return
    if not any(vocabulary.SECRETARIAT in seat.functions for seat in conference.seats(change.record)):
        missing = violation(
            "R36",
            "nobody has the seat of the `secretariat`, which keeps the minutes and the schedule: give it to the "
            "coordinator, or to whom you name; until then minutes and letters are the convener's alone",
            "事務局（secretariat）の席の人がいません。推進員か、所管課長の指定する人を事務局としてください。"
            "それまで、議事録と知らせを書けるのは所管課長だけです",
            "Encounter.participant",
        )
        yield replace(missing, severity="warning")


def necessary(change: Transition) -> Iterator[Issue]:
    """R4: where somebody of the household refused, the convener records why the exchange is necessary all the same."""
    if not _opens(change, "in-progress") or not change.duty_context.refusing:
        return
    if not wording.tells(conference.necessity(change.record)):
        yield violation(
            "R4",
            "somebody of this household has refused that their records are shared: record why the exchange is "
            "necessary all the same (extension `necessity`)",
            "この世帯には、情報の提供を拒んだ人がいます。"
            "それでも情報の交換が必要な理由（拡張 necessity）を記入してください",
            "Encounter.extension",
        )


def decided_in_order(change: Transition) -> Iterator[Issue]:
    """R22: what is decided is the direction, and what comes first; what is not decided is said too."""
    meeting = change.after
    if meeting is None or not envelope.is_conference(meeting) or meeting.get("status") != "finished":
        return
    if not change.turns("status") and not change.turns("extension"):
        return
    found = conference.decision(meeting)
    if not found.outcome and conference.DECIDING & conference.kinds(meeting):
        missing = violation(
            "R22",
            "say what the conference came to (extension `conference-decision`): what is undecided goes to the advisers",
            "会議の結論（拡張 conference-decision）を記入してください。"
            "決められなかったことはアドバイザー会議に諮ります",
            "Encounter.extension",
        )
        yield replace(missing, severity="warning")
    if found.outcome == "decided" and not (found.direction and found.priorities):
        yield violation(
            "R22",
            "what is decided has its `direction` and its `priority` entries, what comes first written first",
            "決定には、支援の方向性（direction）と、優先する順に並べた優先順位（priority）が必要です",
            "Encounter.extension",
        )
    if found.outcome == "decided" and conference.DECIDING & conference.kinds(meeting):
        yield from (replace(each, severity="warning") for each in _undone(change))


def _undone(change: Transition) -> Iterator[Issue]:
    """R22, R19: a meeting decides on roles and plan; what it leaves is made good by a further one alone."""
    left = change.duty_context.undone
    if come_to.ROLES in left:
        text, ja = "no roles are decided for this household", "この世帯の役割は、まだ決まっていません"
        yield _left("R19", text, ja)
    if come_to.PLAN in left:
        text, ja = "this household has no total care plan", "この世帯には、まだトータルケアプランがありません"
        yield _left("R22", text, ja)
    if come_to.PLAN_OF_ROLES in left:
        text = "the total care plan was written, or changed, after the roles were decided, so that those who carry it "
        ja = "トータルケアプランは役割の決定より後に書かれたか変えられたため、役割を担う人はその計画を読めません"
        yield _left("R22", f"{text}out do not read it (P13)", f"{ja}（P13）")


def _left(rule: str, text: str, ja: str) -> Issue:
    return violation(
        rule,
        f"{text}: convene a further conference on this case, in which the lead section decides the roles "
        "(`$decide-roles`) once the plan is there",
        f"{ja}。この事例の支援会議をもう一度招集し、計画ができてから、"
        "主管課がその会議で役割を決めて（`$decide-roles`）ください",
        "Encounter.extension",
    )


def _goes_on(change: Transition) -> bool:
    meeting = change.after
    return envelope.is_conference(meeting) and (meeting or {}).get("status") in ("planned", "arrived", "in-progress")


def _opens(change: Transition, *statuses: str) -> bool:
    """Whether a conference is brought to one of these statuses by this write."""
    meeting = change.after
    return (
        meeting is not None
        and envelope.is_conference(meeting)
        and meeting.get("status") in statuses
        and change.turns("status")
    )
