"""Puts back what the writer of a record was not shown of it, and says which values it did not write.

docs/policy.md, D1: nobody loses what he was not shown. A hidden part follows the element whose shown part is unchanged
or was changed in its place; else it stays by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from consent.secrecy.harmless import Place, is_mask
from consent.secrecy.harmless_value import HIDDEN, NOBODY
from consent.secrecy.redaction import Redaction, texts
from resources.record import reference

_KEY = ("resourceType", "id", "meta")


@dataclass(slots=True)
class Restoring:
    """One record put together from what it was and what was sent; `kept` gives for the pointer of each value that was
    put back the pointer at which it stood before."""

    redaction: Redaction
    kept: dict[str, str] = field(default_factory=dict)

    def restore(self, before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """The resource as sent, with what its sender was not shown of the version before put back."""
        root = Place(self.redaction.type)
        if _alike(sent, self.redaction.show(before)):
            self._keep(before, root, "")
            return dict(before)
        if self.redaction.harmless.entire(self.redaction.type):
            return {**sent, **{key: value for key, value in before.items() if key not in _KEY}}
        return self._object(before, sent, root, "")

    def _either(self, before: Any, sent: Any, at: Place, to: str) -> Any:
        shown = self.redaction.kept(before, at)
        if shown is not HIDDEN and _alike(sent, shown):
            self._keep(before, at, to)
            return before
        if isinstance(before, list) and isinstance(sent, list):
            return self._list(before, sent, at, to)
        if not (isinstance(before, dict) and isinstance(sent, dict)):
            return sent
        kind = self.redaction.harmless.kind(at, before)
        if kind == "inside":
            return self._object(before, sent, at, to)
        if kind == "listed" and shown is not before and self.redaction.harmless.shown(sent, at, NOBODY)[1]:
            return self._value(before, {} if shown is HIDDEN else shown, sent, at, to)
        return sent

    def _object(self, before: Mapping[str, Any], sent: Mapping[str, Any], at: Place, to: str) -> dict[str, Any]:
        sent = {key: value for key, value in sent.items() if not is_mask(value)}
        result: dict[str, Any] = {}
        instead = frozenset().union(*(each for each in self.redaction.harmless.choices(at) if each & sent.keys()))
        for key, value in before.items():
            below = self.redaction.harmless.below(at, key, before)
            bare = key.removeprefix("_")
            if bare in instead and not {key, bare} & sent.keys():
                continue  # of a choice there is one
            if key == "meta" and not at.path:
                result[key] = self._meta(value, sent.get(key) or {})
            elif key in sent and key.startswith("_"):
                result[key] = sent[key]
            elif key in sent:
                result[key] = self._either(value, sent[key], below, f"{to}/{key}")
            elif key.startswith("_"):
                result[key] = value
            elif (rest := self._rest(value, below, f"{to}/{key}")) is not HIDDEN:
                result[key] = rest
        return result | {key: value for key, value in sent.items() if key not in before}

    def _meta(self, before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Labels, tags and sources are shown to nobody: they stand where none are sent."""
        return {**before, **sent}

    def _list(self, before: list[Any], sent: list[Any], at: Place, to: str) -> list[Any]:
        shown = [self.redaction.kept(each, at.at(place)) for place, each in enumerate(before)]
        wanted = [each for each in sent if not is_mask(each)]
        partner = partners(shown, wanted)
        hidden = [place for place, each in enumerate(shown) if each is HIDDEN]
        result: list[Any] = []

        def put_rests(until: int) -> None:
            while hidden and hidden[0] < until:
                place = hidden.pop(0)
                rest = self._rest(before[place], at.at(place), f"{to}/{len(result)}")
                if rest is not HIDDEN:
                    result.append(rest)

        alone = sorted({place for place, each in enumerate(shown) if each is not HIDDEN} - {*partner})
        hidden = sorted([*hidden, *alone])
        for place, each in zip(partner, wanted, strict=True):
            if place is not None:
                put_rests(place)
                each = self._either(before[place], each, at.at(place), f"{to}/{len(result)}")
            result.append(each)
        put_rests(len(before))
        return result

    def _rest(self, node: Any, at: Place, to: str) -> Any:
        """What remains of a node when all that was shown of it is taken away; `HIDDEN` where nothing does."""
        shown = self.redaction.kept(node, at)
        if shown is HIDDEN:
            self._keep(node, at, to)
            return node
        if isinstance(node, list):
            rests: list[Any] = []
            for place, each in enumerate(node):
                rest = self._rest(each, at.at(place), f"{to}/{len(rests)}")
                rests += [] if rest is HIDDEN else [rest]
            return rests or HIDDEN
        if shown == node:
            return HIDDEN
        if self.redaction.harmless.kind(at, node) != "inside":
            return self._value(node, shown, {}, at, to) or HIDDEN
        found = {}
        for key, value in node.items():
            below = self.redaction.harmless.below(at, key, node)
            rest = value if key.startswith("_") else self._rest(value, below, f"{to}/{key}")
            if rest is not HIDDEN:
                found[key] = rest
        return found or HIDDEN

    def _value(
        self, before: Mapping[str, Any], shown: Mapping[str, Any], sent: Mapping[str, Any], at: Place, to: str
    ) -> dict[str, Any]:
        """A value of which a part was shown (codes), with the part that was not; a reference is another one."""
        if at.element and at.element.types[0] == "Reference":
            return dict(sent)
        rest = {key: value for key, value in before.items() if key not in shown}
        if "coding" in shown:
            left = [each for each in before["coding"] if not _told(each, shown)]
            rest |= {"coding": left} if left else {}
        made = {**rest, **sent}
        if "coding" in rest and "coding" in sent:
            made["coding"] = [*sent["coding"], *rest["coding"]]
        if rest:
            self.kept[to] = at.pointer
        return made

    def _keep(self, node: Any, at: Place, to: str) -> None:
        """Note the values that were put back: all of this node that its sender did not write."""
        for pointer, _, _ in texts(self.redaction.harmless, node, at):
            if not self.redaction.sight.told(pointer):
                self.kept[to + pointer[len(at.pointer) :]] = pointer


def partners(shown: list[Any], sent: list[Any]) -> list[int | None]:
    """For each entry sent the one it was: whose shown part is unchanged, or that stood in its place and is of the same
    persons, where as many were changed as there are left."""
    free: dict[bytes, deque[int]] = {}
    for place, each in enumerate(shown):
        if each is not HIDDEN:
            free.setdefault(_written(each), deque()).append(place)
    found: list[int | None] = []
    for each in sent:
        same = free.get(_written(each))
        found.append(same.popleft() if same else None)
    left = sorted(place for places in free.values() for place in places)
    changed = [number for number, place in enumerate(found) if place is None]
    if len(changed) == len(left):
        for number, place in zip(changed, left, strict=True):
            if reference.locals_of(sent[number]) == reference.locals_of(shown[place]):
                found[number] = place
    return found


def _told(code: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    return any(code.get("system") == each["system"] and code.get("code") == each["code"] for each in shown["coding"])


def _alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, digits too: `parse.editable` keeps those apart that Python would alter."""
    return _written(one) == _written(other)


def _written(node: Any) -> bytes:
    return orjson.dumps(node, option=orjson.OPT_SORT_KEYS)
