"""Whether a household can be divided so: everybody in one part, since a day that can be, with nothing hanging on it.

docs/policy.md, "dividing". What the asker may not read stands in the way only of the confirmation: the lead section is
told of it, the asker is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from consent import evidence
from consent.acts import undivided
from consent.acts.transfer_task import refused
from consent.acts.undivided import Undivided
from consent.relations import names
from consent.writing.change import UnitOfWork
from resources import division
from resources.division import Division, members
from resources.record import moment, period, problem, reference
from resources.record.problem import Issue, Problem
from resources.record.version import Version

_EARLIEST = "1900-01-01"


async def checked(unit: UnitOfWork, group: Version, wanted: Division, *, told: bool) -> Undivided:
    """What there is of the household. Raises Problem where it cannot be divided so; by what the asker may not read
    only where that is `told`."""
    body = evidence.body(group)
    if division.is_over(body):
        text = "this household was divided already: divide the one in which the persons are now"
        raise refused("P3", text, "この世帯は、すでに分けられています。いまの世帯を分けてください", "Group.active")
    if wrong := [*_apart(wanted, members(body)), *_since(unit, wanted, body)]:
        raise Problem("business-rule", *wrong)
    home = await undivided.of(unit, group, wanted)
    await _nobody_twice(unit, wanted, told=told)
    for waiting in home.waiting:
        if told or (await unit.judge("read", waiting)).allowed:
            text = "a call to the coordinator waits for this household: let it be accepted, or taken back, first"
            ja = "この世帯の調整の求めが受け付けを待っています。先に受け付けるか、取り下げてください"
            raise refused("R13", text, ja, "Task.status")
    for meeting in home.called:
        if told or (await unit.judge("read", meeting)).allowed:
            text = "a conference is called on this household and its persons are not fixed yet: let it be opened or "
            text += "cancelled first, and call it for the household of a part; one that is open goes on as it is"
            ja = "この世帯の支援会議が招集されています。対象の人は開会のときに定まるので、先に開会するか取りやめ、"
            ja += "分けた後の世帯について招集してください。開会中の会議は、そのまま続きます"
            raise refused("R38", text, ja, "Encounter.status")
    if told and _is_anothers(home):
        text = "the case of this household is kept by another agency, which brought it: let it be handed over "
        text += "(`$transfer`) first, or the household to that agency"
        ja = "この世帯の事例は、別の機関が管理しています。先に事例か世帯の管理を移し（`$transfer`）、そろえてください"
        raise refused("R37", text, ja, "Task.focus")
    for team in home.teams:
        wrong = list(_roles(home, team, wanted))
        if wrong and (told or (await unit.judge("read", team)).allowed):
            raise Problem("business-rule", *wrong)
    return home


async def _nobody_twice(unit: UnitOfWork, wanted: Division, *, told: bool) -> None:
    """Raises Problem where two names of one person go to two parts; to who reads both that is shown (`link`)."""
    at = {one: place for place, part in enumerate(wanted.parts) for one in part.persons}
    for one in sorted(at):
        apart = (other for other in await names.known(unit.tx, [one]) if at.get(other, at[one]) != at[one])
        for other in sorted(apart):
            if told or (await _reads(unit, one) and await _reads(unit, other)):
                text = f"`{one}` and `{other}` were merged and are one person, who goes to one part"
                ja = f"`{one}` と `{other}` は同じ人として統合されています。同じ `part` に示してください"
                raise Problem("business-rule", _wrong(text, ja))


async def _reads(unit: UnitOfWork, name: str) -> bool:
    found = await unit.look_up(name)
    return found is not None and not found.deleted and (await unit.judge("read", found)).allowed


def _is_anothers(home: Undivided) -> bool:
    """Whether the case that is coordinated, the plan in force, or the case of the roles is another agency's."""
    brought = {reference.one(evidence.body(each), "focus") for each in home.coordinations}
    whole = [each for each in home.foreign if undivided.is_total(each) and evidence.body(each)["status"] == "active"]
    own = any(undivided.is_case(each) for each in home.plans) and not home.deciders - home.keepers
    return bool(whole) or any(each.reference in brought for each in home.foreign) or bool(home.teams and not own)


def stays(plan: Version, place: int) -> Issue:
    """A warning that an activity goes on in no part."""
    at = f"{plan.reference}#activity[{place}]"
    text = f"this support is not for the members of one part alone, and stays in the plan that ends: {at}; plan it anew"
    ja = f"一つの世帯の人だけの支援ではないので、終わる計画に残ります（{at}）。必要なら、新しい計画に書いてください"
    issue = problem.of_rule("R37", text, ja, f"CarePlan.activity[{place}]")
    return Issue(issue.text, issue.ja, issue.at, "warning", issue.code, issue.rule)


def _apart(wanted: Division, listed: tuple[str, ...]) -> Iterator[Issue]:
    """Everybody goes somewhere, nobody twice, and nobody who is not in it."""
    if not 2 <= len(wanted.parts) <= division.MOST or any(not part.persons for part in wanted.parts):
        text = f"a household is divided into 2 to {division.MOST} parts, each of somebody: `part` with its `member`s"
        yield _wrong(
            text, f"世帯は 2 から {division.MOST} に分けます。`part` ごとに、そこへ移る人（`member`）を示してください"
        )
    often = Counter(one for part in wanted.parts for one in part.persons)
    for one in (each for each in listed if each not in often):
        yield _wrong(f"say to which part this member goes: `{one}`", f"この人の移る先がありません: `{one}`")
    for one in (each for each, times in often.items() if times > 1):
        yield _wrong(f"nobody goes to two parts: `{one}`", f"同じ人が二度示されています: `{one}`")
    for one in (each for each in often if each not in listed):
        text = f"`{one}` is not a member of this household: who is to join is added by its keeper"
        yield _wrong(text, f"`{one}` はこの世帯の人ではありません。加わる人は、世帯を管理する機関が記録します")


def _since(unit: UnitOfWork, wanted: Division, group: object) -> Iterator[Issue]:
    """A day, not to come, and no earlier than anybody joined."""
    day = period.day(wanted.since)
    if day is None or wanted.since != day.isoformat() or wanted.since < _EARLIEST:
        text, ja = "say since when, as a day: `since` (YYYY-MM-DD)", "いつから分かれたかを、日で示してください: `since`"
        yield _wrong(text, ja)
        return
    if day > moment.local_day(moment.of(unit.facts.actor.now)):
        text = "the day is to come: divide the household when it is so"
        yield _wrong(text, "`since` が未来の日です。分かれてから記録してください")
    assert isinstance(group, dict)
    for each in group.get("member") or ():
        joined = period.days(each.get("period")) or (None, None)
        if joined[0] and joined[0] > day:
            name = str((each.get("entity") or {}).get("reference", ""))
            text = f"`{name}` joined this household after that day ({joined[0]}): give a later `since`"
            yield _wrong(
                text, f"`{name}` がこの世帯に加わったのはその日より後です（{joined[0]}）。後の日を示してください"
            )


def _roles(home: Undivided, team: Version, wanted: Division) -> Iterator[Issue]:
    """A role that lies in no part would end unseen. Who has it is not said: not everybody may read that here (D1)."""
    listed = evidence.body(team).get("participant") or ()
    for place in home.participants(team, wanted.parts).stays:
        if home.is_running(listed[place]):
            text = (
                "it cannot be told in which part this role goes on: name who has it as `role` of one `part` or several"
            )
            ja = "この役割がどの世帯で続くか分かりません。担う機関を、続く先の `part` の `role` に示してください"
            yield problem.of_rule("R19", text, ja, f"CareTeam.participant[{place}]")


def _wrong(text: str, ja: str) -> Issue:
    return problem.of_rule("P3", text, ja, "Parameters.parameter")
