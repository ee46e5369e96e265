"""One request as the handlers see it: what it asks, who asks, and what they work with.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from api import outcomes
from api.dependencies import Dependencies
from consent import refusal
from consent.actor import Actor
from resources.record.problem import Problem

_JSON = ("application/fhir+json", "application/json", "text/json")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What a logical id is made of: https://hl7.org/fhir/R4/datatypes.html#id."""


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
    def id(self) -> str:
        """The logical id asked for. Raises Problem where no record can have it, as where none has."""
        id = self.path["id"]
        if not ID.fullmatch(id):
            # An operation's route has its type in the address, not among its parts.
            type = self.request.url.path.split("/")[2]
            raise refusal.not_found(type, id if len(id) <= 64 else f"{id[:64]}…")
        return id

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

    def sign_in(self) -> None:
        """Raises Problem where nobody has signed in: a stranger writes nothing, whatever is there."""
        if self.actor.anonymous:
            raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")

    def header(self, name: str) -> str:
        return str(self.request.headers.get(name, ""))

    async def body(self) -> bytes:
        """The JSON sent, never more than the limit.

        Raises Problem for another kind of content or too much of it, and for somebody unknown before anything is read.
        """
        self.sign_in()
        sent = self.header("content-type").lower()
        kind, _, charset = (part.strip() for part in sent.partition(";"))
        coding = self.header("content-encoding").lower()
        if kind not in _JSON or charset.replace('"', "") not in ("", "charset=utf-8") or coding not in ("", "identity"):
            given = " ".join(part for part in (sent, coding) if part)
            text = f"send `application/fhir+json` in utf-8, not `{given or 'nothing'}`"
            ja = f"UTF-8 の `application/fhir+json` で送ってください（`{given or 'なし'}`）"
            raise Problem.of("media-type", text, ja)
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
