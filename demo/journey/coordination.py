"""e (first half). What gets stuck is brought to the coordinator, on one of six grounds.

docs/domain.md R13–R15
"""

from __future__ import annotations

import copy

from demo.journey.city import City
from demo.journey.narration import Narration


def bring(city: City) -> list[Narration]:
    yorisoi = city.officer("yorisoi")
    bundle = city.payload("coordination")
    groundless = copy.deepcopy(bundle)
    del groundless["entry"][1]["resource"]["reasonCode"]
    refused = yorisoi.post("", groundless)
    brought = yorisoi.post("", bundle)
    if brought.done:
        city.known |= dict(zip(("case", "coordination"), brought.created, strict=True))
    return [
        city.tell(
            "e",
            "yorisoi",
            "理由を示さずに調整を求める",
            "asks for coordination without a ground",
            refused,
            expect=422,
            rule="R13",
        ),
        city.tell(
            "e",
            "yorisoi",
            "「お互いの動きを知らない」事例として調整を求める",
            "asks for coordination: agencies do not know of each other",
            brought,
        ),
    ]


def take_on(city: City) -> list[Narration]:
    coordinator = city.officer("coordinator")
    task = coordinator.get(city.known["coordination"])
    accepted = copy.deepcopy(task.json) if task.done else {}
    accepted["status"] = "accepted"
    answer = coordinator.put(accepted) if task.done else task
    return [city.tell("e", "coordinator", "調整を引き受ける", "takes the case on", answer)]
