"""$confirm-posts: somebody else of the agency confirms the posts, and its place, that a directory keeper has written.

docs/policy.md, P12; profiles/tsunagu/OperationDefinition-confirm-posts.json
"""

from __future__ import annotations

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import confirming_posts
from resources.record import reference


async def confirm_posts(call: Call) -> Answer:
    """One call for a list: all of them are confirmed, or none."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = [each for each in found.get("parameter", ()) if each.get("name") in ("post", "place")]
    named = [reference.one({"of": parameters.value(each)}, "of") for each in given]
    names = ("$confirm-posts", *(each for each in named if each.partition("/")[0] in confirming_posts.TYPES))
    done = await call.on.gate.operate(call.actor, names, lambda unit: confirming_posts.confirmed(unit, named))
    links = [("self", f"{call.on.settings.fhir}/PractitionerRole/$confirm-posts")]
    return respond.json(respond.bundle("collection", None, links, respond.entries(call, done.told)))
