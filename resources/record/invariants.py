"""The invariants of FHIR R4 and of our profiles, asked of the elements they are about and of no others.

https://hl7.org/fhir/R4/conformance-rules.html#constraints
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profiles.spec import Invariant
from resources.record import fhirpath, in_order, presence
from resources.record.presence import Said
from resources.record.problem import Issue, Severity

ELSEWHERE = frozenset({"per-1", "ref-1", "txt-1", "txt-2"})
"""What the walk asks itself: of periods, of references into the resource, of narratives."""

_MOST_SEEN = 512
"""So many sets of names, and of values, are remembered of one kind of element."""

_LONGEST_KEPT = 2048
"""Letters of the values that one answer is remembered by."""

_BEYOND = re.compile(r"%(?!ucum)|children|descendants|\$this\b(?! in )|now\(|today\(")
"""In an expression, what leads beyond the elements it names."""


@dataclass(slots=True)
class Ruleset:
    """The rules of one kind of element: of the type or path `base`, with the JSON names each of its elements has."""

    base: str
    rules: tuple[Invariant, ...]
    choices: Mapping[str, tuple[str, ...]]
    _asked: tuple[str, ...] | None = None
    _seen: dict[tuple[bool, ...], tuple[tuple[Invariant, bool], ...]] = field(default_factory=dict)
    _held: dict[tuple[str, str], bool] = field(default_factory=dict)

    def unsettled(self, node: Mapping[str, Any]) -> tuple[tuple[Invariant, bool], ...]:
        """The rules that the names in a sound element do not keep by themselves, each with whether they break it."""
        if self._asked is None:
            self._asked = self._names()
        there = tuple(name in node for name in self._asked)
        found = self._seen.get(there)
        if found is None:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            said = ((rule, self._said(rule, node)) for rule in self.rules)
            # What is empty by names alone speaks of what is not there, and says nothing.
            found = tuple((rule, what is Said.FALSE) for rule, what in said if what in (Said.FALSE, Said.OPEN))
            self._seen[there] = found
        return found

    def broken(self, node: Mapping[str, Any], resource: Any, root: Any) -> Iterator[Invariant]:
        """The rules a sound element of a resource does not keep; `root` is the resource or what contains it."""
        for rule, is_broken in self.unsettled(node):
            if is_broken or not self._holds(rule, node, resource, root):
                yield rule

    def _names(self) -> tuple[str, ...]:
        named = {name for rule in self.rules for name in presence.names(fhirpath.tree(rule.expression))}
        return tuple(sorted({each for name in named for each in self.choices.get(name, ())}))

    def _said(self, rule: Invariant, node: Mapping[str, Any]) -> Said:
        def present(name: str) -> bool | None:
            known = self.choices.get(name)
            return None if known is None else any(each in node for each in known)

        return presence.said(fhirpath.tree(rule.expression), self.base, present)

    def _holds(self, rule: Invariant, node: Mapping[str, Any], resource: Any, root: Any) -> bool:
        native = in_order.RULES.get(rule.key)
        if native is not None:
            return native(node)
        if _BEYOND.search(rule.expression):
            return fhirpath.holds(rule.expression, self.base, node, resource, root)
        # What an expression says of an element follows from the elements it names.
        known = rule.key, repr([node.get(name) for name in self._asked or ()])
        found = self._held.get(known)
        if found is None:
            found = fhirpath.holds(rule.expression, self.base, node, resource, root)
            if len(known[1]) <= _LONGEST_KEPT:
                if len(self._held) >= _MOST_SEEN:
                    self._held.clear()
                self._held[known] = found
        return found


def issue(rule: Invariant, at: str) -> Issue:
    """What is told of a rule that is not kept at a path."""
    severity: Severity = "warning" if rule.severity == "warning" else "error"
    text = f"`{rule.key}` is not kept: `{rule.expression}`"
    return Issue(text, f"制約 `{rule.key}` を満たしていません: `{rule.expression}`", at, severity, "invariant")
