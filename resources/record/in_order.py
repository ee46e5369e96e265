"""Invariants that compare dates, quantities, or very many elements: what FHIRPath would leave empty or be slow at.

https://hl7.org/fhir/R4/datatypes.html#Range; https://hl7.org/fhir/R4/task.html#invs
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from resources.record import period


def _range(node: Mapping[str, Any]) -> bool:
    """Whether the low is no more than the high, where they are of one unit and both have a value."""
    low, high = node.get("low"), node.get("high")
    if not (isinstance(low, dict) and isinstance(high, dict)) or _unit(low) != _unit(high):
        return True
    values = low.get("value"), high.get("value")
    if any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in values):
        return True
    return Decimal(str(values[0])) <= Decimal(str(values[1]))


def _unit(quantity: Mapping[str, Any]) -> tuple[Any, Any]:
    return (quantity.get("system"), quantity["code"]) if "code" in quantity else (None, quantity.get("unit"))


def _modified(node: Mapping[str, Any]) -> bool:
    """Whether a Task is not surely changed before it was written; partial dates are whole days."""
    return not period.is_backwards({"start": node.get("authoredOn"), "end": node.get("lastModified")})


def _links(node: Mapping[str, Any]) -> bool:
    return _once(each["linkId"] for each in _below(node, "item") if "linkId" in each)


def _concepts(node: Mapping[str, Any]) -> bool:
    return _once(each["code"] for each in _below(node, "concept") if "code" in each)


def _below(node: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        inner = [one for one in each.get(name) or () if isinstance(one, dict)]
        yield from inner
        waiting += inner


def _requests(node: Mapping[str, Any]) -> bool:
    wanted = node.get("type") in ("batch", "transaction", "history")
    return all(("request" in each) is wanted for each in _entries(node))


def _responses(node: Mapping[str, Any]) -> bool:
    wanted = node.get("type") in ("batch-response", "transaction-response", "history")
    return all(("response" in each) is wanted for each in _entries(node))


def _full_urls(node: Mapping[str, Any]) -> bool:
    """Whether no address is there twice, but as two versions of one record; a history tells of one many times."""
    named = (each for each in _entries(node) if "fullUrl" in each)
    return node.get("type") == "history" or _once((each["fullUrl"], _version(each)) for each in named)


def _entries(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in node.get("entry") or () if isinstance(each, dict)]


def _version(entry: Mapping[str, Any]) -> Any:
    resource = entry.get("resource")
    meta = resource.get("meta") if isinstance(resource, dict) else None
    return meta.get("versionId") if isinstance(meta, dict) else None


def _once(values: Iterator[Any]) -> bool:
    found = [str(each) for each in values]
    return len(found) == len(set(found))


RULES: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "bdl-3": _requests,
    "bdl-4": _responses,
    "bdl-7": _full_urls,
    "csd-1": _concepts,
    "inv-1": _modified,
    "que-2": _links,
    "rng-2": _range,
}
"""By the key of the invariant."""
