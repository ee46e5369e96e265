"""What came back from the server, as a client sees it.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_RULE = re.compile(r"\b(?:[RPDF]\d{1,2}a?)\b")
_LOCATION = re.compile(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case), the JSON as Python values (None where it is not JSON) and the text."""

    status: int
    headers: Mapping[str, str]
    json: Any
    text: str

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def total(self) -> int | None:
        """`Bundle.total`, or None where the answer is no Bundle."""
        return self.json.get("total") if isinstance(self.json, dict) else None

    @property
    def resources(self) -> tuple[dict[str, Any], ...]:
        """The resources of a Bundle, in its order."""
        entries = self.json.get("entry", ()) if isinstance(self.json, dict) else ()
        return tuple(entry["resource"] for entry in entries if "resource" in entry)

    @property
    def references(self) -> tuple[str, ...]:
        """`Type/id` of each resource of a searchset, in its order."""
        return tuple(f"{resource['resourceType']}/{resource['id']}" for resource in self.resources)

    @property
    def created(self) -> tuple[str, ...]:
        """`Type/id` of what was written: by the Location header, or entry by entry of a transaction."""
        if isinstance(self.json, dict) and self.json.get("type") in ("transaction-response", "batch-response"):
            places = [entry.get("response", {}).get("location", "") for entry in self.json.get("entry", ())]
        else:
            places = [self.headers.get("location", "")]
        found = (_LOCATION.search(place) for place in places)
        return tuple(match.group(1) if match else "" for match in found)

    @property
    def reason(self) -> str:
        """What an OperationOutcome says, in the language asked for; empty where there is none."""
        if not isinstance(self.json, dict) or self.json.get("resourceType") != "OperationOutcome":
            return ""
        issues = self.json.get("issue", ())
        return " / ".join(_said(issue) for issue in issues)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the grounds an answer rests on (`P4`), or else of the rules its JSON names (`R5`, `D1`)."""
        if said := self.headers.get("x-policy-rules"):
            return tuple(said.split())
        found = (match for text in strings(self.json) for match in _RULE.findall(text))
        return tuple(dict.fromkeys(found))

    def says(self, *words: str) -> bool:
        """Every word is found in some string of the JSON."""
        texts = tuple(strings(self.json))
        return all(any(word in text for text in texts) for word in words)


def strings(value: object) -> Iterator[str]:
    """Every string inside a JSON value, in reading order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def _said(issue: Mapping[str, Any]) -> str:
    text = issue.get("details", {}).get("text") or issue.get("diagnostics") or issue.get("code", "")
    return str(text)
