"""Who is in a city's directory, by the names that the commands on accounts and clients ask for.

docs/running-a-city.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resources.record import coding, reference, repeated
from resources.search import fold

Resource = Mapping[str, Any]


def listed(standing: Mapping[str, Resource], word: str = "") -> Iterator[tuple[str, ...]]:
    """Agencies, then posts: what each is called in the store, its name, and of a post its holder's, and its agency.

    With a word, those in whose line it stands. Who has ended is left out.
    """
    lines = [*_agencies(standing), *_posts(standing)]
    wanted = fold.folded(word)
    yield from (line for line in lines if wanted in fold.folded(" ".join(line)))


def _agencies(standing: Mapping[str, Resource]) -> list[tuple[str, ...]]:
    of = [each for each in standing.values() if each["resourceType"] == "Organization" and _stands(each)]
    return sorted((f"Organization/{each['id']}", str(each.get("name", ""))) for each in of)


def _posts(standing: Mapping[str, Resource]) -> list[tuple[str, ...]]:
    of = [each for each in standing.values() if each["resourceType"] == "PractitionerRole" and _stands(each)]
    found = []
    for post in of:
        person = standing.get(reference.one(post, "practitioner"), {})
        agency = standing.get(reference.one(post, "organization"), {})
        held = f"PractitionerRole/{post['id']}", _name(person), str(agency.get("name", "")), _held(post)
        found.append(held)
    return sorted(found, key=lambda line: (line[2], line[3], line[1], line[0]))


def _stands(each: Resource) -> bool:
    return each.get("active") is not False


def _name(person: Resource) -> str:
    names: list[dict[str, Any]] = person.get("name") or [{}]
    first = names[0]
    return str(first.get("text") or " ".join([first.get("family", ""), *repeated.told(first, "given")]).strip())


def _held(post: Resource) -> str:
    said = [str(each.get("text", "")) for each in post.get("code") or ()]
    return " ".join(filter(None, [*said, *sorted(coding.codes(post.get("code"), "role"))]))
