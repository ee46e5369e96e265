"""The total care plan of a household, read as the sheet of its week.

okayama-2019.txt s17, domain.md §4 トータルケアプラン, https://hl7.org/fhir/R4/careplan.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from resources import clash, timing
from resources import week as sheet
from resources.record import coding, reference
from resources.record.problem import Problem
from resources.week import Clash, Contact, ForWhom, Service, Week

TITLE = "複合課題トータルケアプラン（世帯の週間予定表）"
MOST = 300
"""Services of one plan: each is worked out when the plan is written, and drawn when the week is looked at."""
WHOLE = "世帯全体"
"""Whom a service is for that names no member."""
SOMEBODY = "世帯員"
"""A member whom the reader has no name for; nothing else of the reference is shown."""
SIGNER = "代理人"
"""Who may sign for a member, where a sheet is printed for them."""
_NOBODY: Mapping[str, Contact] = {}
_ENDED = frozenset({"cancelled", "completed", "stopped", "on-hold", "entered-in-error"})


def week(
    plan: Mapping[str, Any],
    names: Mapping[str, str],
    today: date = date.min,
    contacts: Mapping[str, Contact] = _NOBODY,
) -> Week:
    """The sheet of a CarePlan that is valid FHIR R4. `names` gives what a `Patient/id` is called in the household;
    it may name the household itself, a `Group/id`, too. `contacts` are those of the performers.

    Drawn is the week of today, or the plan's first where that is to come and its last where that is over. A service
    that begins later is told among the remarks, one that has ended not at all. Activities that ended, rest or are not
    to be done are left out; so are those kept only as a reference.
    Raises Problem (`invalid`) naming the element that cannot be read.
    """
    begins, ends = _days(plan)
    services = tuple(_services(plan, names, begins, ends, contacts))
    weekly = tuple(service for service in services if service.schedule.weekly)
    other = tuple(service for service in services if not service.schedule.weekly)
    every = (*weekly, *other)
    day = max(today, begins) if ends is None else min(max(today, begins), ends)
    running = [service for service in weekly if service.schedule.runs(day)]
    known = (name for target, name in names.items() if target.startswith("Patient/"))
    members = tuple(dict.fromkeys([*known, *(service.member for service in services)]))
    return Week(
        id=plan.get("id", ""),
        title=plan.get("title", TITLE),
        made=_made(plan),
        stamp=plan.get("meta", {}).get("lastUpdated", plan.get("created", "")),
        household=_household(plan, names),
        members=members,
        weekly=weekly,
        entries=sheet.entries(weekly, members, day),
        other=_grouped([each for each in other if each.schedule.runs(day)]),
        notes=tuple({(each.label, each.member, each.note): each for each in running if each.note}.values()),
        remarks=tuple(note["text"] for note in plan.get("note", []) if note.get("text")),
        day=day,
        draft=plan.get("status") == "draft",
        coming=tuple(each for each in every if each.schedule.begins > day and not each.schedule.runs(day)),
        services=every,
        clashes=clash.within(services, day),
        contacts=tuple(dict.fromkeys(contacts[each] for each in performers(plan) if each in contacts)),
    )


def clashes(plan: Mapping[str, Any]) -> tuple[Clash, ...]:
    """The services of a plan that fall on one time for one person. Raises Problem as `week` does."""
    begins, ends = _days(plan)
    return clash.ever(tuple(_services(plan, {}, begins, ends, {})), begins)


def performers(plan: Mapping[str, Any]) -> dict[str, str]:
    """Who provides the services that are told, as references, each with what the plan calls them."""
    told = [activity.get("detail") or {} for activity in plan.get("activity", [])]
    named = [each for detail in told if _is_told(detail) for each in detail.get("performer") or ()]
    called: dict[str, str] = {}
    for each in named:
        if name := reference.one({"to": each}, "to"):
            called[name] = called.get(name) or str(each.get("display", ""))
    return called


def unsaid(plan: Mapping[str, Any]) -> list[int]:
    """The places of the activities that do not say when. Raises Problem as `week` does."""
    return [place for place, _, schedule in _scheduled(plan, *_days(plan)) if not schedule.said]


def work_out(plan: Mapping[str, Any]) -> None:
    """When each service falls, which is remembered: so it is worked out before others have to wait for it."""
    with suppress(Problem):  # it is told by who may tell it
        unsaid(plan)


def _services(
    plan: Mapping[str, Any],
    names: Mapping[str, str],
    begins: date,
    ends: date | None,
    contacts: Mapping[str, Contact],
) -> Iterator[Service]:
    for place, detail, schedule in _scheduled(plan, begins, ends):
        label = _label(detail)
        note = detail.get("description", "")
        member, subjects = _member(detail, names), frozenset(_subjects(detail))
        reached = tuple(contacts[each] for each in reference.many(detail, "performer") if each in contacts)
        yield Service(label or note, member, note if label else "", schedule, subjects, place, reached)


def _scheduled(
    plan: Mapping[str, Any], begins: date, ends: date | None
) -> Iterator[tuple[int, Mapping[str, Any], timing.Schedule]]:
    told = 0
    for place, activity in enumerate(plan.get("activity", [])):
        detail = activity.get("detail")
        if not detail or not _is_told(detail):
            continue
        told += 1
        if told > MOST:
            text, ja = f"a plan has at most {MOST} services", f"計画のサービスは{MOST}件までです"
            raise Problem.of("too-costly", text, ja, "CarePlan.activity")
        yield place, detail, timing.read(detail, begins, ends, f"CarePlan.activity[{place}].detail")


def _is_told(detail: Mapping[str, Any]) -> bool:
    # Without its required status it is what was withheld from somebody who took the rest of it away (D1).
    return detail.get("status") not in (None, *_ENDED) and not detail.get("doNotPerform")


def _label(detail: Mapping[str, Any]) -> str:
    code = detail.get("code", {})
    shown = (entry["display"] for entry in code.get("coding", []) if entry.get("display"))
    return str(code.get("text") or next(shown, ""))


def _member(detail: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Those a service is for, in the household's own order; the whole household where nobody is named.

    Whom the reader cannot look up is called what the plan itself calls them.
    """
    found = _subjects(detail)
    if not found or any(target.startswith("Group/") for target in found):
        return WHOLE
    order = list(names)
    targets = sorted(found, key=lambda target: order.index(target) if target in names else len(order))
    return "、".join(dict.fromkeys(names.get(target) or found[target] or SOMEBODY for target in targets))


def _subjects(detail: Mapping[str, Any]) -> dict[str, str]:
    """Whom a service names, each with what the plan calls them."""
    named = [entry.get("valueReference", {}) for entry in coding.extension(detail, "activity-subject")]
    return {reference.one({"to": each}, "to"): str(each.get("display", "")) for each in named}


def _household(plan: Mapping[str, Any], names: Mapping[str, str]) -> str:
    subject = plan.get("subject", {})
    return names.get(reference.one(plan, "subject"), subject.get("display", ""))


def _grouped(services: list[Service]) -> tuple[ForWhom, ...]:
    members = dict.fromkeys(service.member for service in services)
    return tuple(
        ForWhom(member, tuple(service for service in services if service.member == member)) for member in members
    )


def _days(plan: Mapping[str, Any]) -> tuple[date, date | None]:
    """The first day of the plan, or the day it was made; and its last, if it says."""
    made = plan.get("created") or plan.get("meta", {}).get("lastUpdated") or "1970-01-01"
    begins, ends = timing.bounds(plan.get("period"), "CarePlan.period")
    return begins or _day(made, "CarePlan.created"), ends


def _made(plan: Mapping[str, Any]) -> date | None:
    return _day(plan["created"], "CarePlan.created") if "created" in plan else None


def _day(written: str, at: str) -> date:
    found, _ = timing.bounds({"start": written}, at)
    assert found is not None
    return found
