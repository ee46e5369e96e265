"""Whether a record is FHIR R4: its structure by a compiled checker, the rest by walking it along the tables.

https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import fhirkit

from profiles.spec import Spec
from resources.record import bindings, contained, element_schema, moment, narrative, period, targets, wording
from resources.record.element_schema import Shape, Slot
from resources.record.problem import Issue

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_CARRIERS = ("Bundle", "Parameters")


def validate(spec: Spec, resource: dict[str, Any], body: bytes) -> list[Issue]:
    """Everything wrong with a resource, `body` being the bytes it was parsed from; nothing for a good one.

    Errors are to be refused, warnings told. It never raises, whatever the object holds.
    """
    try:
        found = fhirkit.validate(body)
    except fhirkit.ParseError as fault:
        return [Issue(str(fault), "JSON として読めません", code="structure")]
    walk = _Walk(element_schema.shapes(spec), element_schema.own_codes(spec))
    if isinstance(resource.get("resourceType"), str):
        walk.resource(resource, resource["resourceType"])
    # A value the checker refuses already is not told again by the tables.
    structural = wording.issues(found)
    said = {issue.at for issue in structural}
    return structural + [issue for issue in walk.issues if issue.at not in said]


class _Walk:
    """One walk over one body, gathering what is wrong."""

    def __init__(self, shapes: dict[str, Shape], own: dict[str, frozenset[str]]) -> None:
        self.shapes = shapes
        self.own = own
        self.issues: list[Issue] = []
        self.local = False

    def resource(self, node: dict[str, Any], at: str, *, inside: bool = False) -> None:
        """A resource at a path; `inside` another one it shares its local references with that one."""
        before = self.local
        if not inside:
            self.local = False
        kind = node.get("resourceType")
        if isinstance(kind, str):
            id = node.get("id")
            if isinstance(id, str) and not ID.fullmatch(id):
                self.tell(
                    f"{at}.id",
                    "value",
                    f"{wording.quoted(id)} is not an id",
                    f"{wording.quoted(id)} は id の形ではありません",
                )
            self.children(self.shapes.get(kind, {}), node, at)
            if not inside and kind not in _CARRIERS and (self.local or "contained" in node):
                self.issues += contained.issues(node, at)
        if not inside:
            self.local = before

    def tell(self, at: str, code: str, text: str, ja: str) -> None:
        self.issues.append(Issue(text, ja, at, code=code))

    def children(self, names: Shape, node: dict[str, Any], at: str) -> None:
        for name, value in node.items():
            slot = names.get(name)
            if slot is None:
                self.beside(names, name, value, at)
                continue
            check = _CHECKS.get(slot.kind, _Walk.element if slot.inner else None)
            if check is None or (slot.kind == "code" and slot.codes is None):
                continue
            if type(value) is list:
                for index, each in enumerate(value):
                    check(self, slot, each, f"{at}.{name}[{index}]")
            else:
                check(self, slot, value, f"{at}.{name}")

    def beside(self, names: Shape, name: str, value: Any, at: str) -> None:
        """What stands beside a primitive: `_birthDate` with the id and extensions of `birthDate`."""
        if name == "fhir_comments":
            self.tell(f"{at}.{name}", "structure", "unknown element", "定義されていない要素です")
        elif name.startswith("_") and name[1:] in names:
            slot = Slot("Element", "", None, None, frozenset(), self.shapes["Element"])
            for index, each in enumerate(value if type(value) is list else [value]):
                self.element(slot, each, f"{at}.{name}[{index}]" if type(value) is list else f"{at}.{name}")
            if value == []:
                self.tell(f"{at}.{name}", "structure", "an empty array is not allowed", "空の配列は書けません")

    def element(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is dict:
            if not value or (len(value) == 1 and "id" in value):
                self.tell(at, "invariant", "an element has a value or children", "空の要素は書けません")
            self.children(slot.inner, value, at)

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
        if type(value) is str and moment.read(value) is None:
            self.tell(
                at,
                "value",
                f"{wording.quoted(value)} is no date or time that there is",
                f"{wording.quoted(value)} という日付・日時はありません",
            )

    def period(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict and period.is_backwards(value):
            self.tell(at, "invariant", "a period starts before it ends", "期間の開始が終了より後です")

    def extension(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            valued = any(name.startswith(("value", "_value")) for name in value)
            if valued == ("extension" in value):
                self.tell(
                    at,
                    "invariant",
                    "an extension has either a value or extensions",
                    "拡張は値か拡張のどちらか一方を持ちます",
                )

    def narrative(self, slot: Slot, value: Any, at: str) -> None:
        if type(value) is str and value:
            text, ja = narrative.fault(value)
            if text:
                self.tell(at, "invariant", text, ja)

    def reference(self, slot: Slot, value: Any, at: str) -> None:
        self.element(slot, value, at)
        if type(value) is dict:
            literal = value.get("reference")
            self.local = self.local or (type(literal) is str and literal.startswith("#"))
            self.issues += targets.issues(slot, value, at)


_CHECKS: dict[str, Callable[[_Walk, Slot, Any, str], None]] = {
    "code": _Walk.code,
    "Coding": _Walk.coding,
    "CodeableConcept": _Walk.concept,
    "date": _Walk.day,
    "dateTime": _Walk.day,
    "instant": _Walk.day,
    "Period": _Walk.period,
    "Extension": _Walk.extension,
    "xhtml": _Walk.narrative,
    "Reference": _Walk.reference,
    "Resource": _Walk.carried,
}
