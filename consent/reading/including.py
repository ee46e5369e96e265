"""What comes with the records that match: along references and against them, each record as its reader may see it.

docs/search.md, "Includes"; https://hl7.org/fhir/R4/search.html#revinclude
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence

from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import include
from resources.search.include import Include
from resources.search.index import Index
from resources.search.predicate import Predicate, any_of, has_one_of
from resources.search.relation import values

MOST = 1_000
ROUNDS = 8
"""From what matches to what comes, and on from that with `:iterate`."""

Fetch = Callable[[str, Predicate, int], Awaitable[Sequence[Version]]]
"""(type, condition, most) -> the records of this type that whoever asks may find."""

Hidden = Callable[[str, str], bool]
"""Whether a parameter of a type is one by which this reader is brought nothing."""


async def included(
    index: Index,
    includes: Sequence[Include],
    matched: Sequence[Version],
    types: frozenset[str],
    fetch: Fetch,
    hidden: Hidden | None = None,
) -> list[Version]:
    """Everything that comes, each record once and none that matched. `types` are those that the reader reaches.

    Raises Problem `too-costly` where it is more than may come with one page: it never comes in part.
    """
    known = {version.reference for version in matched}
    found: list[Version] = []
    at: Sequence[Version] = matched
    asked = includes
    for _ in range(ROUNDS):
        if not at:
            return found
        new: dict[str, Version] = {}
        for type, what in _wanted(index, asked, at, types, known, hidden):
            for version in await fetch(type, what, MOST - len(found) - len(new) + 1):
                if version.reference not in known:
                    new[version.reference] = version
            if len(found) + len(new) > MOST:
                raise _too_many()
        known |= new.keys()
        at = list(new.values())
        found += at
        asked = [one for one in includes if one.iterate]
    if at:
        raise _too_many()
    return found


def _wanted(
    index: Index,
    includes: Iterable[Include],
    at: Sequence[Version],
    types: frozenset[str],
    known: set[str],
    hidden: Hidden | None,
) -> list[tuple[str, Predicate]]:
    """By type what has to be looked for, forwards by name and backwards by what leads here."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    leading: defaultdict[str, list[Predicate]] = defaultdict(list)
    for one in includes:
        if one.reverse:
            for source in sorted(types):
                for target in sorted({version.type for version in at}):
                    here = [version.reference for version in at if version.type == target]
                    for code in _names(index, one, source, target, hidden):
                        leading[source].append(has_one_of(code, here))
        else:
            for version in at:
                for code in _names(index, one, version.type, "", hidden):
                    for reference in values(version.terms, code):
                        type = reference.partition("/")[0]
                        if type in types and one.target in ("", type) and reference not in known:
                            named[type].add(reference)
    forwards = [(type, has_one_of(".id", names)) for type, names in sorted(named.items())]
    return forwards + [(type, any_of(parts)) for type, parts in sorted(leading.items())]


def _names(index: Index, one: Include, source: str, target: str, hidden: Hidden | None) -> list[str]:
    found = include.names(index, one, source, target)
    return [code for code in found if not hidden(source, code)] if hidden else found


def _too_many() -> Problem:
    text = f"more than {MOST} records would come with this page: ask for a smaller `_count`, or for fewer includes"
    ja = f"一緒に返る記録が{MOST}件を超えます。`_count` を小さくするか、_include を減らしてください"
    return Problem.of("too-costly", text, ja, include.NAMES[0])
