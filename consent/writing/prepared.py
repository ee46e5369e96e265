"""A change made ready outside the one writer: parsed, validated, indexed.

docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from consent import labels, vocabulary
from consent.engine import PolicyEngine
from consent.labels import Relabelling
from consent.provision import enforceable_provision
from consent.relations import teams, told_of
from consent.writing import precondition
from consent.writing.precondition import Precondition
from resources import care_plan
from resources.record import parse, pointer, problem, reference, validate
from resources.record.pointer import Pointer
from resources.record.problem import Issue, Problem
from resources.record.reference import Look

Patch = Callable[[dict[str, Any]], dict[str, Any]]
"""Given a record as its writer sees it, says what it is to be; raises Problem where it cannot be."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write asked for. `body` is the resource's JSON as sent; `id` is the server's own for a create.

    An update by `relabelling` or by a `patch` has no body: it is of the record as it stands. On a `condition` (search
    parameters) it is of whichever record meets that, and `id` stands for it until it is found. `at` is where it was
    asked for in what was sent, such as `Bundle.entry[3]`; empty where it was all of it. Of an update that an operation
    made of the record as it stands, `said` are the elements that its caller says anew, each in the place of all of it.
    """

    method: Literal["create", "update", "delete"]
    type: str
    id: str
    body: bytes = b""
    only_if: Precondition = precondition.NONE
    relabelling: Relabelling | None = None
    condition: tuple[tuple[str, str], ...] = ()
    patch: Patch | None = None
    at: str = ""
    said: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    def named(self, found: Problem) -> Problem:
        """What is wrong with this change, by where it stands in what was sent."""
        if self.at:
            found.issues = tuple(replace(each, at=self._place(each.at)) for each in found.issues)
        return found

    def _place(self, at: str) -> str:
        if at.startswith(self.at):
            return at
        if self.body and at.startswith(self.type):
            return f"{self.at}.resource{at.removeprefix(self.type)}"
        return self.at


_INSTALLED = (
    "definitions are part of the installation: they come with the program, and nobody writes them here",
    "様式・コード・定義は導入済みのプログラムの一部で、ここでは書き換えられません。新しい版はプログラムと共に届きます",
)

MOST_TERMS = 10_000
"""So many search terms a record may have: each is written while all others who write wait."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change, with what can be known of it before its transaction.

    `sent` is for changing and writing back, `resource` the same for reading, `terms` are its search terms but for the
    time of the transaction. `named` are its literal references as (path, reference), in their order, `pointers` those
    that name no record by its id. All are empty for a delete, and for a relabelling until the record is looked at.
    `masked` says that not all of the version before was shown to its writer, `unsent` which values were put back and
    `checked` which its writer marks (Envelope).
    """

    change: Change
    sent: dict[str, Any]
    resource: Mapping[str, Any]
    terms: frozenset[str] = frozenset()
    named: tuple[tuple[str, str], ...] = ()
    pointers: tuple[Pointer, ...] = ()
    masked: bool = False
    unsent: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, engine: PolicyEngine, change: Change, sent: dict[str, Any], resource: Mapping[str, Any]) -> Prepared:
        """The change to this resource, looked through once; references with this server's own address lose that."""
        if any("://" in target and engine.index.relative(target) for _, target in reference.named(resource)):
            sent, resource = (reference.replaced(each, engine.index.relative) for each in (sent, resource))
        # Of what was sent, since there every number still has all its digits.
        exact = {**sent, "id": resource["id"]} if "id" in resource else sent
        terms = frozenset(engine.terms(timeless(exact)))
        named = tuple(sorted(reference.named(resource)))
        return cls(change, sent, resource, terms, named, tuple(pointer.pointers(engine.spec, resource)))

    def turned(self, engine: PolicyEngine, sent: dict[str, Any], resource: Mapping[str, Any]) -> Prepared:
        """The same change to this resource instead; what was put back or is marked in it stands where it stood."""
        made = Prepared.of(engine, self.change, sent, resource)
        return replace(made, masked=self.masked, unsent=self.unsent, checked=self.checked)

    @property
    def asked(self) -> str:
        """The operation that asks for it, empty for an interaction."""
        return self.change.relabelling.operation if self.change.relabelling else ""


def all_prepared(engine: PolicyEngine, changes: Sequence[Change]) -> list[Prepared]:
    """The changes made ready. Raises Problem `invalid` naming every element at fault of every one of them."""
    ready: list[Prepared] = []
    wrong: list[Issue] = []
    for change in changes:
        try:
            ready.append(prepared(engine, change))
        except Problem as found:
            if change.named(found).kind != "invalid":
                raise
            wrong += found.issues
    if wrong:
        raise Problem("invalid", *wrong)
    return ready


def prepared(engine: PolicyEngine, change: Change) -> Prepared:
    """The change made ready. Raises Problem `invalid` naming every element at fault."""
    if change.type in vocabulary.DEFINITIONS:
        raise Problem("forbidden", problem.of_rule("P9", *_INSTALLED, change.type))
    if change.method == "delete" or change.relabelling or change.patch:
        return Prepared(change, {}, {})
    parsed = orjson.loads(change.body)
    _bounded(parsed)
    found = validate.validate(engine.spec, parsed, change.body)
    errors = [issue for issue in found if issue.severity == "error"]
    if errors:
        raise Problem("invalid", *errors)
    resource = {**parsed, "id": change.id}
    ready = Prepared.of(engine, change, parse.editable(change.body), resource)
    if len(ready.terms) > MOST_TERMS:
        text, ja = f"a record is found by at most {MOST_TERMS} words", f"記録の検索語は {MOST_TERMS} 件までです"
        raise Problem.of("too-costly", text, ja, change.type)
    if change.type == "CarePlan":
        care_plan.work_out(resource)
    return ready


def _bounded(resource: Mapping[str, Any]) -> None:
    """Raises Problem where it says more than is ever looked through: before any work is done on it."""
    if more := list(enforceable_provision.too_much(resource)) if resource.get("resourceType") == "Consent" else []:
        raise Problem("too-costly", *more)
    meta = resource.get("meta")
    for element in labels.ELEMENTS:
        said = meta.get(element) if isinstance(meta, dict) else None
        if isinstance(said, list) and len(said) > labels.MOST:
            text, ja = f"a record has at most {labels.MOST} of these", f"付けられるのは{labels.MOST}件までです"
            raise Problem("invalid", Issue(text, ja, f"{resource['resourceType']}.meta.{element}"))


def with_teams(engine: PolicyEngine, ready: Prepared, look: Look, before: Mapping[str, Any] | None) -> Prepared:
    """A Consent, with the agencies written down that each team it names as a recipient means."""
    if ready.change.type != "Consent":
        return ready
    sent, resource = ready.sent, ready.resource
    for path, actor in list(teams.named(resource)):
        found = teams.meant(actor, look, before)
        sent, resource = (teams.written_down(each, path, found) for each in (sent, resource))
    return ready if resource is ready.resource else ready.turned(engine, sent, resource)


def with_labels(engine: PolicyEngine, ready: Prepared, look: Look) -> Prepared:
    """What belongs to other records, with the labels of those."""
    element = told_of.ELEMENT.get(ready.change.type)
    if element is None:
        return ready
    targets = [found for name in reference.many(ready.resource, element) if (found := look(name))]
    resource = told_of.labelled(ready.resource, targets)
    if resource is ready.resource:
        return ready
    return ready.turned(engine, dict(told_of.labelled(ready.sent, targets)), resource)


def timeless(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the server's marks of time."""
    meta = {
        key: value for key, value in (resource.get("meta") or {}).items() if key not in ("lastUpdated", "versionId")
    }
    return {**resource, "meta": meta}
