"""$confirm-posts: somebody else of the agency confirms the posts that a directory keeper has written.

docs/policy.md, P12; profiles/tsunagu/OperationDefinition-confirm-posts.json
"""

from __future__ import annotations

from api import respond, sent
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from consent import confirming_posts
from resources.record import reference


async def confirm_posts(call: Call) -> Answer:
    """One call for a list: all of them are confirmed, or none."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    named = [each for each in found.get("parameter", ()) if each.get("name") == "post"]
    posts = [reference.one({"of": parameters.value(each)}, "of") for each in named]
    names = ("$confirm-posts", *(each for each in posts if each.startswith("PractitionerRole/")))
    done = await call.on.gate.operate(call.actor, names, lambda unit: confirming_posts.confirmed(unit, posts))
    links = [("self", f"{call.on.settings.fhir}/PractitionerRole/$confirm-posts")]
    return respond.json(respond.bundle("collection", None, links, respond.entries(call, done.told)))
