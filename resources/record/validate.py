"""Whether a record is FHIR R4: its structure by a compiled checker, the rest by walking it along the tables.

https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import fhirkit

from profiles.spec import Spec
from resources.record import (
    answered,
    bindings,
    conformance,
    contained,
    element_schema,
    extensions,
    invariants,
    modifiers,
    narrative,
    period,
    primitives,
    targets,
    wording,
)
from resources.record.element_schema import Shape, Slot
from resources.record.invariants import Ruleset
from resources.record.problem import Issue

_CARRIERS = ("Bundle", "Parameters")


def validate(
    spec: Spec,
    resource: dict[str, Any],
    body: bytes,
    wanted: Sequence[str] = (),
    *,
    forms: bool = True,
    own: bool = True,
) -> list[Issue]:
    """Everything wrong with a resource, `body` being the bytes it was parsed from; nothing for a good one.

    `wanted` are profiles it shall keep beside those it must; without `forms` the answers to a form are left to whoever
    reads them, without `own` whether our code systems have a code. Errors are to be refused, warnings told. It never
    raises, whatever the object holds.
    """
    try:
        found = fhirkit.validate(body)
    except fhirkit.ParseError as fault:
        return [Issue(str(fault), "JSON として読めません", code="structure")]
    structural = wording.issues(found)
    walk = _Walk(spec, sound=not structural, forms=forms, own=own, blank=primitives.BLANK.search(body) is not None)
    if isinstance(resource.get("resourceType"), str):
        walk.resource(resource, resource["resourceType"], wanted=wanted)
    # A value the checker refuses already is not told again by the tables.
    said = {issue.at for issue in structural}
    return structural + [issue for issue in dict.fromkeys(walk.issues) if issue.at not in said]


class _Walk:
    """One walk over one body, gathering what is wrong.

    Invariants are asked of a `sound` body only: of others they would tell what is told already. Strings are looked at
    where one of them is `blank`.
    """

    def __init__(self, spec: Spec, *, sound: bool, forms: bool, own: bool, blank: bool) -> None:
        self.spec = spec
        self.shapes = element_schema.shapes(spec)
        self.rules = element_schema.rules(spec)
        self.own = element_schema.own_codes(spec) if own else {}
        self.sound = sound
        self.forms = forms
        self.checks = _CHECKS | _TEXTS if blank else _CHECKS
        self.issues: list[Issue] = []
        self.local: list[tuple[Slot, str, str]] = []
        self.ids: set[str] = set()
        self.within: dict[str, Any] = {}
        self.root: dict[str, Any] = {}
        self.at = ""

    def resource(self, node: dict[str, Any], at: str, *, inside: bool = False, wanted: Sequence[str] = ()) -> None:
        """A resource at a path; `inside` another one it shares its local references with that one."""
        before = self.within, self.root, self.local, self.at, self.ids
        self.within, self.at, self.ids = node, at, set()
        if not inside:
            self.root, self.local = node, []
        kind = node.get("resourceType")
        if isinstance(kind, str):
            id = node.get("id")
            if isinstance(id, str):
                self.tell(primitives.id(id, f"{at}.id"))
            self.children(self.shapes.get(kind, {}), node, at)
            self.judge(self.rules.get(kind), node, at)
            if kind != modifiers.WEIGHED:
                self.issues += modifiers.rules(node, at)
            if self.sound:
                self.issues += conformance.issues(self.spec, node, at, wanted)
                if kind == "QuestionnaireResponse" and self.forms:
                    self.issues += answered.issues(self.spec, node, at)
            if not inside and kind not in _CARRIERS and (self.local or "contained" in node):
                self.issues += contained.issues(node, at)
                self.issues += contained.of_wrong_type(node, self.local)
        self.within, self.root, local, self.at, self.ids = before
        if not inside:
            self.local = local

    def tell(self, issue: Issue | None) -> None:
        if issue is not None:
            self.issues.append(issue)

    def judge(self, rules: Ruleset | None, node: dict[str, Any], at: str) -> None:
        if rules is not None and self.sound and rules.unsettled(node):
            self.issues += (invariants.issue(rule, at) for rule in rules.broken(node, self.within, self.root))

    def children(self, names: Shape, node: dict[str, Any], at: str) -> None:
        for name, value in node.items():
            slot = names.get(name)
            if slot is None:
                self.beside(names, node, name, at)
                continue
            check = self.checks.get(slot.kind, _Walk.element if slot.inner else None)
            if check is None:
                continue
            if type(value) is list:
                for index, each in enumerate(value):
                    check(self, slot, each, f"{at}.{name}[{index}]")
            else:
                check(self, slot, value, f"{at}.{name}")

    def beside(self, names: Shape, node: dict[str, Any], name: str, at: str) -> None:
        """What stands beside a primitive: `_birthDate` with the id and extensions of `birthDate`."""
        value, said = node[name], node.get(name[1:])
        if name == "fhir_comments":
            self.issues.append(Issue("unknown element", "定義されていない要素です", f"{at}.{name}", code="structure"))
        elif name.startswith("_") and name[1:] in names:
            slot = Slot("Element", "", None, None, frozenset(), self.shapes["Element"])
            many, values = type(value) is list, said if type(said) is list else [said]
            for index, each in enumerate(value if many else [value]):
                valued = index < len(values) and values[index] is not None
                self.element(slot, each, f"{at}.{name}[{index}]" if many else f"{at}.{name}", valued=valued)
            if value == []:
                self.issues.append(
                    Issue("an empty array is not allowed", "空の配列は書けません", f"{at}.{name}", code="structure")
                )

    def element(self, slot: Slot, value: Any, at: str, *, valued: bool = False) -> None:
        if type(value) is dict:
            if not value or (len(value) == 1 and "id" in value and not valued):
                self.broken(at, "an element has a value or children", "空の要素は書けません")
            if type(id := value.get("id")) is str and slot.kind != "ElementDefinition":
                self.tell(primitives.again(id, f"{at}.id") if id in self.ids else None)
                self.ids.add(id)
            self.children(slot.inner, value, at)
            self.judge(slot.rules, value, at)

    def broken(self, at: str, text: str, ja: str) -> None:
        self.issues.append(Issue(text, ja, at, code="invariant"))

    def carried(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is dict:
            self.resource(value, at, inside=at.rpartition(".")[2].startswith("contained["))

    def code(self, slot: Slot, value: Any, at: str) -> None:
        self.issues += bindings.code(slot, value, at)

    def coding(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            self.issues += bindings.coding(slot, value, at)
            self.issues += bindings.own(self.own, value, at)

    def concept(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            self.issues += bindings.concept(slot, value, at)

    def day(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is str:
            self.tell(primitives.day(value, at))

    def text(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is str:
            self.tell(primitives.text(value, at))

    def uri(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is str and value:
            self.tell(primitives.uri(value, at, slot.absolute))

    def period(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict and period.is_backwards(value):
            self.broken(at, "a period starts before it ends", "期間の開始が終了より後です")

    def extension(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            self.issues += extensions.issues(value, at)
            if self.root.get("resourceType") != modifiers.WEIGHED:
                self.issues += modifiers.unknown(value, at)
            if self.sound:
                self.issues += conformance.of_extension(self.spec, value, at, self.within, self.at)

    def agreeing(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            self.tell(primitives.agreeing(slot.kind, value, at))

    def narrative(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is str and value:
            text, ja = narrative.fault(value)
            if text:
                self.broken(at, text, ja)

    def reference(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            literal = value.get("reference")
            if type(literal) is str and literal.startswith("#"):
                self.local.append((slot, literal, at))
            self.issues += targets.issues(slot, value, at)


_CHECKS: dict[str, Callable[[_Walk, Slot, Any, str], None]] = {
    "code": _Walk.code,
    "Coding": _Walk.coding,
    "CodeableConcept": _Walk.concept,
    "date": _Walk.day,
    "dateTime": _Walk.day,
    "instant": _Walk.day,
    "uri": _Walk.uri,
    "url": _Walk.uri,
    "canonical": _Walk.uri,
    "Period": _Walk.period,
    "Extension": _Walk.extension,
    "Identifier": _Walk.agreeing,
    "Attachment": _Walk.agreeing,
    "xhtml": _Walk.narrative,
    "Reference": _Walk.reference,
    "Resource": _Walk.carried,
}

_TEXTS: dict[str, Callable[[_Walk, Slot, Any, str], None]] = {"string": _Walk.text, "markdown": _Walk.text}
