"""An operation that only asks, asked by POST: the inputs of its Parameters are those that an address would have.

https://hl7.org/fhir/R4/operations.html#request
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from api.http import sent
from api.http.answer import Answer
from api.http.call import Call
from api.http.route import BODY, FHIR, Handler, Route
from api.operations import parameters
from resources.record import parse
from resources.record.problem import Problem

_NAMELESS = ("export_status", "export_file")
"""Rows of addresses that an answer gave: nobody else has them, and they have no inputs."""


def beside(rows: Iterable[Route]) -> list[Route]:
    """A row by POST for each that is asked by GET alone: R4 lets any operation be asked so, and many clients know
    nothing else."""
    known = list(rows)
    taken = {row.path for row in known if row.method == "POST"}
    return [_by_post(row) for row in known if row.method == "GET" and not {row.path, row.name} & {*taken, *_NAMELESS}]


def _by_post(row: Route) -> Route:
    refuses = tuple(dict.fromkeys((*row.refuses, *BODY)))
    return replace(
        row, name=f"{row.name}_by_post", method="POST", handler=_asked(row.handler), refuses=refuses, takes=(FHIR,),
        open=False,
    )  # fmt: skip


def _asked(handler: Handler) -> Handler:
    async def asked(call: Call) -> Answer:
        call.sign_in()
        given = await _inputs(call) if call.header("content-type") or await call.content() else []
        return await handler(replace(call, method="GET", parameters=[*call.parameters, *given]))

    return asked


async def _inputs(call: Call) -> list[tuple[str, str]]:
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    return [(str(each.get("name", "")), _text(each)) for each in parse.editable(body).get("parameter", ())]


def _text(parameter: Mapping[str, Any]) -> str:
    """A value as an address writes it. Raises Problem where it is none that an address can have."""
    said = parameters.value(parameter)
    if isinstance(said, Mapping) and set(said) <= {"reference", "type", "display"} and said.get("reference"):
        return str(said["reference"])
    if said is None or isinstance(said, (Mapping, list)):
        name = str(parameter.get("name", ""))[:64]
        text, ja = f"`{name}` is a simple value here", f"`{name}` は単純な値で送ってください"
        raise Problem.of("structure", text, ja, f"Parameters.parameter.where(name='{name}')")
    return str(said).lower() if isinstance(said, bool) else str(said)
