"""The index: every search parameter made ready once for each type, and the terms of a record.

https://hl7.org/fhir/R4/search.html#searchinputs
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from profiles import served
from profiles.spec import Spec
from resources.record import address
from resources.search import composite, content, kinds, layout, near, parameter
from resources.search.expression import Unreadable
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Composite, Parameter, Part, Writers
from resources.search.select import Branch, found

DERIVATION = 4
"""To be raised whenever a writer makes other terms of the same value: docs/maintenance.md, "generations"."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One branch to follow while indexing, and what to do with its values."""

    lead: str
    branch: Branch
    write: Writer


_Plan = tuple[dict[str, list[_Task]], list[_Task], list[Composite]]
"""What to do under each key of a resource, with the resource as a whole, and for its composites."""


class Index:
    """Made once at the start and shared; `base` is the server's own address, such as `https://host/fhir`.

    Holds no record and does not change; `stored` are the types of which there are records to be found. Raises
    Unreadable naming the parameter whose expression cannot be followed.
    """

    def __init__(self, spec: Spec, base: str = "") -> None:
        self.spec = spec
        kinds_of = served.kinds()
        self.stored = kinds_of["casework"] | kinds_of["directory"] | kinds_of["staff"]
        self.base = base.rstrip("/")
        self._place, self._normal = _place(self.base), address.normal(self.base)
        writers = kinds.writers(self.base)
        self._parameters = {type: _ready(spec, type, writers, self.base) for type in spec.types}
        self._plans = {type: _plan(parameters) for type, parameters in self._parameters.items()}

    def parameters(self, type: str) -> Mapping[str, Parameter]:
        """The parameters of a type by code. Raises KeyError for a type that is not served."""
        return self._parameters[type]

    def is_own(self, reference: str) -> bool:
        """Whether an absolute reference leads to this very server, in whatever spelling."""
        if "://" not in reference or not self.base:
            return False
        host, path = _place(reference)
        return host == self._place[0] and path.startswith(f"{self._place[1]}/")

    def relative(self, reference: str) -> str:
        """`Type/id`, with its version, or the search `Type?…`, of a reference with this server's address; empty for any
        other."""
        return address.below(self._normal, reference)

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a resource as parsed from JSON, of its `id` and `meta` too where it has them.

        Raises KeyError for a type that is not served.
        """
        type = resource["resourceType"]
        by_key, whole, composites = self._plans[type]
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
        if type in self.stored:
            content.write(self.spec, into, resource)
        if type == near.TYPE:
            near.write(into, resource)
        return into.terms


def _place(address: str) -> tuple[str, str]:
    """Host, port and path of an address, alike for every spelling of it that a client might be answered by."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", ""
    return f"{parts.hostname}:{port}", posixpath.normpath(f"/{unquote(parts.path)}").replace("//", "/").lower()


def _ready(spec: Spec, type: str, writers: Writers, base: str) -> dict[str, Parameter]:
    ready: dict[str, Parameter] = {}
    for code, definition in spec.search[type].items():
        try:
            ready[code] = parameter.ready(spec, type, definition, writers, base)
        except Unreadable as fault:
            raise Unreadable(f"{definition.url} for {type}: {fault}") from fault
    return ready


def _plan(parameters: Mapping[str, Parameter]) -> _Plan:
    by_key: dict[str, list[_Task]] = {}
    whole: list[_Task] = []
    composites: list[Composite] = []
    for code, one in parameters.items():
        if isinstance(one, Composite):
            composites.append(one)
        elif isinstance(one, Part):
            for branch, write in one.branches:
                task = _Task(f"{code} ", branch, write)
                (by_key.setdefault(branch.first, []) if branch.first else whole).append(task)
    return by_key, whole, composites


def _write(task: _Task, into: Gathered, values: list[Any]) -> None:
    if not values:
        return
    before = len(into.terms)
    for value in values:
        task.write(into, task.lead, value)
    if len(into.terms) == before:
        into.terms.add(task.lead + layout.PRESENT)
