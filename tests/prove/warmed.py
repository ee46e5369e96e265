"""What every child of the judging process would make first of all, made once.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import asyncio
import tempfile


def law() -> None:
    """What a mutant breaks is not made small: that it broke is enough."""
    import hypothesis

    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases, database=None)
    hypothesis.settings.load_profile("mutants")


def town() -> None:
    """What the libraries and the lower floor keep, of a first town; the specification is read once."""
    from profiles import load
    from resources.store.open import opened
    from tests.unit.consent import town as towns
    from tests.unit.consent.people import NOW

    officer = towns.actor("p")
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        store = opened(folder, lambda: NOW)
        runner.run(store.open())
        try:
            founded = towns.Town.founded(runner, store, load.load())
            founded.write(officer, towns.patient("1"), towns.patient("2"), towns.household("1", "2"))
            founded.write(officer, towns.concern("c", "1"), towns.case(), towns.coordination("requested"))
            founded.search(officer, "Condition", ("subject", "Patient/1"))
        finally:
            runner.run(store.close())
