"""The city as the journey knows it: who can be asked to act, and what has been made so far.

docs/journey.md
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo import explanation, template
from demo.answer import Answer
from demo.journey.narration import Narration
from demo.people import AUDIT, CARE, CONFERENCE, People
from demo.rest import Client


class City:
    """The people of the city, and the references of one household by the names of the payloads."""

    def __init__(self, people: People, folder: Path = template.FOLDER) -> None:
        """`folder` has the payloads of the household."""
        self.people, self._folder = people, folder
        self.known: dict[str, str] = {}
        self._names = template.fill("actors", {}, folder)
        self._grounds = template.fill("grounds", {})

    def anyone(self) -> Client:
        return self.people.anyone()

    def officer(self, name: str, purpose: str = CARE) -> Client:
        """The person with this sign-in name, asking for one purpose."""
        return self.people.officer(name, purpose)

    def system(self, name: str, purpose: str = CARE) -> Client:
        """An agency's own system, by its client id."""
        return self.people.system(name, purpose)

    def payload(self, name: str, **more: Any) -> dict[str, Any]:
        """A payload of the household, filled with what is known, with the time, and with `more` (`_` for `-`)."""
        given = {place.replace("_", "-"): value for place, value in more.items()}
        return template.fill(name, template.clock(datetime.now(UTC)) | self.known | given, self._folder)

    def explain(self, reference: str, *, actor: str, purpose: str, at: str = "") -> Answer:
        """The auditor asks what became of somebody's asking for a record, until an instant: the trail answers."""
        asked = {"actor": actor, "purpose": purpose} | ({"at": at} if at else {})
        return self.officer("auditor", AUDIT).get(f"{reference}/$explain-access", **asked)

    def explain_meeting(self, *, actor: str, purpose: str) -> Answer:
        """The convener asks why somebody can or cannot see the household that the meeting is about."""
        convener = self.officer("convener", CONFERENCE)
        return convener.get(f"{self.known['household']}/$explain-access", actor=actor, purpose=purpose)

    def remember(self, name: str) -> None:
        """Keep this instant under a name, to ask about it later."""
        self.known[name] = datetime.now(UTC).isoformat()

    def tell(
        self,
        step: str,
        who: str,
        ja: str,
        en: str,
        answer: Answer,
        *,
        expect: int = 200,
        rule: str = "",
        holds: bool = True,
        why: Answer | None = None,
        reason: str = "",
    ) -> Narration:
        """Put an answer into words.

        `expect` is the status the ordinance wants, `rule` an id the refusal must name, `holds` what else must be true,
        `why` an explanation of a refusal that says nothing by itself.
        """
        refusing = why if why is not None else answer
        held = answer.status == expect and holds and (not rule or rule in refusing.rules or refusing.says(rule))
        narration = explanation.read(why) if why is not None else None
        return Narration(
            step=step,
            who=self.name(who),
            ja=ja,
            en=en,
            status=answer.status,
            allowed=answer.done and answer.total != 0,
            reason=reason or (" / ".join(narration.sentences) if narration else answer.reason or self._because(answer)),
            rules=(narration.rules or narration.lacking) if narration else answer.rules,
            held=held,
            expected=" ".join(part for part in (str(expect), rule) if part),
        )

    def _because(self, answer: Answer) -> str:
        """The grounds of an answer in words."""
        return " / ".join(str(self._grounds[rule]["ja"]) for rule in answer.rules if rule in self._grounds)

    def name(self, who: str, language: str = "ja") -> str:
        """How an actor is called on the page."""
        return str(self._names.get(who, {}).get(language, who))
