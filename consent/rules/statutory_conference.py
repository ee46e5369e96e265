"""P4 conference: the 支援会議 of the Act shares the case with its members, consent or not, under secrecy.

Act on Self-Reliance Support for Needy Persons, Art. 9(1); ordinance art. 1 to 6; R28 and D4 of the
domain; docs/policy.md, P4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.meeting import Meeting
from consent.rule import Action, Rule, Text
from consent.succession import Successions
from resources.record.envelope import LABEL, WRITTEN
from resources.search.predicate import Among, Each, Predicate, all_of, any_of, has, has_one_of, none_of, some

ID = "P4"
KEPT_BY = ".custodian"

_NO_NOTICE = none_of(has_one_of(".code", vocabulary.NOTICES))
_VERY_RESTRICTED = has_one_of(LABEL, vocabulary.PERHAPS_VERY_RESTRICTED)
_NO_MERGE = none_of(has_one_of(".code", vocabulary.MERGES))

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
        yield Rule(ID, "permit", _opened(meeting, facts.successions), _BECAUSE, meeting.evidence, meeting.basis, lacks)


def _opened(meeting: Meeting, successions: Successions) -> Predicate:
    """The meeting's own papers; and of records about nobody but the case's household, those that their keeper tabled,
    and those in an opened category that a seated agency keeps and that are not very restricted. Another household's
    record is not opened by being tabled."""
    opened = all_of([has_one_of(".type", meeting.opened & vocabulary.CASEWORK), _NO_NOTICE])
    seated = has_one_of(KEPT_BY, successions.kept_by(meeting.agencies))
    in_category = all_of([opened, seated, none_of(_VERY_RESTRICTED), some(WRITTEN)])
    laid: dict[str, set[str]] = defaultdict(set)
    for name, keeper in sorted(meeting.tabled):
        laid[keeper].add(name)
    tabled = [
        all_of([has_one_of(KEPT_BY, successions.kept_by({keeper})), has_one_of(".id", names)])
        for keeper, names in laid.items()
    ]
    about_the_case = any_of([in_category, has_one_of(".id", meeting.itself), *tabled])
    nobody_else: Predicate = Each(WRITTEN, Among(meeting.subjects))
    if meeting.names > meeting.subjects:
        by_other_names = Each(WRITTEN, Among(meeting.names))
        nobody_else = any_of([nobody_else, all_of([some(WRITTEN, Among(meeting.subjects)), by_other_names])])
    return any_of([has(".conference", meeting.reference), all_of([nobody_else, about_the_case, _NO_MERGE])])
