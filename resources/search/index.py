"""The index: every search parameter made ready once for each type, and the terms of a record.

https://hl7.org/fhir/R4/search.html#searchinputs
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profiles.spec import Spec
from resources.search import composite, kinds, layout, parameter
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Composite, Parameter, Part
from resources.search.select import Branch, found


@dataclass(frozen=True, slots=True)
class _Task:
    """One branch to follow while indexing, and what to do with its values."""

    lead: str
    branch: Branch
    write: Writer


class Index:
    """Made once at the start and shared; `base` is the server's own address, such as `https://host/fhir`.

    A type's parameters are made ready when first used. Holds no record.
    """

    def __init__(self, spec: Spec, base: str = "") -> None:
        self.spec = spec
        self.base = base.rstrip("/")
        self._writers = kinds.writers(self.base)
        self._parameters: dict[str, Mapping[str, Parameter]] = {}
        self._plans: dict[str, tuple[dict[str, list[_Task]], list[_Task], list[Composite]]] = {}

    def parameters(self, type: str) -> Mapping[str, Parameter]:
        """The parameters of a type by code. Raises KeyError for a type that is not served, Unreadable."""
        ready = self._parameters.get(type)
        if ready is None:
            ready = {
                code: parameter.ready(self.spec, type, definition, self._writers, self.base)
                for code, definition in self.spec.search[type].items()
            }
            self._parameters[type] = ready
        return ready

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a resource as parsed from JSON; with `_id` and `meta` where it has them."""
        type = resource["resourceType"]
        by_key, whole, composites = self._plans.get(type) or self._plan(type)
        into = Gathered()
        for key in resource:
            tasks = by_key.get(key)
            if tasks is not None:
                values = found(resource, key)
                for task in tasks:
                    _write(task, into, task.branch.follow(values))
        for task in whole:
            _write(task, into, task.branch.select(resource))
        for one in composites:
            composite.write(one, into, resource)
        return into.terms

    def _plan(self, type: str) -> tuple[dict[str, list[_Task]], list[_Task], list[Composite]]:
        by_key: dict[str, list[_Task]] = {}
        whole: list[_Task] = []
        composites: list[Composite] = []
        for code, one in self.parameters(type).items():
            if isinstance(one, Composite):
                composites.append(one)
            elif isinstance(one, Part):
                for branch, write in one.branches:
                    task = _Task(f"{code} ", branch, write)
                    (by_key.setdefault(branch.first, []) if branch.first else whole).append(task)
        self._plans[type] = by_key, whole, composites
        return self._plans[type]


def _write(task: _Task, into: Gathered, values: list[Any]) -> None:
    if not values:
        return
    before = len(into.terms)
    for value in values:
        task.write(into, task.lead, value)
    if len(into.terms) == before:
        into.terms.add(task.lead + layout.PRESENT)
