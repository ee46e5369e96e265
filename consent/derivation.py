"""All that the server works out of a record and keeps beside it: search terms, envelope, rows of relations.

docs/maintenance.md; docs/policy.md, "whom a record is about". Who keeps a record and who wrote it (its origin), and
whom an older generation named (`.kept`), the verdict on evidence, who wrote each version, what was put back for them
what is marked `place-checked`, and to whom a record was handed over are facts that no body tells: they are taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import orjson

from consent import verdict
from consent.relations import contributions, told_of
from consent.secrecy import harmless
from consent.secrecy.redaction import Redaction
from consent.verdict import NONE, Verdict
from profiles import consent as tables
from profiles.spec import Spec
from resources.record import envelope, keeping, mistake, parse
from resources.record.envelope import CHECKED, SECLUDED, Envelope, Known, Origin, Written
from resources.record.mistake import MISTAKEN
from resources.record.reference import Look
from resources.record.version import Version
from resources.search import index as indexing
from resources.search.index import Index
from resources.search.predicate import term
from resources.search.relation import FOREVER, WORDED, Relation, Row, Terms, values

KEPT = ".kept"
"""The Patients and Groups that an older generation named and this one does not: nobody once named is lost."""

_HANDED = (".subject ", ".household ")
_OF_ONE_VERSION = (".open ", ".writer ", ".masked ", ".unsent ", f"{CHECKED} ", f"{keeping.TAKER} ", f"{WORDED} ")
_SECLUDED = term(SECLUDED, "yes")


def generation(spec: Spec) -> str:
    """Of what code the derived data are: equal exactly where the same is derived."""
    parameters = {type: {code: repr(one) for code, one in found.items()} for type, found in spec.search.items()}
    numbers = (envelope.DERIVATION, contributions.DERIVATION, indexing.DERIVATION)
    said = orjson.dumps([numbers, parameters, tables.digest()], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(said, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a record.

    `look` gives records, `known` the envelopes of those it is of. `joined` are Patients it is about besides: who say
    that they are this RelatedPerson. `left` gives of a record that it is of who has left the households of that since
    it was first written, with the instants: it takes by name whom it can no longer follow as a member. `secret` says of
    its terms whether it is about somebody whose place is protected.
    """

    look: Look
    known: Known
    joined: frozenset[str] = frozenset()
    left: Callable[[str], Iterable[tuple[str, str]]] = lambda name: ()
    secret: Callable[[Terms], bool] = lambda terms: False


@dataclass(frozen=True, slots=True)
class Derived:
    """What is derived of one version, but for its rows and what it is found by: its envelope, as terms too."""

    envelope: Envelope
    terms: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """What is derived of every version of a record, by its number, and of the record.

    `may` are terms that its versions may have besides: of who left a household after it was written, and is followed as
    a member too.
    """

    terms: dict[int, tuple[str, ...]] = field(default_factory=dict)
    may: frozenset[str] = frozenset()
    rows: frozenset[Row] = frozenset()
    handed: frozenset[str] = frozenset()


def search(index: Index, resource: Mapping[str, Any], *, secret: bool = False) -> set[str]:
    """The search terms of a record; of one about a protected person those of its harmless elements alone (D1)."""
    if not secret:
        return index.terms(resource)
    return index.terms(Redaction(harmless.of(index.spec), resource["resourceType"], marks=False).show(resource))


@lru_cache(maxsize=256)
def dated(index: Index, type: str, since: str) -> frozenset[str]:
    """The search terms of the instant at which a version is written; the same for all of a type in one transaction."""
    bare = {"resourceType": type}  # of which something may be said already: that a person has not died
    return frozenset(index.terms(bare | {"meta": {"lastUpdated": since}}) - index.terms(bare))


def of(
    resource: Mapping[str, Any],
    origin: Origin,
    around: Around,
    before: Envelope | None = None,
    written: Written = ("", False, frozenset(), frozenset()),
    standing: Verdict = NONE,
) -> Derived:
    """The envelope of a version; `written` is who wrote it, and what no body tells besides.

    `standing` is the verdict on it.
    """
    made = envelope.of(resource, origin, around.look, around.known, before).joined(around.joined).written(*written)
    if made.type in told_of.ELEMENT:
        made = replace(made, closed=told_of.closed(made.of, around.known))
    return Derived(made, tuple(sorted(made.terms() | standing.terms())))


def found_by(terms: Iterable[str], found: Iterable[str], *, secret: bool) -> tuple[str, ...]:
    """All terms of a version, from those of its envelope and those of its search."""
    own = {entry for entry in terms if entry.startswith(".") and entry != _SECLUDED}
    return tuple(sorted(own.union(found, {_SECLUDED} if secret else ())))


def of_deleted(before: Terms, writer: str) -> tuple[str, ...]:
    """The terms of a deletion: its envelope but that it is open, since a deletion ends nothing; nothing to find."""
    kept = {entry for entry in before if entry.startswith(".") and not entry.startswith(_OF_ONE_VERSION)}
    return tuple(sorted(kept | ({term(".writer", writer)} if writer else set())))


def of_record(index: Index, versions: Sequence[Version], around: Around) -> Record:
    """What is derived of a whole record, from all its versions in their order.

    Past versions carry their own, joined with whom the record is about now.
    """
    made = Record()
    had: Envelope | None = None
    own: tuple[str, ...] = ()
    origin, given = envelope.origin(versions[0].terms), ""
    for version in versions:
        origin, given = keeping.behind(version.terms, origin, given), keeping.taker(version.terms)
        never = mistake.misnamed(version.terms)
        if version.deleted:
            own = of_deleted(own, envelope.written(version.terms)[0])
        else:
            judged = verdict.read(version.terms)
            derived = of(orjson.loads(version.body), origin, around, had, written_by(version, origin), judged)
            bare = derived.envelope
            own, had = derived.terms, replace(bare, subjects=bare.subjects - never, households=bare.households - never)
        misnamed = _named(never)
        made.terms[version.number] = tuple(
            sorted({*own, *misnamed, *keeping.said(version.terms), *_worded(version.terms)})
        )
        own = tuple(sorted(mistake.without(own, never)))
    kept = frozenset(name for version in versions for name in values(version.terms, KEPT))
    left = [one for name in sorted(had.of if had else ()) for one in around.left(name)]
    written = max((version.since for version in versions if not version.deleted), default="")
    made.may = _named(person for person, _ in left)
    made.handed = handed(own) | _named(kept) | _named(person for person, ended in left if ended < written)
    secret = around.secret(sorted({*own, *made.handed}))
    handed_on = made.handed.union(had.closed if had else ())
    handed_on |= {MISTAKEN} if had and had.mistaken else set()
    for version in versions:
        joined = handed_on.union(term(KEPT, name) for name in values(version.terms, KEPT))
        own = tuple(entry for entry in made.terms[version.number] if entry != MISTAKEN)
        joined |= mistake.said(version.terms)
        found = () if version.deleted else search(index, parse.editable(version.body), secret=secret)
        made.terms[version.number] = found_by(joined.union(own), found, secret=secret)
    made.rows = rows(versions, made.terms)
    return made


def rows(versions: Sequence[Version], terms: Mapping[int, Terms]) -> frozenset[Row]:
    """Every row that a record has contributed, from all its versions in their order and their terms by number.

    What other papers ended of a consent changes its rows without a version of it.
    """
    over, standing = set[Row](), dict[Relation, Row]()
    for version in versions:
        if version.deleted:
            _relate(version, version.since, frozenset(), standing, over)
            continue
        resource, own = orjson.loads(version.body), terms[version.number]
        later = [instant for instant in verdict.read(own).turns if instant > version.since]
        for since in (version.since, *later):
            _relate(version, since, contributions.of(resource, own, since), standing, over)
    return frozenset(over).union(standing.values())


def handed(terms: Iterable[str]) -> frozenset[str]:
    """Of these terms those that go on to the records that are of this one."""
    return frozenset(entry for entry in terms if entry.startswith(_HANDED))


def written_by(version: Version, origin: Origin) -> Written:
    """Who wrote a version; of the first the author, where an older generation did not say."""
    writer, masked, unsent, checked = envelope.written(version.terms)
    return writer or (origin.author if version.number == 1 else ""), masked, unsent, checked


def _worded(terms: Terms) -> list[str]:
    return [term(WORDED, since) for since in values(terms, WORDED)]


def _named(names: Iterable[str]) -> frozenset[str]:
    return frozenset(term(mistake.about(name), name) for name in names)


def _relate(
    version: Version, since: str, wanted: frozenset[Relation], standing: dict[Relation, Row], rows: set[Row]
) -> None:
    """A version ends the record's rows that it no longer says, and begins those that are new."""
    for over in standing.keys() - wanted:
        row = standing.pop(over)
        if row.since != since:
            rows.add(Row(over, row.since, since, row.source, row.number))
    for new in wanted - standing.keys():
        standing[new] = Row(new, since, FOREVER, version.reference, version.number)
