"""One line of an import made ready outside the one writer: parsed, validated, indexed, its references named.

docs/operations.md, "import".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from consent import duties, standing, vocabulary
from consent.engine import PolicyEngine
from consent.importing import classifying
from consent.relations import contributions
from consent.secrecy import protection
from consent.writing import referring, resolving
from consent.writing.prepared import Change, Prepared, prepared
from resources.record import envelope, parse, reference, stamp, wording
from resources.record.envelope import LABEL, Origin
from resources.record.extent import Extent
from resources.record.problem import Issue, Problem
from resources.search.predicate import term
from resources.search.relation import Relation

MARK = "0000-00-00T00:00:00.000Z"
"""Stands in the body where the instant of the transaction will, which nobody knows before."""

_NO_STEP = frozenset({".", ".."})
"""Legal ids, but steps of a path: whoever writes them into an address takes them out again (RFC 3986, 5.2.4)."""

_MARKED = f'"lastUpdated":"{MARK}"'.encode()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a line may be, in bytes, how deep its JSON may nest, and how much it may hold."""

    length: int
    depth: int
    extent: Extent = field(default_factory=Extent)


@dataclass(frozen=True, slots=True)
class Line:
    """A record of an import, as far as it is known without the store.

    `terms` are sorted and lack what the transaction and the records it is of will add. `names` are its references, each
    as (path, `Type/id` or `Type/id/_history/version`). `judged` says that duties or a conference need more of it than
    its terms.
    """

    type: str
    id: str
    marked: bytes
    terms: tuple[str, ...]
    relations: frozenset[Relation]
    names: tuple[tuple[str, str], ...]
    judged: bool

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    def body(self, since: str) -> bytes:
        """The record as it is stored at an instant."""
        return self.marked.replace(_MARKED, f'"lastUpdated":"{since}"'.encode(), 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: written, there already, wrong for a reason, or waiting for a record still to come."""

    written: bool = False
    there: bool = False
    wrong: Problem | None = None

    @property
    def waits(self) -> bool:
        """Whether what it refers to may yet come; `wrong` then says what is missing."""
        return self.wrong is not None and self.wrong.kind == "not-found"


def ready(engine: PolicyEngine, body: bytes, origin: Origin, bounds: Bounds) -> Line:
    """The line made ready. Raises Problem naming every element at fault."""
    parsed = parse.parse(body, limit=bounds.length, depth=bounds.depth, extent=bounds.extent)
    type, id = parsed["resourceType"], parsed.get("id")
    if type not in engine.spec.search:
        raise Problem.of("not-supported", f"`{type[:64]}` is not served", f"`{type[:64]}` は扱っていません")
    if not isinstance(id, str):
        raise Problem("invalid", Issue("a line needs an `id`", "`id` が必要です", f"{type}.id", code="required"))
    if id in _NO_STEP:
        text, ja = f"no address can hold the id `{id}`", f"id `{id}` は、どのアドレスにも書けません"
        raise Problem("invalid", Issue(text, ja, f"{type}.id"))
    if type == "Patient":
        protection.kept(None, parsed, shown=True)
    known = prepared(engine, Change("create", type, id, body))
    if (marked := classifying.classified(known.sent)) is not known.sent:
        known = Prepared.of(engine, known.change, marked, orjson.loads(parse.write(marked)))
    referring.bounded((known,))
    if unnamed := tuple(_unnamed(engine, known)):
        raise Problem("invalid", *unnamed)
    about = envelope.of(known.resource, origin, lambda _: None, lambda _: None).written(
        origin.author, False, frozenset()
    )
    terms = tuple(sorted(about.terms() | known.terms))
    return Line(
        type,
        id,
        stamp.stamped(known.sent, id, 1, MARK),
        terms,
        contributions.of(known.resource, terms),
        tuple(_names(engine, known)),
        type in duties.BY_TYPE
        or type in standing.BY_TYPE
        or "encounter" in known.resource
        or "context" in known.resource
        or term(LABEL, vocabulary.WITHHELD) in terms,
    )


def _unnamed(engine: PolicyEngine, ready: Prepared) -> Iterator[Issue]:
    """What is wrong with its references that name no record by its id: nothing is looked for in an import, so that the
    same line is the same record whenever it is taken in."""
    for found in ready.pointers:
        at = f"{ready.change.type}.{found.at}"
        if engine.index.is_own(found.address):
            continue  # said with its names
        if resolving.people(found):
            yield Issue("an import names people and households by their ids", "人と世帯は id で参照してください", at)
        elif resolving.types(found):
            text = f"an import searches for nothing: write {wording.quoted(found.node['reference'])} as `Type/id`"
            ja = f"取り込みでは検索しません。{wording.quoted(found.node['reference'])} は `Type/id` で書いてください"
            yield Issue(text, ja, at)


def _names(engine: PolicyEngine, ready: Prepared) -> Iterator[tuple[str, str]]:
    for path, target in ready.named:
        at = f"{ready.change.type}.{path}"
        if engine.index.is_own(target):
            text, ja = f"write `{target}` relative to this server", f"`{target}` は相対参照で書いてください"
            raise Problem("invalid", Issue(text, ja, at))
        name = reference.local(target)
        if name and name != ready.change.reference and name.partition("/")[0] in vocabulary.SERVED:
            yield at, target
