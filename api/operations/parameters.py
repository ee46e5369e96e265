"""The named inputs of an operation: from the address, or from a Parameters resource.

https://hl7.org/fhir/R4/operations.html#request
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.http import sent
from api.http.call import Call
from resources.record import period, wording
from resources.record.problem import Problem

_INSTANT = re.compile(r"T\d\d:\d\d:\d\d.*(?:Z|[+\- ]\d\d:\d\d)$")
"""A time with its zone, as far as it takes more than a reader of dates to tell."""


LONGEST = 2_000
"""So many letters a text among the inputs has at most."""


def of_address(call: Call, known: Sequence[str], *, beside: Sequence[str] = ()) -> dict[str, str]:
    """The parameters of the address, each once, but for those that stand `beside` them.

    Raises Problem naming one that is unknown or repeated.
    """
    found: dict[str, str] = {}
    for name, value in call.parameters:
        if name in ("_format", "_pretty", *beside):
            continue
        if name not in known or name in found:
            text, ja = f"`{name}` is not a parameter here, or is given twice", f"`{name}` は使えないか、重複しています"
            raise Problem.of("not-supported", text, ja, name)
        found[name] = value
    return found


def instant(given: Mapping[str, str], name: str, now: datetime) -> datetime | None:
    """An instant among the parameters of an address that is not to come, None where it is not given. Raises Problem
    where it is none: nobody can tell who will see what."""
    if name not in given:
        return None
    text = given[name]
    at = period.first(text) if _INSTANT.search(text) else None
    if at is None:
        reason, ja = f"`{text}` is not an instant with its zone", f"`{text}` は時差付きの日時ではありません"
        raise Problem.of("structure", reason, ja, name)
    if at > now:
        reason, ja = (
            f"`{text}` is to come: ask about now or the past",
            f"`{text}` は未来です。今か過去の日時を指定してください",
        )
        raise Problem.of("structure", reason, ja, name)
    return at


def parts(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of one parameter by name, each as its value or resource; one that has none has an empty one."""
    return {part.get("name", ""): value(part) for part in parameter.get("part", ())}


def value(parameter: Mapping[str, Any]) -> Any:
    """What a parameter holds: its value of whichever type, or its resource."""
    return next((held for key, held in parameter.items() if key.startswith("value")), parameter.get("resource"))


async def inputs(
    call: Call, known: Sequence[str], *, asking: bool = False, many: Sequence[str] = (), bare: Sequence[str] = ()
) -> dict[str, Any]:
    """The named inputs of an operation that is asked by GET or by POST alike, each once, but `many` as lists.

    Values of the address are text; those of a Parameters as they stand, with any codes where one is `asking` about
    them. Those that may be `bare` are as if not given where they are empty. Raises Problem naming one that is unknown,
    repeated, empty, or too long.
    """
    found: dict[str, Any] = {name: [said for each, said in call.parameters if each == name] for name in many}
    found |= of_address(call, [name for name in known if name not in many], beside=many)
    if call.method == "POST":
        given, body = await sent.resource(call, "Parameters")
        await sent.checked(call, given, body, asking=asking)
        for each in given.get("parameter", ()):
            name = each.get("name", "")
            if name in many:
                found[name].append(value(each))
                continue
            if name not in known or name in found:
                text, ja = (
                    f"`{name}` is not a parameter here, or is given twice",
                    f"`{name}` は使えないか、重複しています",
                )
                raise Problem.of("not-supported", text, ja, f"Parameters.parameter.where(name='{name}')")
            found[name] = value(each)
    found = {name: said for name, said in found.items() if said != "" or name not in bare}
    for name, said in found.items():
        if isinstance(said, str) and (not said or len(said) > LONGEST):
            text, ja = f"`{name}` is empty or too long", f"`{name}` が空か、長すぎます"
            raise Problem.of("structure", text, ja, name)
    return found


def reason(given: Mapping[str, Any], name: str = "reason") -> str:
    """Why something is done, empty where it is not said: a dot or a dash is no reason. Raises Problem."""
    said = word(given, name).strip()
    return said if wording.tells(said) else ""


def word(given: Mapping[str, Any], name: str) -> str:
    """An input that is text; empty where it is not given. Raises Problem where it is no text."""
    said = given.get(name, "")
    if not isinstance(said, str):
        raise Problem.of("structure", f"`{name}` is a text", f"`{name}` は文字列です", name)
    return said


def flag(given: Mapping[str, Any], name: str) -> bool:
    """An input that is true or false; false where it is not given. Raises Problem where it is neither."""
    said = given.get(name, False)
    if isinstance(said, bool):
        return said
    if said not in ("true", "false"):
        raise Problem.of("structure", f"`{name}` is `true` or `false`", f"`{name}` は true か false です", name)
    return bool(said == "true")


def number(given: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """An input that is a number from 0 on. Raises Problem where it is none, or more than `most`."""
    said = str(given.get(name, default))
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        raise Problem.of("structure", f"`{name}` is a number from 0 on", f"`{name}` は0以上の数です", name)
    if int(said) > most:
        raise Problem.of("too-costly", f"`{name}` is at most {most}", f"`{name}` は{most}までです", name)
    return int(said)
