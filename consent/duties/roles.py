"""The lead section decides the roles finally, when the case is before a conference.

R11 and R19 of the domain (slides 10, 15, 24 and 29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing import roles
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue


def decided_by_lead_section(change: Transition) -> Iterator[Issue]:
    """R19: a case's team is written by the lead section, and P6: while a conference has the case before it."""
    teams = [team for team in (change.before, change.after) if team]
    if not any(vocabulary.CASE_TEAM in coding.of(team.get("category")) for team in teams):
        return
    if vocabulary.LEAD_SECTION not in change.held:
        text = "the lead section decides the roles finally: propose them in the conference on this case"
        ja = "役割分担は主管課が最終的に決定します。この事例の支援会議で提案してください"
        yield violation("R19", text, ja, "CareTeam", "forbidden")
    elif not change.duty_context.before_conference:
        text = "the case is not before a conference: convene one on it, and decide the roles in it"
        ja = "この事例は支援会議に付議されていません。支援会議を招集し、その会議で役割を決めてください"
        yield violation("R19", text, ja, "CareTeam.subject")
    elif not change.duty_context.conference_open and any(map(change.turns, (*roles.STANDS, "status"))):
        text = (
            "the conference on this case is called and has not opened: roles that are decided before would bind and "
            "reach nobody, so decide them once it is open"
        )
        ja = (
            "この事例の支援会議は、招集されていますがまだ開会していません。開会前に決めた役割はだれにも届かないため、"
            "会議が開いてから決めてください"
        )
        yield violation("R19", text, ja, "CareTeam.subject")
    elif change.record.get("status") == "active" and change.turns("status") and change.duty_context.others:
        text = "the roles of this household are decided already: `$decide-roles` takes their place, or amend that team"
        ja = "この世帯の役割は既に決まっています。`$decide-roles` で決め直すか、その支援チームを書き直してください"
        yield violation("R19", text, ja, "CareTeam.status")


def sender_stays(change: Transition) -> Iterator[Issue]:
    """R11: who brought the case acts with the others until it is closed, and does not throw it over."""
    team = change.after or {}
    if vocabulary.CASE_TEAM not in coding.of(team.get("category")) or team.get("status") != "active":
        return
    was, now = ({*_members(change, each)} for each in (change.before or {}, team))
    decides = change.before is None or change.before.get("status") != "active"
    if change.duty_context.keepers - now if decides else change.duty_context.keepers & was - now:
        # It is not named: who keeps the case of a protected person is not for everybody to read here (D1).
        yield violation(
            "R11",
            "the agency that brought the case stays on its team until the case is closed: name it with its part, or "
            "decide by `$decide-roles`, which puts it there",
            "事例を持ち込んだ機関は、事例が終わるまで支援チームに残ります（丸投げしない）。役割とともに記入するか、"
            "$decide-roles で決めると自動で入ります",
            "CareTeam.participant",
        )


def _members(change: Transition, team: Mapping[str, Any]) -> Iterator[str]:
    for each in team.get("participant") or ():
        member = reference.one(each, "member")
        yield member
        yield from change.duty_context.agencies(member)
