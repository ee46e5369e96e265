"""P8 emergency: who broke the glass reads for some minutes what is about nobody but one person and their household.

docs/policy.md, P8; it opens neither what is very restricted nor the papers of a conference, and lets nobody write.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.relations import names
from consent.relations.contributions import EMERGENCY
from consent.rule import Action, Evidence, RestsOn, Rule, Text
from resources.record.envelope import LABEL, PERSONS, UNTIED
from resources.search.predicate import Each, Related, all_of, any_of, has, has_any, has_one_of, none_of, some

ID = "P8"

BECAUSE = Text(
    "the officer broke the glass for this person in an emergency, and it is to be reviewed",
    "緊急対応の担当者が、この人のために緊急閲覧を開いた（事後に審査される）",
)
_POST = Text("the post held now", "現在の職")
REVIEW = Text("the Task for its review", "審査の依頼")
_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_MERGING = has_one_of(".code", vocabulary.MERGES)
_CLOSED = any_of(
    [has_one_of(LABEL, vocabulary.PERHAPS_VERY_RESTRICTED), has_any(".conference"), has(UNTIED, "yes"), _MERGING]
)
"""A sheet with a row of somebody unknown may be about somebody else."""

OPENED = all_of([_CASEWORK, none_of(_CLOSED)])
"""What it can open at all."""


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading, until the minutes are over, to who holds an emergency post still."""
    posts = facts.holds(vocabulary.EMERGENCY)
    if not posts or action not in ("read", "search") or facts.actor.purpose != vocabulary.BREAK_THE_GLASS:
        return
    broken = Related(EMERGENCY, frozenset({facts.actor.person}))
    about = all_of([OPENED, some(PERSONS, broken), Each(PERSONS, names.any_of_them(broken))])
    evidence = tuple(Evidence(post.version, _POST) for post in posts)
    yield Rule(ID, "permit", about, BECAUSE, evidence, rests_on=(RestsOn(PERSONS, broken, REVIEW),))
