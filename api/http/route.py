"""One row of the table of routes: everything that is to be known of an interaction or operation, in one place.

https://hl7.org/fhir/R4/http.html; CapabilityStatement, OpenAPI, docs/api.md, `Allow` and the log follow from it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.http.answer import Answer
from api.http.call import Call
from resources.record.problem import Kind

Handler = Callable[[Call], Awaitable[Answer]]

FHIR = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True, slots=True)
class Route:
    """`name` is unique: it is OpenAPI's operationId and the log's action. `interaction` is FHIR's code, or `$name`.

    `path` is below the FHIR base, with `{type}`, `{id}`, `{version}`, `{within}` (a type, or `*`). `open` is for
    strangers too (P9). `takes` are the kinds of body, `answers` those of the answer; `parameters` are those of the
    address by name.
    `done` is the status of success, `refuses` the kinds of problem that it can answer with, beside `unavailable` and
    `too-often`. `conditional` says that its address has a condition in the place of an id, `also` which other
    interactions it is, by its body. `paged` says that its one other kind is a page, for browsers. `pending` says that
    it answers 202 for as long as what it is asked of is not done.
    `summary` is of an interaction: an operation's is in its OperationDefinition.
    """

    name: str
    interaction: str
    method: str
    path: str
    handler: Handler
    refuses: tuple[Kind, ...]
    summary: str = ""
    open: bool = False
    takes: tuple[str, ...] = ()
    answers: tuple[str, ...] = (FHIR,)
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    done: int = 200
    conditional: bool = False
    also: tuple[str, ...] = ()
    paged: bool = False
    pending: bool = False

    @property
    def operation(self) -> str:
        """The operation's code, empty for an interaction."""
        return self.interaction.removeprefix("$") if self.interaction.startswith("$") else ""

    @property
    def writes(self) -> bool:
        """Whether it is for the types only that are written over the API."""
        return self.interaction in ("create", "update", "patch", "delete", "$meta-add", "$meta-delete")

    def parts(self, asked: list[str]) -> dict[str, str] | None:
        """What the segments of an address give for `{type}`, `{id}` and `{version}`; None where they do not fit.

        An operation of one type has its type in the path, and gives it too.
        """
        found: dict[str, str] = {}
        for place, (segment, said) in enumerate(zip(self.path.split("/"), asked, strict=True)):
            if segment.startswith("{"):
                if not said or (segment == "{within}" and not (said[0].isupper() or said == "*")):
                    return None
                found[segment[1:-1]] = said
            elif segment != said:
                return None
            elif place == 1 and said[0].isupper():
                found["type"] = said
        return found


READ: tuple[Kind, ...] = (
    "not-supported", "login", "forbidden", "not-found", "deleted", "not-acceptable", "too-costly",
)  # fmt: skip
SEARCH: tuple[Kind, ...] = (
    "structure", "not-supported", "login", "forbidden", "not-found", "not-acceptable", "too-costly",
)  # fmt: skip
BODY: tuple[Kind, ...] = (
    "structure", "not-supported", "login", "not-acceptable", "too-long", "too-slow", "too-costly", "media-type",
    "invalid",
)  # fmt: skip
WRITE: tuple[Kind, ...] = (*BODY, "forbidden", "not-found", "conflict", "business-rule")
CODES: tuple[Kind, ...] = ("structure", "not-supported", "login", "not-found", "not-acceptable", "too-costly")
