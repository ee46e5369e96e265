"""Every type is on one list, and there are tables for it."""

from __future__ import annotations

from profiles import served
from profiles.spec import Spec


def test_a_type_is_on_one_list_only() -> None:
    assert sum(map(len, served.kinds().values())) == len(served.types())


def test_there_are_tables_for_every_type(spec: Spec) -> None:
    assert served.types() == spec.types == spec.search.keys()
