"""The programmes that are run in pairs: one for people in hardship, one for people on public assistance.

okayama-2019.txt s2, s3; R45: the two of a pair share a provider, and crossing keeps the plan
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import coding, reference

IN_HARDSHIP, ASSISTED = "in-hardship", "assisted"
PLACES = "activity[{}].detail.performer[{}]"
_OVER = ("completed", "cancelled", "stopped", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Programme:
    """For whom it is (a code of `programme-side`), the programme of the other side it is paired with, its provider, and
    whether it is still run."""

    side: str
    pair: str
    provider: str
    runs: bool = True


def named(service: Mapping[str, Any]) -> str:
    """The service that a HealthcareService names as its pair, empty where it names none."""
    pairs = (reference.one(said, "valueReference") for said in coding.extension(service, "programme-pair"))
    return next(pairs, "")


def read(service: Mapping[str, Any]) -> Programme | None:
    """The programme that a HealthcareService is, None where it is none."""
    for each in service.get("eligibility") or ():
        for side in sorted(coding.codes(each.get("code"), "programme-side")):
            runs = service.get("active") is not False
            return Programme(side, named(service), reference.one(service, "providedBy"), runs)
    return None


def performers(plan: Mapping[str, Any], *, over: bool = False) -> Iterator[tuple[int, int, str]]:
    """The services that perform what goes on of a plan, and where it is asked for what is `over`: the place of the
    activity, and of the performer in it."""
    for place, activity in enumerate(plan.get("activity") or ()):
        detail = activity.get("detail") or {}
        ended = detail.get("status") in _OVER and not over
        for at, each in enumerate(() if ended else detail.get("performer") or ()):
            name = reference.one({"to": each}, "to")
            if name.startswith("HealthcareService/"):
                yield place, at, name


def crossed(
    plan: dict[str, Any], programmes: Mapping[str, Programme], side: str
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Put the paired programme of a side in the place of each of the other; which places were crossed, and which have
    no pair of the same provider that is run on that side. `programmes` has the pairs too."""
    done, left = [], []
    for place, at, name in list(performers(plan)):
        found = programmes.get(name)
        if found is None or found.side == side:
            continue
        pair = programmes.get(found.pair)
        if pair and pair.runs and pair.side == side and pair.provider == found.provider:
            plan["activity"][place]["detail"]["performer"][at] = {"reference": found.pair}
            done.append((place, at))
        else:
            left.append((place, at))
    return done, left
