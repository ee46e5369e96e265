"""The city as the journey knows it: who can be asked to act, and what has been made so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from demo import template
from demo.answer import Answer
from demo.client import Officer, SystemClient
from demo.credentials import Credentials
from demo.journey.told import Told
from demo.rest import Client

CARE = "CAREMGT"
CONFERENCE = "support-conference"
AUDIT = "audit-review"


class City:
    """Everybody's clients, by name and purpose, and the references of household H, by the names of the payloads."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        self.base = base
        self.known: dict[str, str] = {}
        self._credentials = credentials
        self._clients: dict[tuple[str, str], Client] = {}
        self._names = template.fill("actors", {})

    def anyone(self) -> Client:
        return self._clients.setdefault(("anyone", ""), Client(self.base))

    def officer(self, name: str, purpose: str = CARE) -> Client:
        """The person with this sign-in name, asking for one purpose."""
        if (name, purpose) not in self._clients:
            given = self._credentials
            self._clients[name, purpose] = Officer(
                self.base, name, given.passwords[name], client=given.client, redirect=given.redirect, purpose=purpose
            )
        return self._clients[name, purpose]

    def system(self, name: str, purpose: str = CARE) -> Client:
        """An agency's own system, by its client id."""
        if (name, purpose) not in self._clients:
            key = self._credentials.keys[name]
            self._clients[name, purpose] = SystemClient(self.base, name, key, purpose=purpose)
        return self._clients[name, purpose]

    def payload(self, name: str, **more: Any) -> dict[str, Any]:
        """A payload of household H, filled with what is known, with the time, and with `more` (`_` for `-`)."""
        given = {place.replace("_", "-"): value for place, value in more.items()}
        return template.fill(name, template.clock(datetime.now(UTC)) | self.known | given)

    def explain(self, reference: str, *, actor: str, purpose: str, at: str = "") -> Answer:
        """The auditor asks why somebody can or cannot read a record, now or at an instant."""
        asked = {"actor": actor, "purpose": purpose} | ({"at": at} if at else {})
        return self.officer("auditor", AUDIT).get(f"{reference}/$explain-access", **asked)

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
    ) -> Told:
        """Put an answer into words.

        `expect` is the status the ordinance wants, `rule` an id the refusal must name, `holds` what else must be true,
        `why` an explanation of a refusal that says nothing by itself.
        """
        refusing = why if why is not None else answer
        held = answer.status == expect and holds and (not rule or rule in refusing.rules or refusing.says(rule))
        return Told(
            step=step,
            who=self.name(who),
            ja=ja,
            en=en,
            status=answer.status,
            allowed=answer.done and answer.total != 0,
            reason=reason or answer.reason or explained(why),
            rules=refusing.rules,
            held=held,
            expected=" ".join(part for part in (str(expect), rule) if part),
        )

    def name(self, who: str, language: str = "ja") -> str:
        """How an actor is called on the page."""
        return str(self._names.get(who, {}).get(language, who))

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def explained(why: Answer | None) -> str:
    """The sentences of an explanation."""
    parts: list[Mapping[str, Any]] = []
    if why is not None and isinstance(why.json, dict):
        parts = why.json.get("parameter", [])
    return " / ".join(str(part["valueString"]) for part in parts if "valueString" in part)
