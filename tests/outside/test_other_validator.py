"""Where this server and another validator differ, and why: nowhere else than is listed.

tests/outside/validator: `verdicts.json` is what Pyrofile 0.3.0 said, `differences.json` the reasons. docs/validation.md
"""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from profiles.spec import Spec
from tests.outside import other_validator
from tests.unit.resources.record import test_corpus as corpus

TOLD = json.loads(other_validator.DIFFERENCES.read_bytes())


@pytest.fixture(scope="module")
def differing(spec: Spec) -> dict[str, set[str]]:
    """What is taken here and not there, and what is refused here and not there."""
    verdicts = other_validator.kept()
    found: dict[str, set[str]] = defaultdict(set)
    for kind, what, resource in other_validator.resources():
        theirs = verdicts.get(other_validator.digest(resource))
        assert theirs is not None, f"ask the other validator anew: {kind} {what} ({other_validator.__doc__})"
        ours = not corpus.told(spec, resource)
        if ours != theirs:
            found["taken" if ours else "refused"].add(what)
    return found


@pytest.mark.parametrize("how", ["taken", "refused"])
def test_each_difference_has_its_reason_and_each_reason_a_difference(how: str, differing: dict[str, set[str]]) -> None:
    listed = [what for names in TOLD[how].values() for what in names]
    assert len(listed) == len(set(listed))
    assert differing[how] == set(listed)


def test_most_is_agreed_on() -> None:
    verdicts = other_validator.kept()
    assert len(verdicts) > 550
    listed = sum(len(names) for told in TOLD.values() for names in told.values())
    assert listed < len(verdicts) / 3
