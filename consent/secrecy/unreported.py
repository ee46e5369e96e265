"""A record as the person it is about is shown it: without what tells who reported, wrote or asked.

docs/policy.md, P7. By structure: the elements are a list (profiles/reporting.json), and so is what stands anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from profiles import reporting
from profiles.spec import SearchParameter, Spec
from resources.record import coding

_ANYWHERE = frozenset({"authorReference", "authorString", "contained", "modifierExtension", "source"})
"""Who signed a note, and what may say anything: a record contained, an extension of others, where it was taken from."""

_KNOWN = ("http://hl7.org/fhir/StructureDefinition/iso21090-EN-", f"{coding.BASE}/StructureDefinition/")
"""The extensions of which it is known that they tell nobody's name but the person's own."""


def shown(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without those elements; of a type that nobody has listed no more than its key."""
    type = resource["resourceType"]
    listed = reporting.elements().get(type)
    if listed is None:
        return {key: resource[key] for key in ("resourceType", "id") if key in resource}
    return {key: _kept(value) for key, value in resource.items() if _is_kept(key, value) and _bare(key) not in listed}


def telling(spec: Spec, type: str, names: Iterable[str]) -> list[str]:
    """Of these search parameters those that read such an element, or the whole record: a question would tell it."""
    hidden = _telling(spec, type)
    return sorted(name for name in names if name in hidden)


def _kept(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _kept(value) for key, value in node.items() if _is_kept(key, value)}
    if isinstance(node, list):
        return [_kept(each) for each in node]
    return node


def _is_kept(key: str, value: Any) -> bool:
    if _bare(key) in _ANYWHERE or (key == "text" and isinstance(value, dict)):
        return False
    if key == "extension" and isinstance(value, list):
        return all(isinstance(each, dict) and str(each.get("url")).startswith(_KNOWN) for each in value)
    return True


def _bare(key: str) -> str:
    """A primitive's extensions stand beside it (`_source`) and go with it."""
    return key.removeprefix("_")


def _telling(spec: Spec, type: str) -> frozenset[str]:
    return frozenset(code for code, each in spec.search.get(type, {}).items() if _reads(each, type))


def _reads(parameter: SearchParameter, type: str) -> bool:
    if parameter.code == "_id":
        return False
    if not parameter.expression or parameter.components or type not in reporting.elements():
        return True
    hidden = [f"{type}.{element}" for element in reporting.elements()[type]] + ["Resource.meta.source"]
    return any(re.search(rf"\b{re.escape(path)}\b", parameter.expression) for path in hidden)
