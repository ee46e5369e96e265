"""batch and transaction: several requests in a Bundle.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from api.http import sent
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import batch, transaction
from api.interactions.entry import METHODS, Find
from consent.writing.aside import aside
from resources.record import parse
from resources.record.problem import Problem

_AT_ONCE = (
    "a transaction has at most {} entries (`TSUNAGU_TRANSACTION_LIMIT`), of which a Consent counts as three, since "
    "others wait to write meanwhile: send several, or a `batch`, whose entries are done one by one; very many records "
    "come in by `tsunagu import`",
    "transaction の要素は {} 件まで（`TSUNAGU_TRANSACTION_LIMIT`。その間、ほかの書き込みが待つため。Consent は三件と"
    "数えます）です。いくつかに分けるか、一件ずつ行う `batch` で送ってください。大量の記録は `tsunagu import` で"
    "取り込めます",
)
_OF_CONSENT = 3
"""Entries that a Consent counts as: each agency is told that it begins or has ended, in the same transaction."""
_EACH = (
    "a batch has at most {} entries (`TSUNAGU_ENTRIES_LIMIT`): send several",
    "batch の要素は {} 件まで（`TSUNAGU_ENTRIES_LIMIT`）です。いくつかに分けて送ってください",
)


async def bundle(call: Call, find: Find) -> Answer:
    """POST [base]"""
    found, body = await sent.resource(call, "Bundle")
    kind = found.get("type")
    if kind not in ("batch", "transaction"):
        text, ja = "a `batch` or a `transaction` is taken here", "受け付けるのは `batch` と `transaction` です"
        raise Problem.of("not-supported", text, ja, "Bundle.type")
    if kind == "transaction":
        _bounded(found.get("entry"), call.on.settings.transaction_limit, _AT_ONCE, _OF_CONSENT)
        await _checked(call, _without(found, ("POST", "PUT")))
        return await transaction.transaction(call, find, body)
    _bounded(found.get("entry"), call.on.settings.entries_limit, _EACH)
    await _checked(call, _without(found, METHODS))
    return await batch.batch(call, find, (await aside(len(body), parse.editable, body)).get("entry", []))


def _bounded(entries: Any, most: int, said: tuple[str, str], of_consent: int = 1) -> None:
    """Raises Problem where there are more entries than such a Bundle may have."""
    if isinstance(entries, list) and sum(of_consent if _is_of_consent(each) else 1 for each in entries) > most:
        text, ja = said
        raise Problem.of("too-costly", text.format(most), ja.format(most), "Bundle.entry")


def _is_of_consent(entry: Any) -> bool:
    """Whether it writes a Consent, by whatever request."""
    asked = entry.get("request") if isinstance(entry, dict) else None
    asked = asked if isinstance(asked, dict) else {}
    written = asked.get("method") in ("POST", "PUT", "PATCH", "DELETE")
    return written and "Consent" in str(asked.get("url")).partition("?")[0].split("/")


async def _checked(call: Call, bare: dict[str, Any]) -> None:
    await sent.checked(call, bare, parse.write(bare))


def _without(found: dict[str, Any], methods: Container[str]) -> dict[str, Any]:
    """The Bundle without the resources that are sent by these methods.

    What is written is judged as it is written, once. Of a batch each is judged by itself, so that one that is wrong
    leaves the others alone.
    """
    entries = found.get("entry")
    if not isinstance(entries, list):
        return found
    return found | {"entry": [_bare(each, methods) if isinstance(each, dict) else each for each in entries]}


def _bare(entry: dict[str, Any], methods: Container[str]) -> dict[str, Any]:
    asked = entry.get("request")
    method = asked.get("method") if isinstance(asked, dict) else None
    if not isinstance(method, str) or method not in methods or not isinstance(entry.get("resource"), dict):
        return entry
    return {key: value for key, value in entry.items() if key != "resource"}
