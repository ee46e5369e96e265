"""Requests that nobody in their right mind sends, the same for the same seed: good ones, spoilt here and there.

docs/testing.md, "fuzzing"
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import orjson

from api.routing import routes
from profiles.spec import Spec
from tests.prove import fuzz_asked
from tests.prove.fuzz_words import FILTERS, HEADERS, KINDS, MODIFIERS, NAMED, ODD, PLACES, RESULT

GOOD = Path(__file__).parent.parent / "unit" / "resources" / "record" / "good.json"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `path` is below the FHIR base, `shown` what tells it again."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:300]} {self.headers} {(self.body or b'')[:2000]!r}"


class Fuzz:
    """Draws requests; `known` are references that there are, `names` the search parameters by type."""

    def __init__(self, seed: int, known: Sequence[str], names: dict[str, tuple[str, ...]], spec: Spec) -> None:
        self._chance = Random(seed)  # it guards nothing
        self._known, self._names, self._spec = list(known), names, spec
        self._inputs = fuzz_asked.inputs()
        found = json.loads(GOOD.read_bytes())
        bodies = found.values() if isinstance(found, dict) else found
        good = [each for each in bodies if isinstance(each, dict) and each.get("resourceType") in names]
        by_type = {each.partition("/")[0]: each for each in self._known}
        self._good = [_grounded(each, by_type) for each in good]
        self._rows = [row for row in routes.ALL if not row.path.startswith("/metadata")]
        often = (self._searched, self._searched, self._searched, self._written, self._written)
        self._kinds: tuple[Callable[[], Request], ...]
        self._kinds = (*often, self._bundled, self._operated, self._patched, self._garbled)

    def draw(self) -> Request:
        request = self._chance.choice(self._kinds)()
        headers = dict(request.headers)
        while self._chance.random() < 0.12:  # one in eight
            name = self._chance.choice(list(HEADERS))
            headers[name] = self._chance.choice(HEADERS[name])
        return Request(request.method, request.path, request.body, headers)

    def _type(self) -> str:
        return self._chance.choice(list(self._names))

    def _one(self) -> str:
        return self._chance.choice(self._known)

    def _odd(self) -> Any:
        return copy.deepcopy(self._chance.choice(ODD))

    def _value(self) -> str:
        if self._chance.random() < 0.4:
            return self._one()
        found = self._odd()
        return found if isinstance(found, str) else json.dumps(found)

    def _query(self, type: str) -> str:
        parts = []
        for _ in range(self._chance.choice((1, 1, 1, 2, 4))):
            name = self._chance.choice((*self._names[type], *RESULT))
            if self._chance.random() < 0.2:
                name += f".{self._chance.choice(self._names[self._type()])}"
            if self._chance.random() < 0.1:
                other = self._type()
                name = (
                    f"_has:{other}:{self._chance.choice(self._names[other])}:{self._chance.choice(self._names[type])}"
                )
            name += self._chance.choice(MODIFIERS) if self._chance.random() < 0.3 else ""
            value = self._filter(type) if name.startswith("_filter") else self._value()
            if self._chance.random() < 0.2:
                value = self._chance.choice(("eq", "ne", "gt", "ap", "sa", "-", ",", "|")) + value
            encoded = (
                quote(value.encode("utf-8", "surrogatepass"))
                if self._chance.random() < 0.9
                else quote(value, safe="&=%+")
            )
            parts.append(f"{quote(name, safe=':._')}={encoded}")
        return "&".join(parts)

    def _filter(self, type: str) -> str:
        if self._chance.random() < 0.3:
            return self._chance.choice(FILTERS)
        return fuzz_asked.filtered(self._chance, self._names[type])

    def _searched(self) -> Request:
        type = self._type()
        if self._chance.random() < 0.2:
            return Request(
                "POST",
                f"{type}/_search",
                self._query(type).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
        if self._chance.random() < 0.1:
            return Request("GET", f"{self._one()}/_history?{self._query(type)}")
        return Request("GET", f"{type}?{self._query(type)}")

    def _spoilt(self, node: Any, *, times: int = 0) -> Any:
        """A copy with something in it that does not belong there."""
        whole = orjson.loads(orjson.dumps(node))
        for _ in range(times or self._chance.choice((1, 1, 1, 2, 3))):
            self._spoil(whole)
        return whole

    def _spoil(self, node: Any) -> None:
        while isinstance(node, dict | list) and node:
            key: Any = self._chance.choice(list(node)) if isinstance(node, dict) else self._chance.randrange(len(node))
            inner = node[key]
            if isinstance(inner, dict | list) and inner and self._chance.random() < 0.7:
                node = inner
                continue
            drawn = self._chance.random()
            if drawn < 0.6:
                node[key] = self._odd()
            elif drawn < 0.75:
                node[key] = [inner] * self._chance.randint(0, 5)
            elif drawn < 0.9 and isinstance(node, dict):
                node[self._chance.choice(("x", "_id", "extension", "modifierExtension", "contained", "meta", "id"))] = (
                    inner
                )
            else:
                del node[key]
            return

    def _resource(self) -> dict[str, Any]:
        found = self._chance.choice(self._good)
        made: dict[str, Any] = self._spoilt(found) if self._chance.random() < 0.7 else dict(found)
        return made

    def _bytes(self, content: Any) -> bytes:
        try:
            body = orjson.dumps(content)
        except (TypeError, orjson.JSONEncodeError):
            body = json.dumps(content).encode("utf-8", "surrogatepass")
        if self._chance.random() < 0.1:
            place = self._chance.randrange(max(len(body), 1))
            body = body[:place] + bytes([self._chance.randrange(256)]) + body[place + 1 :]
        return body

    def _written(self) -> Request:
        resource = self._resource()
        type = str(resource.get("resourceType") or self._type())
        if self._chance.random() < 0.2:
            in_xml = fuzz_asked.as_xml(self._chance, self._spec, self._bytes(resource))
            return Request("POST", quote(type), in_xml, {"Content-Type": "application/fhir+xml"})
        if self._chance.random() < 0.3:
            name = self._one()
            body = {**resource, "resourceType": name.partition("/")[0], "id": name.partition("/")[2]}
            return Request("PUT", name, self._bytes(body))
        return Request("POST", quote(type), self._bytes(resource))

    def _bundled(self) -> Request:
        entries = []
        for _ in range(self._chance.randint(0, 4)):
            resource = self._resource()
            asked = {
                "method": self._chance.choice(("POST", "PUT", "DELETE", "GET", "PATCH", "HEAD", "x")),
                "url": self._chance.choice(
                    (str(resource.get("resourceType")), self._one(), f"{self._type()}?{self._query('Patient')}")
                ),
            }
            entries.append(
                {
                    "fullUrl": self._chance.choice(("urn:uuid:1", "", "http://x/Patient/1", "x")),
                    "resource": resource,
                    "request": asked,
                }
            )
        bundle = {
            "resourceType": "Bundle",
            "type": self._chance.choice(("transaction", "batch", "x")),
            "entry": entries,
        }
        return Request("POST", "", self._bytes(self._spoilt(bundle) if self._chance.random() < 0.5 else bundle))

    def _operated(self) -> Request:
        row = self._chance.choice(self._rows)
        name = self._one()
        path = row.path.lstrip("/").replace("{type}", name.partition("/")[0]).replace("{id}", name.partition("/")[2])
        path = path.replace("{version}", self._chance.choice(("1", "0", "x", "99999999999999999999")))
        if row.method in ("GET", "HEAD", "DELETE"):
            query = "&".join(
                f"{quote(each)}={quote(self._value())}" for each in row.parameters if self._chance.random() < 0.5
            )
            return Request(row.method, f"{path}?{query}" if query else path)
        wanted = self._inputs.get(path.rpartition("/")[2], ())
        given = fuzz_asked.given(self._chance, wanted, self._known, self._odd()) if self._chance.random() < 0.8 else []
        for _ in range(self._chance.randint(0, 4) if self._chance.random() < 0.4 else 0):
            kind = self._chance.choice(KINDS)
            held = {
                "resource": self._resource(),
                "valueReference": {"reference": self._one()},
                "valueBoolean": True,
            }.get(kind, self._odd())
            given.append({"name": self._chance.choice(NAMED), kind: held})
        return Request(row.method, path, self._bytes({"resourceType": "Parameters", "parameter": given}))

    def _patched(self) -> Request:
        patch = [
            {
                "op": self._chance.choice(("add", "remove", "replace", "move", "copy", "test", "x")),
                "path": self._chance.choice(PLACES),
                "from": self._chance.choice(PLACES),
                "value": self._odd(),
            }
            for _ in range(self._chance.randint(0, 5))
        ]
        return Request("PATCH", self._one(), self._bytes(patch), {"Content-Type": "application/json-patch+json"})

    def _garbled(self) -> Request:
        path = "/".join(
            quote(self._value(), safe=self._chance.choice(("", "/%"))) for _ in range(self._chance.randint(1, 4))
        )
        method = self._chance.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"))
        body = self._chance.randbytes(self._chance.randint(0, 400)) if method in ("POST", "PUT", "PATCH") else None
        return Request(method, path, body)


def _grounded(node: Any, known: dict[str, str]) -> Any:
    """The same about records that there are; a reference to another type is left out."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            found = known.get(node["reference"].partition("/")[0])
            return {"reference": found} if found else {"display": "x"}
        return {key: _grounded(value, known) for key, value in node.items()}
    return [_grounded(each, known) for each in node] if isinstance(node, list) else node
