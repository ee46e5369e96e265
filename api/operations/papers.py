"""The papers that come with an operation: documents and sheets, each to be recorded beside what it says.

docs/consent-exchange.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.http.call import Call
from api.operations import parameters
from consent.writing import change
from consent.writing.prepared import Change
from resources.record import parse
from resources.record.problem import Issue, Problem

Json = dict[str, Any]

TYPES = ("DocumentReference", "QuestionnaireResponse")
MOST = 10


@dataclass(frozen=True, slots=True)
class Paper:
    """A document or sheet as sent, and the record it becomes."""

    sent: Json
    change: Change

    @property
    def names(self) -> frozenset[str]:
        """What the sender may have called it by, in the consent that was signed on it."""
        id = str(self.sent.get("id", ""))
        return frozenset({f"{self.sent['resourceType']}/{id}", f"urn:uuid:{id}", f"#{id}"}) if id else frozenset()


def of(given: list[Json], *names: str) -> list[Paper]:
    """The papers among the parameters of these names. Raises Problem naming one that is none."""
    found = [Paper(resource, _created(resource)) for _, resource in _resources(given, names)]
    if len(found) > MOST:
        raise Problem.of("invalid", f"at most {MOST} papers", f"用紙は{MOST}件までです", "Parameters.parameter")
    return found


def reference(given: list[Json], name: str) -> Json | None:
    """The one Reference of this name, None where there is none. Raises Problem where it is no Reference."""
    at = [each for each in enumerate(given) if each[1].get("name") == name]
    if not at:
        return None
    place, parameter = at[0]
    said = parameters.value(parameter)
    if len(at) > 1 or "valueReference" not in parameter or not isinstance(said, dict):
        text, ja = f"`{name}` is one valueReference", f"`{name}` は valueReference を一つだけ送ってください"
        raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}]"))
    return said


def known(call: Call, given: list[Json], *names: str) -> None:
    """Raises Problem naming a parameter that the operation does not have, in the body or the address."""
    parameters.of_address(call, ())
    for place, parameter in enumerate(given):
        if parameter.get("name") not in names:
            text, ja = f"the parameters are {', '.join(names)}", f"使えるのは {', '.join(names)} です"
            raise Problem("not-supported", Issue(text, ja, f"Parameters.parameter[{place}].name"))


def _resources(given: list[Json], names: tuple[str, ...]) -> Iterator[tuple[int, Json]]:
    for place, parameter in enumerate(given):
        if parameter.get("name") in names:
            resource = parameter.get("resource")
            if not isinstance(resource, dict) or resource.get("resourceType") not in TYPES:
                text = "a paper is a DocumentReference or a QuestionnaireResponse"
                ja = "用紙は DocumentReference か QuestionnaireResponse です"
                raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}].resource"))
            yield place, resource


def _created(resource: Json) -> Change:
    return Change("create", resource["resourceType"], change.new_id(), parse.write(resource))
