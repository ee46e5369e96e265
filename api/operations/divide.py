"""$divide: a household is divided by who keeps it, and the lead section confirms it.

docs/policy.md, "dividing"; profiles/tsunagu/OperationDefinition-divide.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import dividing
from consent.acts.division_task import Divided
from consent.acts.reply import Reply
from resources.division import Division, Part
from resources.record import reference
from resources.record.problem import Issue, Problem

Json = dict[str, Any]


async def divide(call: Call) -> Answer:
    """Of a Group what is asked, or comes of it; of its Task what the lead section answers."""
    given, body = await sent.resource(call, "Parameters")
    await sent.checked(call, given, body)
    name, said = f"{call.type}/{call.id}", _once(given)
    reason = parameters.reason(said)
    if call.type == "Task":
        _takes(given, ("accept", "reason"), "accept")
        answer = Reply(call.id, accept=parameters.flag(said, "accept"), reason=reason)
        do = partial(dividing.answered, answer=answer)
    else:
        _takes(given, ("part", "since", "reason", "preview"), "part")
        wanted = Division(tuple(_parts(given)), str(said.get("since") or ""))
        asked = dividing.Asked(name, wanted, reason, preview=parameters.flag(said, "preview"))
        do = partial(dividing.asked, said=asked)
    done = await call.on.gate.operate(call.actor, ("$divide", name), do)
    return respond.json({"resourceType": "Parameters", "parameter": list(_told(call, done))})


def _told(call: Call, done: Divided) -> Iterator[Json]:
    if done.task:
        shown = done.shown or done.task
        yield {"name": "task", "valueReference": {"reference": shown.reference}}
    for at, part in enumerate(done.division.parts):
        said = [{"name": "member", "valueReference": {"reference": one}} for one in part.persons]
        if at < len(done.households):
            said.append({"name": "household", "valueReference": {"reference": done.households[at]}})
        yield {"name": "part", "part": said}
    if done.said:
        yield {"name": "outcome", "resource": outcomes.outcome(done.said, "business-rule", call.language)}


def _parts(given: Mapping[str, Any]) -> Iterator[Part]:
    for place, each in enumerate(given.get("parameter", ())):
        if each.get("name") != "part":
            continue
        found: dict[str, list[str]] = {"member": [], "role": []}
        for part in each.get("part", ()):
            name = reference.one({"of": parameters.value(part)}, "of")
            if part.get("name") not in found or not name:
                text = "a part has a `member` and a `role`, each a reference"
                ja = "`part` には `member` と `role` を参照で示します"
                raise Problem("structure", Issue(text, ja, f"Parameters.parameter[{place}].part", code="value"))
            found[part["name"]].append(name)
        yield Part(tuple(found["member"]), tuple(found["role"]))


def _once(given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs but the parts. Raises Problem where one is given twice or too long."""
    found: dict[str, Any] = {}
    for each in given.get("parameter", ()):
        name, said = str(each.get("name", "")), parameters.value(each)
        if name != "part" and (name in found or (isinstance(said, str) and len(said) > parameters.LONGEST)):
            text, ja = f"`{name}` is given twice, or too long", f"`{name}` が重複しているか、長すぎます"
            raise Problem.of("structure", text, ja, name)
        found[name] = said
    return found


def _takes(given: Mapping[str, Any], known: tuple[str, ...], wanted: str) -> None:
    """Raises Problem where the one that is wanted is not given, or one that is not known here."""
    names = [str(each.get("name", "")) for each in given.get("parameter", ())]
    if wanted not in names or set(names) - set(known):
        text = "a Group takes `part`, `since` and `reason` (and `preview`), its Task takes `accept` and `reason`"
        ja = "世帯には `part`・`since`・`reason`（と `preview`）を、その Task には `accept` と `reason` を示します"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
