"""One household's way through the city, from the sheet to the closing, as the seed tells it.

docs/simulate.md
"""

from __future__ import annotations

from collections.abc import Generator

from demo.year import (
    conference,
    consenting,
    cooperating,
    coordinating,
    discharge,
    emergency,
    ending,
    funding,
    intake,
    planning,
    referring,
    secrecy,
)
from demo.year.household import Household
from demo.year.referring import Course
from demo.year.town import Town


def lived(town: Town, home: Household) -> Course:
    """What happens to a household; it gives the working days until it goes on."""
    often = town.rates.often
    refers = home.happens(often["referred"])
    desk = town.desk(home.fields[-1], home.area, frozenset({home.keeper})) if refers else ""
    task = intake.begin(town, home, desk)
    if home.happens(often["protected"]) and len(home.members) > 1:
        secrecy.protect(town, home)
    if home.happens(often["emergency"]):
        yield 1
        yield from emergency.broken(town, home)
    if task:
        yield from referring.answered(town, home, task, desk)
    refused = yield from _signed(town, home)
    if home.keeper != discharge.CENTER and home.happens(often["discharge"]):
        yield from discharge.asked(town, home)
    if home.happens(often["coordinator"]):
        yield home.chance.randint(1, 5)
        yield from _coordinated(town, home, refused=refused)


def _signed(town: Town, home: Household) -> Generator[int, None, bool]:
    """Another paper, later: to whom the household was referred, or that nothing goes anywhere; some take it back."""
    often = town.rates.often
    if home.head.age(town.today) < 20 or not home.team:
        return False
    refused = home.happens(often["refused"])
    if not refused and not home.happens(often["consent"]):
        return False
    yield home.chance.randint(1, 10)
    paper = consenting.sign(town, home, home.head, home.team[0], withholds=refused)
    if not refused and home.happens(often["withdrawn"]):
        yield home.chance.randint(5, 60)
        consenting.withdraw(town, home, paper)
    return refused


def _coordinated(town: Town, home: Household, *, refused: bool) -> Course:
    """What gets stuck: a question that is answered, or a case with its meetings, its plan and its end."""
    often = town.rates.often
    if not home.happens(often["case"]):
        coordinating.inquire(town, home)
        return
    coordinating.bring(town, home)
    yield home.chance.randint(1, 3)
    coordinating.take_on(town, home)
    if town.today >= funding.BEGINS and home.happens(often["fund-emergency"]):
        yield 1
        yield from funding.asked_in_emergency(town, home)
    for kind in ("pre-meeting", "information-sharing"):
        if home.happens(often[kind]):
            yield home.chance.randint(2, 10)
            conference.talk(town, home, kind)
    if home.happens(often["case-conference"]):
        yield home.chance.randint(3, 15)
        yield from _met(town, home, refused=refused)
    coordinating.end(town, home)
    yield home.chance.randint(5, 20)
    if home.plan:
        planning.end(town, home)
    yield from ending.ended(town, home)


def _met(town: Town, home: Household, *, refused: bool) -> Course:
    """The case conference, and the advisers where it could not decide; then everybody does their part."""
    held = conference.convene(town, home, refused=refused)
    if home.happens(town.rates.often["undecided"]):
        conference.close(town, held, decided=False)
        yield home.chance.randint(5, 15)
        held = conference.convene(town, home, "adviser-conference", refused=refused)
    plan = planning.draft(town, home)
    planning.decide_roles(town, home)
    conference.close(town, held, decided=True)
    if home.happens(town.rates.often["gap"]):
        cooperating.lacking(town, home)
    if town.today >= funding.BEGINS and home.happens(town.rates.often["fund"]):
        yield 2
        yield from funding.asked(town, home)
    yield home.chance.randint(10, 40)
    planning.start(town, home, plan)
    home.plan = plan
    if home.happens(town.rates.often["assistance"]):
        yield home.chance.randint(5, 15)
        planning.cross(town, home)
