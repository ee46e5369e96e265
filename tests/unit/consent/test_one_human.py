"""P7: of whom more is recorded than is followed, anybody may be one; nobody is where nobody is meant."""

from __future__ import annotations

from consent.relations import one_human
from tests.unit.consent.town import Town

MANY = [f"Practitioner/{number}" for number in range(one_human.MOST + 1)]


def test_what_is_too_much_to_follow_is_not_told_apart(town: Town) -> None:
    async def asked(said: list[str], others: list[str]) -> bool:
        async with town.store.snapshot() as view:
            return await one_human.may_be(view, said, others)

    assert town.runner.run(asked(MANY, ["Practitioner/a"]))
    assert town.runner.run(asked(["Practitioner/a"], MANY))
    assert town.runner.run(asked(["Practitioner/a"], ["Practitioner/a"]))
    assert not town.runner.run(asked(MANY[1:], ["Practitioner/a"]))
    assert not town.runner.run(asked(MANY, []))
