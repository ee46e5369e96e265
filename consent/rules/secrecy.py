"""D1 secrecy: where a protected person is stays hidden from everyone whom not each of their protections opens to.

docs/policy.md, D1. It beats every ground, conference and emergency included, and does not expire by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.facts import Facts
from consent.relations import names
from consent.relations.contributions import AGAINST, HIDDEN, PROTECTED
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import PERSONS
from resources.search.predicate import Related, all_of, any_of, none_of, some

ID = "D1"

_BECAUSE = Text("a person the record names has secret whereabouts", "記録に関わる人の居所が秘匿されている")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Masks every record about a person who is protected, by whichever of their names, down to its harmless elements
    and what the reader wrote; to whom a protection is against it is masked whoever the lists name.

    The rule is the same for every action: what may not be seen may not be overwritten unseen.
    """
    hidden = [Related(lock, frozenset({HIDDEN})) for lock in PROTECTED]
    unnamed = [none_of(Related(lock, facts.identities)) for lock in PROTECTED]
    against = Related(AGAINST, facts.seats)
    kept = any_of([*(all_of(both) for both in zip(hidden, unnamed, strict=True)), against])
    rests_on = (RestsOn(PERSONS, row, _LABEL, where, named=True) for row, where in zip(hidden, unnamed, strict=True))
    yield Rule(ID, "mask", some(PERSONS, names.any_of_them(kept)), _BECAUSE, rests_on=tuple(rests_on))


_LABEL = Text("the protection", "秘匿の決定")
