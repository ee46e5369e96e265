"""D1 secrecy label: where a protected person is stays hidden from everyone the label does not name.

docs/policy.md, D1. It beats every ground, conference and emergency included, and does not expire by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from consent.contributions import HIDDEN, PROTECTED
from consent.facts import Facts
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import PERSONS
from resources.search.predicate import Related, all_of, none_of, some

ID = "D1"

_BECAUSE = Text("a person the record names has secret whereabouts", "記録に関わる人の居所が秘匿されている")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Masks the elements that give a place away in every record that names a protected person.

    The rule is the same for every action: what may not be seen may not be searched for or overwritten unseen.
    """
    unnamed = none_of(Related(PROTECTED, facts.identities))
    hidden = some(PERSONS, all_of([Related(PROTECTED, frozenset({HIDDEN})), unnamed]))
    rests_on = RestsOn(PERSONS, Related(PROTECTED, frozenset({HIDDEN})), _LABEL, unnamed)
    yield Rule(ID, "mask", hidden, _BECAUSE, rests_on=(rests_on,))


def places(facts: Facts) -> dict[str, tuple[str, ...]]:
    """The words, by protected patient, that would give a place away in free text."""
    words: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for person in facts.protections:
        words[person.patient] = person.places
    return words


_LABEL = Text("the secrecy label", "秘匿の表示")
