"""Decisions inside one transaction, each with the facts that bear on it: they are gathered as versions are met.

docs/policy.md, "how it is proven"; docs/decisions/0005-one-reading.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from consent import gathering, policy, refusal, vocabulary
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.relations import hidden_place
from consent.rule import Action, Decision, Rule
from resources.record.version import Version
from resources.search.relation import values
from resources.store.port import Transaction


@dataclass(slots=True)
class Judging:
    """What one actor may do and see there; `known` are the envelopes of those about which facts were gathered."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts
    rules: dict[Action, tuple[Rule, ...]] = field(default_factory=dict)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    conferring: bool = False

    async def judge(self, action: Action, version: Version) -> Decision:
        """The decision on a version, with the facts that bear on it."""
        await self.know([version])
        return policy.decide(self.rules_of(action), version.stored, self.facts.world)

    async def sees(self, version: Version) -> bool:
        """Whether the actor reads a version, however little the token reaches: who asks for less escapes no duty."""
        await self.know([version])
        made = [rule for rule in self.rules_of("read") if rule.effect != "narrow"]
        return policy.decide(made, version.stored, self.facts.world).allowed

    async def masked(self, version: Version) -> Decision:
        """What is withheld of a version from its writer: only that, since a writer knows what was written."""
        await self.know([version])
        masks, world = [rule for rule in self.rules_of("read") if rule.effect == "mask"], self.facts.world
        return policy.decide(masks, version.stored, world)

    async def is_secret(self, version: Version) -> bool:
        """Whether a version is about somebody whose place is protected."""
        await self.know([version])
        return hidden_place.tells(version.stored, self.facts.world)

    async def permitted(self, action: Action, version: Version) -> Decision:
        decision = await self.judge(action, version)
        if not decision.allowed:
            raise refusal.forbidden(action, version, decision, self.facts)
        return decision

    def rules_of(self, action: Action) -> tuple[Rule, ...]:
        if action not in self.rules:
            self.rules[action] = policy.ruling(action, self.facts).rules
        return self.rules[action]

    async def know(self, versions: Sequence[Version]) -> None:
        """Gather what bears on these, where it was not."""
        asked = {each.reference: policy.envelope_of(each.terms) for each in versions}
        at_hand = [each for each in versions if self.known.get(each.reference) != asked[each.reference]]
        if not at_hand:
            return
        known, had = self.facts, self.facts.heard
        material = any(values(version.terms, ".conference") for version in at_hand)
        if not self.conferring and (material or known.actor.purpose == vocabulary.SUPPORT_CONFERENCE):
            self.conferring, self.rules = True, {}
            known = await gathering.meetings(self.tx, known, self.engine.ordinance)
        self.facts = await gathering.about(self.tx, known, at_hand)
        self.known.update(asked)
        if self.facts.heard > had:
            self.rules = {}
