"""D3 conference material: closed to everyone who is not on that meeting's roster, and to whose seat is over.

Ordinance art. 4(2) and 6(1): R30, R33; docs/policy.md, D3.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.relations.contributions import LEADS
from consent.rule import Action, Rule, Text
from resources.search.predicate import HasOther, Related, all_of, has_one_of, none_of, some
from resources.search.relation import Values

ID = "D3"

_BECAUSE = Text("conference material is closed outside its roster", "支援会議の資料は非公開である")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Forbids the papers of every conference but those that the actor is listed for, convened, or leads as secretariat,
    which completes the minutes after the closing (art. 7). Who is invited to a meeting to come reads the invitation.

    A new paper refers to its conference, and nobody can refer to what they cannot see; who convenes is a duty (art. 4).
    """
    if action == "create" or facts.holds(vocabulary.LEAD_SECTION):
        return
    listed = frozenset(meeting.reference for meeting in facts.meetings if meeting.listed)
    led = some(Values(".conference"), Related(LEADS, facts.seats))
    closed = [HasOther(".conference", listed), none_of(led)]
    convening = [post.agency for post in facts.holds(vocabulary.CONVENER)]
    yield Rule(ID, "forbid", all_of([*closed, none_of(has_one_of(".custodian", convening))]), _BECAUSE)
