"""One scenario as its steps share it: the household, who asks, and what was answered last."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.answer import Answer
from demo.journey.city import City
from demo.people import AUDIT, CARE, CONFERENCE, EMERGENCY
from demo.rest import Client
from tests.world.words import CALLED, COLLEAGUES, FORMS, KINDS, SYSTEMS, WHAT, WHO

PURPOSES = {
    "": CARE,
    "ふだんの業務として": CARE,
    "会議のために": CONFERENCE,
    "監査のために": AUDIT,
    "緊急のために": EMERGENCY,
}


@dataclass(slots=True)
class Scene:
    """One scenario: its household, and what was answered last."""

    city: City
    answer: Answer = field(init=False)
    remembered: dict[str, str] = field(default_factory=dict)

    def person(self, who: str, purpose: str = "") -> Client:
        wanted = PURPOSES[purpose]
        if who in SYSTEMS:
            return self.city.system(SYSTEMS[who], wanted)
        return self.city.officer((WHO | COLLEAGUES)[who], wanted)

    def place(self, what: str) -> str:
        return self.city.known[WHAT[what]]

    def search(self, client: Client, kind: str) -> Answer:
        """The records of this kind that belong to the scenario."""
        return client.get(KINDS[kind], _tag=self.city.known["tag"], _count="100")

    @property
    def persons(self) -> str:
        """The ids of the persons of the scenario."""
        return ",".join(name.partition("/")[2] for name in self.city.known.values() if name.startswith("Patient/"))

    def timetable(self, who: str, form: str) -> Answer:
        """The week of the total care plan, drawn for somebody."""
        return self.person(who).get(f"{self.place('トータルケアプラン')}/$timetable", _format=FORMS[form])

    def called(self, answer: Answer) -> list[str]:
        """What was found, by the words of the features, sorted; anything unknown by its reference."""
        names = {reference: CALLED.get(name, name) for name, reference in self.city.known.items()}
        return sorted(names.get(reference, reference) for reference in answer.references)
