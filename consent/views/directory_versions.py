"""Every version of a type of the directory, for the list of another day.

docs/directory.md, "dates"; docs/policy.md, P9.
"""

from __future__ import annotations

from collections.abc import Sequence

from consent import gathering, policy, vocabulary
from consent.reading.page import MOST_COUNTED
from consent.reading.reading import Reading
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import has
from resources.store.port import Query


async def every(reading: Reading, type: str) -> Sequence[Version]:
    """Those of one record together, the oldest first, as far as the asker may read them.

    Raises Problem `login` or `forbidden` where the type is not for them, `too-costly` where there are too many.
    """
    asked = has(".type", type)
    if reading.facts.actor.anonymous and type not in vocabulary.DIRECTORY:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    made = policy.ruling("read", await gathering.for_search(reading.view, reading.facts, type, asked))
    policy.covered(made.rules, type)
    found = await reading.view.find(Query(asked, limit=MOST_COUNTED, history=True), within=made.within)
    if found.next:
        raise Problem.of("too-costly", f"more than {MOST_COUNTED} versions", f"版が{MOST_COUNTED}件を超えています")
    reading.shown += found.versions
    reading.decisions += made.decisions(found.versions, reading.facts.world)
    return found.versions
