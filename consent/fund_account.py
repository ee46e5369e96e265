"""What stands recorded about the fund: its balance, and what bears on one request to it.

F1, F5, F6 and F10 of the domain (slide 28). Of what is read here only sums, kinds and yes or no are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, vocabulary
from resources import conference, division, fund
from resources.record import coding, moment, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, any_of, has, has_any, has_one_of
from resources.store.port import Query, Snapshot

ACCOUNT: Predicate = all_of([has(".type", "Task"), has_one_of(".code", (fund.DEPOSIT, fund.REQUEST))])
"""Under this the server adds up what came and went."""

_TASKS = (fund.REQUEST, fund.CONSULTATION, vocabulary.COORDINATE, vocabulary.DIVIDE)

BEARING: Predicate = any_of(
    [
        all_of([has(".type", "Task"), has_one_of(".code", _TASKS)]),
        all_of([has(".type", "Encounter"), has_any(".conference")]),
        has(".type", "PractitionerRole"),
    ]
)
"""Under this the server asks what was done about a household before the fund pays."""

CASE_CONFERENCE = "case-conference"
_HELD = ("in-progress", "onleave", "finished")
_ADVISER = "adviser"
_TAKEN_BACK = ("cancelled", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Bearing:
    """What bears on a request: `received` by a coordinator, `raised` in a case conference, `consulted_on` once a
    consultation was asked for and not taken back, `consulted` with the lead section, `advised` by advisers of these
    fields; `introduced` are the services paid for before; `balance` in yen, where it is to be paid."""

    received: bool = False
    raised: bool = False
    consulted_on: bool = False
    consulted: bool = False
    advised: frozenset[str] = frozenset()
    introduced: frozenset[str] = frozenset()
    balance: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What came or went on a day, for which agency and by which Task, and what there was then."""

    day: str
    amount: int
    agency: str
    task: str
    balance: int


async def entries(view: Snapshot) -> list[Entry]:
    """The account, the first first."""
    found = [each for each in await _all(view, ACCOUNT, ACCOUNT) if fund.moves(evidence.body(each))]
    told: list[Entry] = []
    balance = 0
    for each in sorted(found, key=lambda version: (_day(evidence.body(version), version), version.since)):
        task = evidence.body(each)
        balance += fund.moves(task)
        agency = fund.read(task).payee or reference.one(task, "requester")
        told.append(Entry(_day(task, each), fund.moves(task), agency, each.reference, balance))
    return told


async def bearing(request: Mapping[str, Any], view: Snapshot) -> Bearing:
    """What stands recorded about the household of a request, and about the one that it is a part of since."""
    own, pays = f"Task/{request.get('id', '')}", request.get("status") == "completed"
    household = reference.one(request, "for")
    whole = await _whole(view, household) if household.startswith("Group/") else frozenset()
    about = has_one_of(".household", whole) if whole else None
    near = [evidence.body(each) for each in await _all(view, about, BEARING)] if about else []
    consulted = [evidence.body(each) for each in await _all(view, all_of([_CONSULTED, has(".of", own)]), BEARING)]
    posts = [await _post(view, reference.one(each, "owner")) for each in consulted if each.get("status") == "completed"]
    functions = [coding.codes(post.get("code"), "role") for post in posts]
    paid = [each for each in near if fund.is_of(each, fund.REQUEST) and each.get("status") == "completed"]
    paid = [each for each in paid if reference.one(each, "for") in whole]
    return Bearing(
        received=any(_is_received(each) for each in near),
        raised=any(_is_raised(each, whole) for each in near),
        consulted_on=any(each.get("status") not in _TAKEN_BACK for each in consulted),
        consulted=any(vocabulary.LEAD_SECTION in each for each in functions),
        advised=frozenset().union(
            *(
                coding.codes(post.get("specialty"), "adviser-field")
                for post, each in zip(posts, functions, strict=True)
                if _ADVISER in each
            )
        ),
        introduced=frozenset(fund.called(fund.read(each).service) for each in paid if f"Task/{each['id']}" != own),
        balance=sum(fund.moves(evidence.body(each)) for each in await _all(view, ACCOUNT, ACCOUNT)) if pays else 0,
    )


_DIVIDED = has(".code", vocabulary.DIVIDE)
_CONSULTED = has(".code", fund.CONSULTATION)


def _is_received(task: Mapping[str, Any]) -> bool:
    taken = task.get("status") in (*vocabulary.TAKEN_ON, "completed")
    return taken and vocabulary.COORDINATE in coding.of(task.get("code"))


async def _whole(view: Snapshot, household: str) -> frozenset[str]:
    """The household, and those that were divided before it came to be: what was done for these was done for it too."""
    reached, waiting = {household}, [household]
    while waiting:
        part = waiting.pop()
        tasks = await _all(view, all_of([_DIVIDED, has(".household", part)]), BEARING)
        bodies = [evidence.body(each) for each in tasks]
        of = {reference.one(each, "focus") for each in bodies if part in division.households(each)}
        waiting += of - reached
        reached |= of
    return frozenset(reached)


def _is_raised(meeting: Mapping[str, Any], households: frozenset[str]) -> bool:
    held = meeting.get("status") in _HELD
    return held and reference.one(meeting, "subject") in households and CASE_CONFERENCE in conference.kinds(meeting)


def _day(task: Mapping[str, Any], version: Version) -> str:
    """The local day on which it was paid, as it says or as it was recorded; a month or a year where it says no more."""
    during = task.get("executionPeriod")
    said = str(during.get("end", "")) if isinstance(during, Mapping) else ""
    found = moment.read(said) or moment.read(version.since)
    assert found is not None
    return said if moment.LEVELS[found.level] in ("year", "month") else moment.local_day(found.start).isoformat()


async def _post(view: Snapshot, name: str) -> Mapping[str, Any]:
    found = await view.get(*name.split("/"), within=BEARING) if name.startswith("PractitionerRole/") else None
    return evidence.body(found) if found else {}


async def _all(view: Snapshot, what: Predicate, within: Predicate) -> Sequence[Version]:
    return (await view.find(Query(what), within=within)).versions
