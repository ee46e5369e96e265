"""One request as the handlers see it, in plain values, so that an entry of a Bundle can be one too.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.dependencies import Dependencies
from api.http import etag, media, outcomes, preference
from consent import refusal, vocabulary
from consent.actor import Actor
from consent.writing.aside import aside
from consent.writing.precondition import Precondition
from resources.record import xml
from resources.record.problem import Issue, Problem

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What a logical id is made of: https://hl7.org/fhir/R4/datatypes.html#id."""

Content = Callable[[int], Awaitable[bytes]]
"""Reads the body when it is asked for, and no more of it than so many bytes; raises Problem `too-long` beyond."""


def given(body: bytes = b"") -> Content:
    """A body that is there already."""

    async def content(most: int) -> bytes:
        if len(body) > most:
            raise too_long(most)
        return body

    return content


def too_long(most: int) -> Problem:
    return Problem.of("too-long", f"the body is longer than {most} bytes", f"本文が {most} バイトを超えています")


@dataclass(frozen=True, slots=True)
class Call:
    """`path` holds the route's parts (`type`, `id`, `version`); names of `headers` are in lower case.

    When it is and which request this is go with the actor: nobody below looks at a clock.
    """

    method: str
    path: Mapping[str, str]
    parameters: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    read: Content
    actor: Actor
    on: Dependencies
    shape: list[tuple[str, str]] = field(default_factory=list)
    """What a form says of how its answer is written, as soon as it was read: a refusal is written so too."""

    @property
    def now(self) -> datetime:
        return self.actor.now

    @property
    def asker(self) -> str:
        """Who waits for a turn behind their own requests alone: the person, and the software that asks for them."""
        return f"{self.actor.client} {self.actor.person}"

    @property
    def request(self) -> str:
        """The id that leads from the answer to the log and the trail."""
        return self.actor.request

    @property
    def type(self) -> str:
        """The resource type asked for. Raises Problem where it is not served: such a type is not in the metadata."""
        type = self.path["type"]
        if type not in vocabulary.SERVED:
            text = f"`{type[:64]}` is not a resource type of this server: metadata names those that are"
            ja = f"`{type[:64]}` はこのサーバーが扱うリソース種別ではありません。扱う種別は metadata にあります"
            raise Problem("not-found", Issue(text, ja, code="not-supported"))
        return type

    @property
    def id(self) -> str:
        """The logical id asked for. Raises Problem where no record can have it, as where none has."""
        id = self.path["id"]
        if not ID.fullmatch(id):
            raise refusal.not_found(self.path["type"], id if len(id) <= 64 else f"{id[:64]}…")
        return id

    @property
    def number(self) -> int:
        """The version asked for. Raises Problem where no version can have it, as where none has."""
        number = self.path["version"]
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise refusal.not_found(self.type, f"{self.id}/_history/{number[:9]}")
        return int(number)

    @property
    def language(self) -> str:
        return outcomes.language(self.header("accept-language"))

    @property
    def prefers(self) -> str:
        """`minimal`, `representation` or `OperationOutcome`: the wish of Prefer, or empty."""
        return preference.returning(self.header("prefer"))

    @property
    def only_if(self) -> Precondition:
        """What must be so of the version that stands. Raises Problem where that cannot be read."""
        named = self.headers.get
        return etag.demanded(named("if-match"), named("if-none-match"), named("if-unmodified-since"))

    def sign_in(self) -> None:
        """Raises Problem where nobody has signed in: a stranger writes nothing, whatever is there."""
        if self.actor.anonymous:
            raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    async def body(self) -> bytes:
        """The resource sent, as JSON, never more than the limit.

        Raises Problem for another kind of content or too much of it, and for somebody unknown before anything is read.
        """
        self.sign_in()
        form = media.sent(self.header("content-type"))
        body = await self.content()
        if form == "json":
            return body.removeprefix(codecs.BOM_UTF8)
        on = self.on.settings
        return await aside(len(body), xml.read, self.on.spec, body, limit=on.body_limit, depth=on.depth_limit)

    async def content(self) -> bytes:
        return await self.read(self.on.settings.body_limit)

    async def form(self) -> bytes:
        """A form, which says a question and no record: a stranger may send it, and it is short."""
        return await self.read(self.on.settings.form_limit)
