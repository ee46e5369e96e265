"""One request as the handlers see it: what it asks, who asks, and what they work with.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from api import outcomes
from api.dependencies import Dependencies
from consent.actor import Actor
from resources.record.problem import Problem

_JSON = ("application/fhir+json", "application/json", "text/json")


@dataclass(frozen=True, slots=True)
class Call:
    """`path` holds the route's parts (`type`, `id`, `version`, `operation`)."""

    request: Request
    actor: Actor
    on: Dependencies

    @property
    def path(self) -> Mapping[str, str]:
        return self.request.path_params

    @property
    def type(self) -> str:
        """The resource type asked for. Raises Problem where it is not served."""
        type = self.path["type"]
        if type not in self.on.spec.types:
            text = f"`{type}` is not a resource type of this server"
            raise Problem.of("not-found", text, f"`{type}` はこのサーバーが扱うリソース種別ではありません")
        return type

    @property
    def language(self) -> str:
        return outcomes.language(self.header("accept-language"))

    @property
    def prefers(self) -> str:
        """`minimal`, `representation` or `OperationOutcome`: the wish of Prefer, or empty."""
        for wish in self.header("prefer").split(";"):
            name, _, value = wish.strip().partition("=")
            if name == "return" and value in ("minimal", "representation", "OperationOutcome"):
                return value
        return ""

    @property
    def if_match(self) -> int | None:
        """The version named by If-Match. Raises Problem where it is no version."""
        tag = self.header("if-match").strip()
        if not tag:
            return None
        number = tag.removeprefix("W/").strip('"')
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise Problem.of(
                "structure", f'If-Match is `W/"1"`, not `{tag}`', f'If-Match は `W/"1"` の形です（`{tag}`）'
            )
        return int(number)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query's parameters in their order."""
        return self.request.query_params.multi_items()

    def header(self, name: str) -> str:
        return str(self.request.headers.get(name, ""))

    async def body(self) -> bytes:
        """The JSON sent, never more than the limit. Raises Problem for another kind of content or too much of it."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        if kind not in _JSON:
            text = f"send `application/fhir+json`, not `{kind or 'nothing'}`"
            raise Problem.of("media-type", text, f"`application/fhir+json` で送ってください（`{kind or 'なし'}`）")
        return await self.content()

    async def content(self) -> bytes:
        limit = self.on.settings.body_limit
        parts: list[bytes] = []
        size = 0
        async for part in self.request.stream():
            size += len(part)
            if size > limit:
                text, ja = f"the body is longer than {limit} bytes", f"本文が {limit} バイトを超えています"
                raise Problem.of("too-long", text, ja)
            parts.append(part)
        return b"".join(parts)
