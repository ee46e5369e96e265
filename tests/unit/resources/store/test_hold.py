"""What a transaction spends is its own work, and nothing that it is stopped for."""

from __future__ import annotations

import gc
import time

import pytest

from resources.store.hold import Hold
from resources.store.port import TooCostly

SECONDS = 0.1


def test_a_walk_of_the_collector_is_nobodys_work() -> None:
    """It walks over what all requests have left, and may take longer than one transaction may."""
    hold, begun = Hold(SECONDS), time.thread_time()
    while time.thread_time() < begun + 3 * SECONDS:
        gc.collect()
    assert hold.demand() > 0


def test_a_works_own_time_is_spent() -> None:
    hold, begun = Hold(SECONDS), time.thread_time()
    while time.thread_time() < begun + 2 * SECONDS:
        sum(range(1_000))
    with pytest.raises(TooCostly):
        hold.demand()
