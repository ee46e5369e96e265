"""Nobody changes what is derived of a record without a new generation: a store of the old one is then brought along."""

from __future__ import annotations

from profiles.spec import Spec
from tests.house import generation

CHANGED = """What is derived of the fixed set of records has changed, and its generation has not: stores that stand
would silently be wrong. Raise DERIVATION in the module you changed (resources/record/envelope.py,
consent/relations/contributions.py, or resources/search/index.py for all of resources/search), then pin it by
`python -m tests.house.generation`."""
PIN = """The generation is a new one. If that was meant, pin what it derives: `python -m tests.house.generation`. Every
store that stands will ask for `tsunagu reindex`; say so in the changelog."""


def test_what_is_derived_is_pinned_to_its_generation(spec: Spec) -> None:
    pinned, now = generation.pinned(), generation.now(spec)
    if now["generation"] == pinned["generation"]:
        assert now["digest"] == pinned["digest"], CHANGED
    assert now == pinned, PIN
