"""P3 consent: signed consents cover every person the record names.

docs/policy.md, P3 and section 5; R4 of the domain: without consent, sharing happens only inside the conference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from consent import provisions, vocabulary
from consent.facts import Facts
from consent.provisions import Coverage, Ground
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import Predicate, all_of, any_of, has, has_any, has_one_of, none_of, only

ID = "P3"

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_BECAUSE = Text("every person the record names has signed for this", "記録に関わる全員の同意がある")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading records all of whose subjects consented; a lapsed consent is kept as what is lacking."""
    if action not in ("read", "search") or facts.actor.purpose in vocabulary.IMPERSONAL_PURPOSES:
        return
    grounds = provisions.grounds(facts.consents, facts.identities, facts.actor.purpose, facts.actor.now)
    holding = [ground for ground in grounds if not ground.lacks]
    yield from (_lacking(ground) for ground in grounds if ground.lacks)
    if facts.explaining:
        yield from (_uncovering(ground) for ground in holding)
    if not holding:
        return
    persons = {ground.patient for ground in holding}
    yield Rule(
        ID,
        "permit",
        all_of([_CASEWORK, has_any(".subject"), only(".subject", persons), *_each(holding, grounds)]),
        _BECAUSE,
        tuple(Evidence(ground.version, _SIGNED, ground.patient) for ground in holding),
    )


def _each(holding: Iterable[Ground], grounds: Iterable[Ground]) -> Iterator[Predicate]:
    """For every person named: something of theirs grants, nothing of theirs withholds. People who signed alike share
    one condition, so it grows with the number of different forms and not of people."""
    granting: dict[str, list[Coverage]] = defaultdict(list)
    bearing: dict[str, list[Coverage]] = defaultdict(list)
    for ground in holding:
        granting[ground.patient].append(ground.coverage)
    for ground in grounds:
        bearing[ground.patient].append(ground.coverage)
    alike: dict[tuple[tuple[Coverage, ...], tuple[Coverage, ...]], set[str]] = defaultdict(set)
    for person, forms in granting.items():
        alike[tuple(dict.fromkeys(forms)), tuple(dict.fromkeys(bearing[person]))].add(person)
    for (granted, withheld), persons in alike.items():
        condition = all_of(
            [
                any_of(coverage.grants for coverage in granted),
                none_of(any_of(coverage.withholds for coverage in withheld)),
            ]
        )
        yield any_of([none_of(has_one_of(".subject", persons)), condition])


def _uncovering(ground: Ground) -> Rule:
    """Kept to explain a record of this person that their consent does not describe, or excepts."""
    covered = all_of([ground.coverage.grants, none_of(ground.coverage.withholds)])
    left_out = all_of([_CASEWORK, has(".subject", ground.patient), none_of(covered)])
    lacks = (Text("the consent leaves this record out", "同意がこの記録を対象としていない、または除いている"),)
    return Rule(ID, "permit", left_out, _BECAUSE, (Evidence(ground.version, _SIGNED),), lacks=lacks)


def _lacking(ground: Ground) -> Rule:
    about = all_of([_CASEWORK, has(".subject", ground.patient)])
    return Rule(ID, "permit", about, _BECAUSE, (Evidence(ground.version, _SIGNED),), lacks=ground.lacks)


_SIGNED = Text("the consent", "同意書")
