"""$name-successor: the lead section names who keeps the files of an agency that has ended, or undoes that.

docs/policy.md, "succession"; profiles/tsunagu/OperationDefinition-name-successor.json
"""

from __future__ import annotations

from functools import partial

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import naming_successor
from consent.acts.naming_successor import Naming
from resources.record import reference
from resources.record.problem import Issue, Problem

_GIVEN = ("to", "part", "undo", "reason")


async def name_successor(call: Call) -> Answer:
    """The Task that says so, as the caller may see it."""
    given = await parameters.inputs(call, _GIVEN)
    undo, reason = parameters.flag(given, "undo"), parameters.reason(given)
    if "part" in given:
        text = (
            "an agency is succeeded as a whole: leave `part` out, and have the successor hand on by `$transfer` what "
            "another is to keep"
        )
        ja = (
            "後を継ぐ機関の指定は、機関の全体についてだけできます。`part` を示さずに呼び、"
            "別の窓口や地域の機関が管理する記録は、後を継いだ機関が `$transfer` で引き継いでください"
        )
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="not-supported"))
    if undo == ("to" in given):
        text = "name the successor (`to`), or say that the naming is undone (`undo`): give one of them"
        ja = "後を継ぐ機関（`to`）か、指定を取り消すこと（`undo`）の、どちらか一つを示してください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    name = f"Organization/{call.id}"
    said = Naming(name, "" if undo else reference.one(given, "to"), reason, undo)
    done = await call.on.gate.operate(call.actor, ("$name-successor", name), partial(naming_successor.named, said=said))
    return respond.version(done.shown or done.task)
