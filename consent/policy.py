"""Two readings of one list of rules: `decide` for a record at hand, `within` for the store to look by.

docs/policy.md: allowed = at least one permit, no forbid, every narrow; nothing said = denied.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from consent import rules as policy_rules
from consent.facts import Facts
from consent.office import ADDRESSED
from consent.relations import names
from consent.relations.contributions import DIED
from consent.relations.names import SAME
from consent.rule import Action, Decision, Evidence, Rule, Text
from resources.record import problem
from resources.record.envelope import PARTIES, PERSONS
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, none_of, term
from resources.search.relation import NOWHERE, Around, Stored, World
from resources.search.specialised import for_type, names_in

_log = logging.getLogger("tsunagu.policy")

MOST_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of one action for an actor, with their reading for the store."""

    rules: tuple[Rule, ...]
    within: Predicate
    names: frozenset[str]

    def decisions(self, versions: Sequence[Version], world: World) -> list[Decision]:
        """The decision on each. Records that are alike to these rules are decided on once."""
        made: dict[Hashable, Decision] = {}
        found = []
        enveloped = all(name.startswith(".") for name in self.names)
        for version in versions:
            alike = self._alike(version, enveloped, world)
            if alike not in made:
                made[alike] = decide(self.rules, version.stored, world)
            found.append(made[alike])
        return found

    def _alike(self, version: Version, enveloped: bool, world: World) -> Hashable:
        """All that these rules ask of a record: what it has under the names they ask for, and which of the rows that
        are followed from it count for one that was written when it was."""
        terms = envelope_of(version.terms) if enveloped else version.terms
        asked = tuple([entry for entry in terms if entry[: entry.find(" ")] in self.names])
        stood = version.stored.first, version.stored.worded
        counting: list[tuple[bool, ...]] = []
        for entry in asked:
            for lead, relation in _FOLLOWED:
                if entry.startswith(lead):
                    counting += _counting(relation, entry[len(lead) :], stood, world)
        return asked, tuple(counting)


def envelope_of(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a version's terms that are its envelope: they sort before every search term."""
    return terms[: bisect_left(terms, "/")]


def _counting(relation: str, of: str, stood: tuple[str, str], world: World) -> Iterator[tuple[bool, ...]]:
    """Of each row, whether it had ended before the record `stood`, and whether it came before its words did or after;
    of members, and of a person's other names, the rows of their deaths too."""
    for row in world.rows(relation, of):
        yield row.ended > stood[0], row.since > stood[1], row.since < stood[1]
        if relation in (PERSONS.relation, SAME):
            yield from _counting(DIED, row.relation.to, stood, world)
        if relation == PERSONS.relation:
            yield from _counting(SAME, row.relation.to, stood, world)


_FOLLOWED = (
    *((f"{each.through} ", each.relation) for each in (PERSONS, PARTIES, ADDRESSED)),
    (f"{PERSONS.name} ", DIED),
    (f"{PERSONS.name} ", SAME),
)

_kept: OrderedDict[Hashable, Ruling] = OrderedDict()


def ruling(action: Action, facts: Facts) -> Ruling:
    """The rules that these facts make. They are made anew only where the facts differ: a rule is a pure function of
    them, and what concerns records and the time of the question is asked by its condition."""
    key = (action, facts.made_of)
    made = _kept.get(key)
    if made is None:
        found = tuple(rule for rule in rules(action, facts) if _may_bear(rule))
        made = Ruling(found, within(found), _asked(found))
        if not facts.lapsed:
            _kept[key] = made
            if len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return made


def _may_bear(rule: Rule) -> bool:
    """Whether a rule says anything of any record at all: a narrow where it fails, another where it holds."""
    return rule.predicate != (EVERYTHING if rule.effect == "narrow" else NOTHING)


def rules(
    action: Action,
    facts: Facts,
    permits: Iterable[ModuleType] = policy_rules.PERMITS,
    restrictions: Iterable[ModuleType] = policy_rules.RESTRICTIONS,
) -> tuple[Rule, ...]:
    """Every rule for one action. A ground that cannot be evaluated opens nothing, a restriction closes everything."""
    made: list[Rule] = []
    for module in permits:
        try:
            made.extend(module.rules(action, facts))
        except Exception:
            _log.exception("ground %s could not be evaluated", module.ID)
    for module in restrictions:
        try:
            made.extend(module.rules(action, facts))
        except Exception:
            _log.exception("restriction %s could not be evaluated", module.ID)
            made.append(Rule(module.ID, "forbid", EVERYTHING, _UNEVALUATED))
    return tuple(_of_type(rule, facts.type) for rule in made) if facts.type else tuple(made)


def _of_type(rule: Rule, type: str) -> Rule:
    return replace(rule, predicate=for_type(rule.predicate, type))


def decide(made: Iterable[Rule], record: Stored, world: World = NOWHERE) -> Decision:
    """Judge one record in its world."""
    around = Around(record, world)
    matching: dict[str, list[Rule]] = {"permit": [], "forbid": [], "narrow": [], "mask": []}
    lacking: list[Rule] = []
    for rule in made:
        holds = rule.predicate.matches(record.terms, around)
        if rule.lacks:
            lacking += [rule] if holds else []
        elif holds != (rule.effect == "narrow"):
            matching[rule.effect].append(_cited(rule, around))
    against = (*matching["forbid"], *matching["narrow"])
    allowed = bool(matching["permit"]) and not against
    determining = against or tuple(matching["permit"])
    return Decision(allowed, determining, tuple(matching["mask"]), tuple(lacking))


def _asked(made: Iterable[Rule]) -> frozenset[str]:
    """The names under which these rules ask for anything."""
    names: set[str] = set()
    for rule in made:
        names |= names_in(rule.predicate)
        for rests in rule.rests_on:
            names |= {rests.values.name, rests.values.through} | names_in(rests.where) | names_in(rests.row)
    return frozenset(names)


def _cited(rule: Rule, around: Around) -> Rule:
    """The rule with the evidence that bears on this record, and none about other people."""
    if not rule.rests_on:
        return rule
    return replace(rule, evidence=(*rule.evidence, *dict.fromkeys(_rested(rule, around))))


def _rested(rule: Rule, around: Around) -> Iterator[Evidence]:
    for rests in rule.rests_on:
        found = rests.values.of(around.record.terms, around)
        for value in sorted(names.every(around.world, found)) if rests.named else found:
            here = Around(around.record, around.world, value)
            if rests.where.matches(around.record.terms, here):
                rows = rests.row.found(around.record.terms, here)
                yield from (Evidence(row.cited, rests.what, value) for row in rows)


def within(made: Iterable[Rule]) -> Predicate:
    """The records that `decide` would allow."""
    by_effect: dict[str, list[Predicate]] = {"permit": [], "forbid": [], "narrow": [], "mask": []}
    for rule in made:
        if not rule.lacks:
            by_effect[rule.effect].append(rule.predicate)
    return all_of([any_of(by_effect["permit"]), none_of(any_of(by_effect["forbid"])), *by_effect["narrow"]])


def together(decisions: Iterable[Decision]) -> Decision:
    """What several records were shown by: each rule once, with the evidence of all of them."""
    shown = {id(decision): decision for decision in decisions}.values()  # of records alike it is the same one
    return Decision(
        True,
        _merged(rule for decision in shown for rule in decision.rules),
        _merged(rule for decision in shown for rule in decision.masks),
    )


def _merged(found: Iterable[Rule]) -> tuple[Rule, ...]:
    first: dict[str, Rule] = {}
    cited: dict[str, dict[Evidence, None]] = {}
    for rule in found:
        first.setdefault(rule.id, rule)
        cited.setdefault(rule.id, {}).update(dict.fromkeys(rule.evidence))
    return tuple(
        rule if len(cited[id]) == len(rule.evidence) else replace(rule, evidence=tuple(cited[id]))
        for id, rule in first.items()
    )


def covered(made: Iterable[Rule], type: str) -> None:
    """Raises Problem `forbidden` where the token's scopes do not reach this type: said before looking for anything."""
    for rule in short_of(made, type):
        raise _too_narrow(rule, type)


def covered_at_all(made: Sequence[Rule], types: Sequence[str]) -> None:
    """The same where they reach none of these types."""
    if not any(reaches(made, type) for type in types):
        covered(made, types[0])


def reaches(made: Iterable[Rule], type: str) -> bool:
    """Whether the token's scopes reach this type."""
    return not any(True for _ in short_of(made, type))


def covered_whole(made: Iterable[Rule], type: str) -> None:
    """As `covered`, for what is no record: a scope for some records of the type is none for it."""
    for rule in made:
        if rule.effect == "narrow" and not rule.predicate.matches((term(".type", type),)):
            raise _too_narrow(rule, type)


def short_of(made: Iterable[Rule], type: str) -> Iterator[Rule]:
    """The narrows that fail for the whole type, whatever the record."""
    return (rule for rule in made if rule.effect == "narrow" and for_type(rule.predicate, type) == NOTHING)


def _too_narrow(rule: Rule, type: str) -> Problem:
    text = f"the token's scopes do not cover this interaction on `{type}`: ask for a token that does"
    ja = f"トークンのスコープに `{type}` のこの操作が含まれません。含むトークンを求めてください"
    return Problem("forbidden", problem.of_rule(rule.id, text, ja))


_UNEVALUATED = Text("the restriction could not be evaluated", "制限を判定できなかった")
