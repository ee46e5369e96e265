"""Who somebody is: a person is the same actor whichever reference means them, their own or one of their posts.

docs/policy.md, "standing"; R15, R29 and R38 of the domain look at the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from consent import evidence
from consent.relations.contributions import POST
from resources.record import coding, period, reference
from resources.search.predicate import Predicate, has
from resources.search.relation import Gathered
from resources.store.port import Snapshot

POSTS: Predicate = has(".type", "PractitionerRole")
"""Under this the server asks whose a post is; the directory of posts is no secret among those who are signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Every reference that means a person, what they are, and for which agencies a reference to them speaks."""

    references: frozenset[str]
    functions: frozenset[str]
    agencies: frozenset[str]


async def of(view: Snapshot, names: Iterable[str], now: datetime) -> Mapping[str, Person]:
    """Whom these references mean, of those to a Practitioner or a PractitionerRole; others are nobody.

    A post means its person, with every post that they hold now; it speaks for its own agency alone.
    """
    asked = sorted({name for name in names if name.startswith(("Practitioner/", "PractitionerRole/"))})
    bodies = {name: await _post(view, name) for name in asked if name.startswith("PractitionerRole/")}
    whose = {name: reference.one(body, "practitioner") for name, body in bodies.items()}
    persons = sorted({whose.get(name, name) for name in asked} - {""})
    world = Gathered(view.at, period.instant(now))
    held = [row for row in await view.rows((POST, one) for one in persons) if row.holds(world)] if persons else []
    found = {}
    for name in asked:
        person, body = whose.get(name, name), bodies.get(name, {})
        posts = [evidence.held(row) for row in held if row.relation.of == person]
        found[name] = Person(
            frozenset({name, person, *(post.reference for post in posts)} - {""}),
            coding.codes(body.get("code"), "role").union(*(post.functions for post in posts)),
            frozenset({reference.one(body, "organization")} if body else {post.agency for post in posts}) - {""},
        )
    return found


async def _post(view: Snapshot, name: str) -> Mapping[str, object]:
    found = await view.get(*name.split("/"), within=POSTS)
    return evidence.body(found) if found else {}
