"""A Subscription as it is sent, read into what can be done of it: all of it, or it is refused with the element's path.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from api.subscription.kept import Channel
from consent.views import subscribing
from consent.views.subscribing import Interest
from profiles import topics
from resources.record import moment
from resources.record.problem import Problem
from resources.search.index import Index

GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
MOST_HEADERS, MOST_FILTERS = 5, 10
LONGEST = 2_000
"""Characters of an endpoint."""

_FILTER = f"{GUIDE}/backport-filter-criteria"
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,1000})")
_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "x-tsunagu-signature"})
_NUMBERS = {"heartbeat-period": ("heartbeat", 10, 86_400), "timeout": ("timeout", 1, 10), "max-count": ("most", 1, 50)}
_KNOWN = frozenset(
    {"resourceType", "id", "meta", "status", "reason", "contact", "end", "criteria", "_criteria", "channel"}
)
_OF_CHANNEL = frozenset({"id", "extension", "type", "endpoint", "payload", "_payload", "header"})


def interest(index: Index, sent: Mapping[str, Any]) -> Interest:
    """The topic and its filters. Raises Problem."""
    if unknown := sorted(sent.keys() - _KNOWN):
        raise _wrong(unknown[0], "is not understood here", "には対応していません")
    if sent.get("criteria") not in topics.all():
        raise _wrong("criteria", "is no topic of this server", "はこのサーバーのトピックではありません")
    filters = []
    for each in _extensions(sent.get("_criteria"), "criteria", ("filter-criteria",)):
        filters.append(str(each.get("valueString", "")))
    if len(filters) > MOST_FILTERS:
        raise Problem.of("too-costly", f"at most {MOST_FILTERS} filters", f"絞り込みは{MOST_FILTERS}件までです")
    found = Interest(sent["criteria"], tuple(filters))
    subscribing.condition(index, found)
    return found


def channel(sent: Mapping[str, Any], allowed: str) -> Channel:
    """Where and how. Raises Problem where the endpoint is not among those that the settings allow."""
    said = sent["channel"]
    if unknown := sorted(said.keys() - _OF_CHANNEL):
        raise _wrong(f"channel.{unknown[0]}", "is not understood here", "には対応していません")
    if said.get("type") != "rest-hook":
        raise _wrong("channel.type", "is `rest-hook` here", "は `rest-hook` だけです")
    if said.get("payload", "application/fhir+json") != "application/fhir+json":
        raise _wrong("channel.payload", "is `application/fhir+json` here", "は `application/fhir+json` だけです")
    endpoint = str(said.get("endpoint", ""))
    if not permitted(endpoint, allowed):
        text = "is not among the endpoints that this installation allows (TSUNAGU_SUBSCRIBERS)"
        raise _wrong("channel.endpoint", text, "は、この環境が許す宛先（TSUNAGU_SUBSCRIBERS）ではありません")
    content = "id-only"
    for each in _extensions(said.get("_payload"), "channel.payload", ("payload-content",)):
        content = str(each.get("valueCode"))
    if content not in ("id-only", "empty"):
        raise _wrong(
            "channel.payload", "carries ids and nothing else: `id-only` or `empty`", "は `id-only` か `empty` です"
        )
    numbers = dict(_numbers(_extensions(said, "channel", tuple(_NUMBERS))))
    end = str(sent.get("end", ""))
    if end and moment.read(end) is None:
        raise _wrong("end", "is no instant", "は日時ではありません")
    return Channel(endpoint, tuple(_headers(said.get("header", ()))), content, end=end, **numbers)


def permitted(endpoint: str, allowed: str) -> bool:
    """Whether an endpoint lies under one of the allowed addresses, scheme, host and port and all."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    plain = (
        len(endpoint) <= LONGEST and endpoint.isascii() and endpoint.isprintable() and not set(endpoint) & set('@#\\" ')
    )
    if not plain or "/." in parts.path or "//" in parts.path or "%" in parts.path:
        return False
    for each in filter(None, map(str.strip, allowed.split(","))):
        under = urlsplit(each)
        alike = (parts.scheme, parts.hostname, port) == (under.scheme, under.hostname, under.port)
        folder = under.path if under.path.endswith("/") else f"{under.path}/"
        if alike and (f"{parts.path}/" == folder or parts.path.startswith(folder)):
            return True
    return False


def _headers(said: Iterable[str]) -> Iterable[tuple[str, str]]:
    listed = list(said)
    for place, each in enumerate(listed):
        match = _HEADER.fullmatch(each)
        if match is None or match[1].lower() in _OURS or len(listed) > MOST_HEADERS:
            raise _wrong(f"channel.header[{place}]", "cannot be sent", "は送れません")
        yield match[1], match[2]


def _numbers(found: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int]]:
    for each in found:
        code = str(each["url"]).removeprefix(f"{GUIDE}/backport-")
        name, least, most = _NUMBERS[code]
        value = each.get("valueUnsignedInt", each.get("valuePositiveInt"))
        if not isinstance(value, int) or not least <= value <= most:
            raise _wrong("channel.extension", f"{code} is {least} to {most}", f"の {code} は {least}～{most} です")
        yield name, value


def _extensions(node: Any, at: str, known: Iterable[str]) -> list[Mapping[str, Any]]:
    """The extensions of an element, all of which must be known. Raises Problem."""
    urls = {f"{GUIDE}/backport-{name}" for name in known}
    found = list(node.get("extension", ())) if isinstance(node, dict) else []
    if any(each.get("url") not in urls for each in found):
        raise _wrong(f"{at}.extension", "is not understood here", "には対応していません")
    once = [each["url"] for each in found if each["url"] != _FILTER]
    if len(once) != len(set(once)):
        raise _wrong(f"{at}.extension", "says the same thing twice", "に同じ指定が二つあります")
    return found


def _wrong(at: str, text: str, ja: str) -> Problem:
    return Problem.of("invalid", f"`Subscription.{at}` {text}", f"`Subscription.{at}` {ja}", f"Subscription.{at}")
