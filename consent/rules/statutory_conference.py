"""P4 conference: the 支援会議 of the Act shares the case with its members, consent or not, under secrecy.

Act on Self-Reliance Support for Needy Persons, Art. 9(1); ordinance art. 2 to 6; docs/policy.md, P4.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.meeting import Meeting
from consent.rule import Action, Rule, Text
from resources.record.envelope import WRITTEN
from resources.search.predicate import Among, Each, Predicate, all_of, any_of, has, has_one_of, none_of, some

ID = "P4"

_NO_NOTICE = none_of(has_one_of(".code", vocabulary.NOTICES))

_BECAUSE = Text(
    "the statutory conference on this case is open and the person is seated at it under secrecy",
    "この事例の支援会議が開かれており、守秘義務を確認した構成員である",
)
_PURPOSE = Text(
    "the purpose of the token is not `support-conference`", "トークンの利用目的が支援会議（support-conference）ではない"
)


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading the case, what is tabled, and the meeting's own papers."""
    if action not in ("read", "search") or not facts.actor.person:
        return
    for meeting in facts.meetings:
        lacks = meeting.lacks
        if facts.actor.purpose != vocabulary.SUPPORT_CONFERENCE:
            lacks = (_PURPOSE, *lacks)
        yield Rule(ID, "permit", _opened(meeting), _BECAUSE, meeting.evidence, meeting.basis, lacks)


def _opened(meeting: Meeting) -> Predicate:
    """The meeting's own papers; and of records about nobody but the case's household, those tabled or in an opened
    category. Another household's record is not opened by being tabled."""
    opened = all_of([has_one_of(".type", meeting.opened & vocabulary.CASEWORK), _NO_NOTICE])
    in_category = all_of([opened, some(WRITTEN)])
    about_the_case = any_of([in_category, has_one_of(".id", meeting.itself)])
    return any_of(
        [has(".conference", meeting.reference), all_of([Each(WRITTEN, Among(meeting.subjects)), about_the_case])]
    )
