"""What a record says in codes, as the provisions of consents ask: its labels, and where else codes stand in it.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision.code; profiles/consent.json says which elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from profiles import consent
from resources.record import coding, reference
from resources.record.reference import Resource

_VIOLENCE = coding.own("concern-field", "violence").rpartition("|")

UNTOLD = "?"
"""In the place of a label of which nobody can tell what it means: one without a system, or that its system lacks."""


def labels(security: Any) -> frozenset[str]:
    """The labels of a record's security; UNTOLD besides where one of them cannot be told."""
    listed = security if isinstance(security, list) else []
    told = all(consent.told(str(each.get("system", "")), str(each.get("code", ""))) for each in listed)
    return coding.of(security) | (frozenset() if told else frozenset({UNTOLD}))


def elsewhere(resource: Resource) -> Iterator[str]:
    """The codes at the places that profiles/consent.json names for the type, and in its extensions."""
    yield from coding.of(reference.objects(resource.get("extension")))
    for path in consent.codes().get(resource["resourceType"], ()):
        nodes: list[Any] = [resource]
        if path[0] == "item":
            nodes, path = list(_answers(resource)), path[2:]
        for name in path:
            nodes = list(_parts(nodes, name))
        yield from coding.of(nodes)


def _parts(nodes: Iterable[Any], name: str) -> Iterator[Any]:
    """What nodes have of this name, and what of that has such of its own, as a section has sections."""
    for node in nodes:
        found = node.get(name, []) if isinstance(node, dict) else []
        for each in found if isinstance(found, list) else [found]:
            yield each
            yield from _parts([each], name)


def _answers(node: Any) -> Iterator[Any]:
    for item in node.get("item") or ():
        yield from _answers(item)
        for answer in item.get("answer") or ():
            yield answer
            yield from _answers(answer)


def violence(resource: Resource) -> bool:
    """Whether a code of violence and abuse stands anywhere in it."""
    system, _, code = _VIOLENCE
    return any(each.get("code") == code and each.get("system") == system for each in reference.objects(resource))
