"""transaction: several writes that are done all together or not at all.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import etag, respond, sent
from api.answer import Answer
from api.call import Call
from consent import change
from consent.aside import aside
from consent.precondition import Precondition
from consent.prepared import Change
from resources.record import parse
from resources.record.problem import Issue, Problem

_ORDER = ("DELETE", "POST", "PUT")
_METHODS = {"DELETE": "delete", "POST": "create", "PUT": "update"}
_LATER = ("ifNoneExist", "ifNoneMatch", "ifModifiedSince")


async def transaction(call: Call) -> Answer:
    found, body = await sent.resource(call, "Bundle")
    if found.get("type") != "transaction":
        text, ja = "a `transaction` is taken here", "受け付けるのは `transaction` です"
        raise Problem.of("not-supported", text, ja, "Bundle.type")
    _bounded(found.get("entry"), call.on.settings.entries_limit)
    await sent.checked(call, found, body)
    entries, changes = await aside(len(body), _read, call, body)
    asked = [changes[place] for place in _in_order(entries)]
    done = await call.on.gate.commit(call.actor, asked) if asked else []
    by_place = dict(zip(_in_order(entries), done, strict=True))
    answers = []
    for place in range(len(entries)):
        written = by_place[place]
        status = {"create": "201 Created", "update": "200 OK", "delete": "204 No Content"}[written.action]
        answer: dict[str, Any] = {"status": status}
        if not written.was_nothing:
            answer["etag"] = etag.of(written.version)
        if written.action != "delete":
            answer["location"] = respond.location(call, written.version)
            answer["lastModified"] = written.version.since
        answers.append({"response": answer})
    told: respond.Json = {"resourceType": "Bundle", "type": "transaction-response"}
    return respond.json(told | ({"entry": answers} if answers else {}))


def _bounded(entries: Any, most: int) -> None:
    """Raises Problem where there are more entries than one transaction may have: others wait to write meanwhile."""
    if isinstance(entries, list) and len(entries) > most:
        text, ja = f"a transaction has at most {most} entries", f"transaction の要素は {most} 件までです"
        raise Problem.of("too-costly", text, ja, "Bundle.entry")


def _read(call: Call, body: bytes) -> tuple[list[dict[str, Any]], list[Change]]:
    entries = parse.editable(body).get("entry", [])
    return entries, _changes(call, entries)


def _in_order(entries: list[dict[str, Any]]) -> list[int]:
    """The places of the entries in the order of the specification: delete, create, update."""
    return sorted(range(len(entries)), key=lambda place: _ORDER.index(entries[place]["request"]["method"]))


def _changes(call: Call, entries: list[dict[str, Any]]) -> list[Change]:
    """The entries as writes, with every `urn:uuid` replaced by the reference of what it stands for."""
    targets = [_target(call, entry, f"Bundle.entry[{place}]") for place, entry in enumerate(entries)]
    names = {
        entry["fullUrl"]: f"{type}/{id}"
        for entry, (_, type, id) in zip(entries, targets, strict=True)
        if str(entry.get("fullUrl", "")).startswith("urn:")
    }
    given = [entry["fullUrl"] for entry in entries if "fullUrl" in entry]
    if len(set(given)) < len(given):
        text, ja = "two entries have the same fullUrl", "同じ fullUrl の要素が二つあります"
        raise Problem.of("structure", text, ja, "Bundle.entry.fullUrl")
    if len({(type, id) for _, type, id in targets}) < len(targets):
        text, ja = "two entries write the same record", "同じ記録を二つの要素が書いています"
        raise Problem.of("structure", text, ja, "Bundle.entry")
    changes = []
    for place, (entry, (method, type, id)) in enumerate(zip(entries, targets, strict=True)):
        resource = entry.get("resource")
        body = parse.write(resource) if resource else b""
        if b'"urn:' in body:
            body = parse.write(_linked(resource, names, f"Bundle.entry[{place}].resource"))
        changes.append(Change(_METHODS[method], type, id, body, _only_if(entry, place)))  # type: ignore[arg-type]  # a table's word
    return changes


def _target(call: Call, entry: Mapping[str, Any], at: str) -> tuple[str, str, str]:
    """The method, type and id an entry writes. Raises Problem naming the element."""
    request = entry.get("request") or {}
    method, url = request.get("method", ""), str(request.get("url", ""))
    if method not in _ORDER:
        text, ja = f"`{method}` is not supported in a transaction", f"transaction では `{method}` に対応していません"
        raise Problem.of("not-supported", text, ja, f"{at}.request.method")
    for element in _LATER:
        if element in request:
            text, ja = f"`{element}` is not supported", f"`{element}` には対応していません"
            raise Problem.of("not-supported", text, ja, f"{at}.request.{element}")
    type, _, id = url.partition("/")
    resource = entry.get("resource") or {}
    fits = (method == "POST") != bool(id) and "/" not in id and "?" not in url
    same = method == "DELETE" or (resource.get("resourceType") == type and (not id or resource.get("id") == id))
    if not fits or type not in call.on.spec.types or not same:
        text = f"`{method} {url}` does not fit the entry's resource or this server"
        raise Problem("structure", Issue(text, f"`{method} {url}` が要素の内容と合いません", f"{at}.request.url"))
    return method, type, id or change.new_id()


def _only_if(entry: Mapping[str, Any], place: int) -> Precondition:
    return etag.demanded(entry["request"].get("ifMatch"), at={"If-Match": f"Bundle.entry[{place}].request.ifMatch"})


def _linked(node: Any, names: Mapping[str, str], at: str) -> Any:
    """The node with its urns resolved. Raises Problem for a reference to a urn that no entry bears."""
    if isinstance(node, dict):
        return {key: _linked(value, names, f"{at}.{key}") for key, value in node.items()}
    if isinstance(node, list):
        return [_linked(value, names, f"{at}[{place}]") for place, value in enumerate(node)]
    if isinstance(node, str) and node.startswith("urn:"):
        if node not in names and at.endswith(".reference"):
            text, ja = f"no entry has the fullUrl `{node}`", f"fullUrl が `{node}` の要素がありません"
            raise Problem.of("structure", text, ja, at)
        return names.get(node, node)
    return node
