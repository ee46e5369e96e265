"""How a version and a row of a relation lie in their collections.

https://www.mongodb.com/docs/manual/core/document/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from resources.record.version import Version
from resources.search.relation import FOREVER, Relation, Row, Stored
from resources.store.body import demand, digest

Document = dict[str, Any]

NEVER = "9999-12-31T23:59:59.999Z"
LAST = 9_999_999_999
RELATION = tuple(each.name for each in fields(Relation))

ASKED = {"terms": 1, "since": 1, "first": 1}
"""What a condition asks of, as a projection."""


def stored(version: Version, first: str, place: str, *, related: bool) -> Document:
    """The version as a document, current, at this place in commit order.

    Its `_id` makes type, id and number unique and sorts by them.
    """
    name = key(version.type, version.id, version.number)
    return {
        "_id": name,
        "moment": f"{version.since} {name}",
        "place": place,
        "type": version.type,
        "id": version.id,
        "number": version.number,
        "since": version.since,
        "until": NEVER,
        "first": first,
        "current": True,
        "live": not version.deleted,
        "deleted": version.deleted,
        "related": related,
        "terms": list(version.terms),
        "body": version.body,
        "digest": digest(version.body),
    }


def restored(document: Document) -> Version:
    """The version of a document. Raises Corrupt where its body is not the one that was written."""
    demand(document["body"], document["digest"], document["type"], document["id"], document["number"])
    return read(document)


def read(document: Document) -> Version:
    """The version of a document, whatever has become of its body."""
    return Version(
        document["type"],
        document["id"],
        document["number"],
        document["since"],
        document["deleted"],
        document["body"],
        tuple(document["terms"]),
        document["first"],
    )


def asked(document: Document) -> Stored:
    """What a condition asks of the version of a document."""
    return Stored(document["terms"], document["since"], document["first"])


def key(type: str, id: str, number: int) -> str:
    """The `_id` of a version."""
    return f"{type} {id} {number:010}"


def place(instant: str, number: int) -> str:
    """Where in commit order the so manieth version of the transaction of this instant is."""
    return f"{instant} {number:010}"


def rows(relations: Iterable[Relation], version: Version, since: str) -> list[Document]:
    """Rows that this version begins, at this instant."""
    return [lying(Row(one, since, FOREVER, version.reference, version.number)) for one in sorted(relations)]


def lying(row: Row) -> Document:
    """The row as a document."""
    return {
        **{name: getattr(row.relation, name) for name in RELATION},
        "since": row.since,
        "ended": row.ended,
        "source": row.source,
        "number": row.number,
    }


def row(document: Document) -> Row:
    """The row of a document."""
    return Row(relation(document), document["since"], document["ended"], document["source"], document["number"])


def relation(document: Document) -> Relation:
    """What a row says."""
    # Rows of an older release name no keeper.
    return Relation(**{name: document[name] for name in RELATION if name in document})
