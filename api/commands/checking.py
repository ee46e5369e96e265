"""The check of a store by several processes at once, each of which loads the specification once.

docs/maintenance.md, "check"
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

from api import orphan
from api.settings import Settings
from consent.maintenance import checking
from consent.maintenance.checking import Check, Checked
from consent.maintenance.difference import Difference
from profiles import load
from resources.search.index import Index
from resources.store import open as stores
from resources.store.fault import unavailable
from resources.store.ledger import Ledger, Span

SPAN = 500
"""Places that one process looks at before it takes the next."""

ALONE, ALONE_QUICKLY = 8, 400
"""Up to so many spans, starting other processes takes longer than the work."""

Looking = Callable[[Span], Checked]

_looking: list[Looking] = []
"""What a process of the pool does with a span, once it has begun."""


def run(
    settings: Settings, spans: Sequence[Span], told: Callable[[int], None], *, quick: bool = False, pages: bool = True
) -> tuple[int, list[Difference]]:
    """How many versions were looked at, and what differs in commit order; `told` hears how far it is."""
    with closing(stores.ledger(settings.store_address)) as ledger:
        whole = checking.whole(ledger, pages=pages)
        if len(spans) <= (ALONE_QUICKLY if quick else ALONE):
            done = _alone(_look(ledger, settings.fhir, quick), spans, told)
        else:
            done = _together((settings.store_address, settings.fhir, quick), spans, told)
    return sum(each.versions for each in done), [*(one for each in done for one in each.differences), *whole]


def _alone(look: Looking, spans: Sequence[Span], told: Callable[[int], None]) -> list[Checked]:
    done, far = [], 0
    for span in spans:
        done.append(look(span))
        far += span.size
        told(far)
    return done


def _together(how: tuple[str, str, bool], spans: Sequence[Span], told: Callable[[int], None]) -> list[Checked]:
    # A new process, not a fork: a connection to SQLite must not be carried over one.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, _begin, how) as pool:
        asked = [pool.submit(_one, span) for span in spans]
        far = 0
        try:
            for answered in as_completed(asked):
                far += answered.result().versions
                told(far)
        except BrokenProcessPool:
            raise unavailable("a process of the check was ended", "確認のプロセスが終了させられました") from None
        return [each.result() for each in asked]


def _look(ledger: Ledger, base: str, quick: bool) -> Looking:
    if quick:
        return lambda span: checking.counted(ledger, span)
    return Check(ledger, Index(load.load(), base)).span


def _begin(address: str, base: str, quick: bool) -> None:
    orphan.ends()
    _looking.append(_look(stores.ledger(address), base, quick))


def _one(span: Span) -> Checked:
    return _looking[0](span)
