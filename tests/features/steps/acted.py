"""What an act is answered with, of those who act on days that the scenario says (tests/world/acting.py).

The steps that all features share speak of the demo's city, so these are registered by the files that need them.
"""

from __future__ import annotations

from pytest_bdd import parsers, then

from tests.world.acting import Acting
from tests.world.ruled import unruled

_CALLER = 2
"""The steps are those of the file that asks for them."""


def steps() -> None:
    """Register them in the file that calls this."""
    then("受け付けられる", stacklevel=_CALLER)(taken)
    then("許されない", stacklevel=_CALLER)(forbidden)
    then("見つからない", stacklevel=_CALLER)(missing)
    then("断られる", stacklevel=_CALLER)(refused)
    then("状態は 422", stacklevel=_CALLER)(refused)
    then(parsers.re(r"(?P<rule>R\d+)により断られる"), stacklevel=_CALLER)(refused_by)
    then(parsers.parse("答えには「{words}」とある"), stacklevel=_CALLER)(says)


def taken(town: Acting) -> None:
    assert town.answer.status in (200, 201), town.said


def forbidden(town: Acting) -> None:
    assert town.answer.status == 403, town.said
    assert unruled(town.answer.body) == []


def missing(town: Acting) -> None:
    assert town.answer.status == 404, town.said


def refused(town: Acting) -> None:
    assert town.answer.status == 422, town.said


def refused_by(town: Acting, rule: str) -> None:
    assert town.answer.status == 422, town.said
    assert rule in town.rules


def says(town: Acting, words: str) -> None:
    assert words in town.said
