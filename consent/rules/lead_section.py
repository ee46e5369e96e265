"""P6 lead section: it sees conference material, which cases are coming and what is put before it to decide.

docs/policy.md, P6; ordinance art. 4; R19 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.relations.contributions import COORDINATED, EVERY, LEADS
from consent.relations.put_before import PUT_BEFORE
from consent.rule import Action, Evidence, RestsOn, Rule, Text
from resources.record.envelope import LABEL
from resources.search.predicate import Each, Related, all_of, any_of, has, has_any, has_one_of, none_of, some
from resources.search.relation import Values

ID = "P6"

_HOUSEHOLD, _ITSELF, _MEETING = Values(".household"), Values(".id"), Values(".conference")

_TASK = Text("the coordination task", "調整の依頼")
_MEETING_ITSELF = Text("the conference and its roster", "支援会議と出席者")

_REVIEWS = all_of([has(".type", "Task"), has(".code", vocabulary.EMERGENCY_REVIEW)])
_REVIEWED = Text("the lead section reviews emergency accesses", "主管課は緊急閲覧を審査する")

_AS_SUCH = all_of(
    [has(".type", "Task"), has_one_of(".code", (vocabulary.EMERGENCY_REVIEW, vocabulary.RESTRICTION_REVIEW))]
)
_ITS_POST = Text(
    "a review is for the lead section's post, and not for its agency",
    "審査や確認の依頼は主管課の職にある人あてで、その機関あてではない",
)

_MATERIAL = Text("the lead section sees the conference's own papers", "主管課は支援会議の資料を見る")
_COMING = Text(
    "those who convene and decide see which case is under coordination",
    "招集し決定する者は、調整中の事例がどれかを見る",
)

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_PUT = Text("the lead section is to decide on it, or on what it belongs to", "主管課が判断を求められている")
_PUTTING = Text("the Task that puts it before the lead section", "主管課に諮る Task")
_WHOLE = frozenset({""})

_VERY_RESTRICTED = has_one_of(LABEL, vocabulary.PERHAPS_VERY_RESTRICTED)
_LED = Text("the actor convened that meeting or is its secretariat", "この会議を招集した、またはその事務局である")
_OPENED = any_of(
    [
        has(".type", "Group"),
        all_of([has(".type", "CarePlan"), has_one_of(".code", (vocabulary.CASE, vocabulary.TOTAL_CARE_PLAN))]),
        all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM)]),
    ]
)
"""Whose case it is, and what was decided of it: of the household that is marked and of no other."""


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits the lead section to read what belongs to a conference or is put before it, and to review emergencies; it
    and the convener to see whose case it is and what was decided: the case, the household with its cards, the plan and
    the roles, and none of their records; convener and secretariat to read the papers of their meeting, its closing
    included, and the secretariat to complete its minutes (art. 7, R36). Forbids the reviews that the server asks of the
    lead section to everybody else who works for an agency; who set a restriction keeps what is asked about it."""
    if facts.identities and action != "create" and not facts.holds(vocabulary.LEAD_SECTION):
        yield Rule(ID, "forbid", all_of([_AS_SUCH, none_of(has_one_of(".author", facts.identities))]), _ITS_POST)
    if action not in ("read", "search", "update") or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    leading = facts.holds(vocabulary.LEAD_SECTION)
    evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in leading)
    if leading:
        yield Rule(ID, "permit", _REVIEWS, _REVIEWED, evidence)
    if action == "update":
        minuting = Related(LEADS, facts.seats, frozenset({vocabulary.SECRETARIAT}))
        minutes = all_of([has(".type", "Composition"), some(_MEETING, minuting)])
        yield Rule(ID, "permit", minutes, _LED, rests_on=(RestsOn(_MEETING, minuting, _MEETING_ITSELF),))
        return
    led = Related(LEADS, facts.seats)
    yield Rule(ID, "permit", some(_MEETING, led), _LED, rests_on=(RestsOn(_MEETING, led, _MEETING_ITSELF),))
    if leading:
        yield Rule(ID, "permit", has_any(".conference"), _MATERIAL, evidence)
        yield from _put_before(facts)
    if leading or facts.holds(vocabulary.CONVENER):
        under = Related(COORDINATED, frozenset({EVERY}))
        about = all_of([some(_HOUSEHOLD, under), Each(_HOUSEHOLD, under), _OPENED, none_of(_VERY_RESTRICTED)])
        yield Rule(ID, "permit", about, _COMING, rests_on=(RestsOn(_HOUSEHOLD, under, _TASK),))
        if facts.carded:
            card = all_of([has(".type", "Patient"), some(_ITSELF, under)])
            yield Rule(ID, "permit", card, _COMING, rests_on=(RestsOn(_ITSELF, under, _TASK),), card=True)


def _put_before(facts: Facts) -> Iterator[Rule]:
    """Permits reading, until it has decided, the records that were put before it, and the cards."""
    put, whole = Related(PUT_BEFORE, facts.identities), Related(PUT_BEFORE, facts.identities, _WHOLE)
    records = all_of([_CASEWORK, some(_ITSELF, whole), none_of(_VERY_RESTRICTED)])
    yield Rule(ID, "permit", records, _PUT, rests_on=(RestsOn(_ITSELF, whole, _PUTTING),))
    if facts.carded:
        card = all_of([has(".type", "Patient"), some(_ITSELF, put), none_of(_VERY_RESTRICTED)])
        yield Rule(ID, "permit", card, _PUT, rests_on=(RestsOn(_ITSELF, put, _PUTTING),), card=True)
