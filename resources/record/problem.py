"""What is wrong with a request, said once, in two languages, with the element's path.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "structure",  # cannot be parsed
    "invalid",  # breaks the specification or a profile
    "business-rule",  # breaks a rule of the domain, which the issue names
    "not-found",
    "deleted",
    "forbidden",
    "login",
    "conflict",  # two at once
    "stale",  # If-Match names another version
    "too-long",
    "too-costly",  # more work than one request may ask for; a narrower one may be answered
    "too-often",  # more requests, or more at once, than one asker may have
    "too-slow",  # what was announced did not come in time
    "not-supported",
    "not-allowed",  # this interaction does not exist here
    "not-acceptable",  # another format is asked for than is spoken here
    "media-type",  # another format is sent than is spoken here
    "unavailable",
]

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: `at` is the element's FHIRPath (`Task.status`), or empty; texts are lower case, without full stop.

    `code` is a FHIR issue type where it is narrower than the kind's own, such as `required` or `code-invalid`.
    `rule` is the id of the rule that speaks, such as `R5`, empty where none does; its texts begin with it.
    """

    text: str
    ja: str
    at: str = ""
    severity: Severity = "error"
    code: str = ""
    rule: str = ""


def of_rule(rule: str, text: str, ja: str, at: str = "", code: str = "") -> Issue:
    """A finding that names its rule, as data and as the first word of its texts."""
    return Issue(f"{rule}: {text}", f"{rule}: {ja}", at, code=code, rule=rule)


class Problem(Exception):
    """Why a request is not done. The edge turns it into a status and an OperationOutcome; nobody else catches it."""

    def __init__(self, kind: Kind, *issues: Issue) -> None:
        super().__init__("; ".join(issue.text for issue in issues))
        self.kind: Kind = kind
        self.issues = issues
        self.wait = 0
        """Seconds after which it may be asked again, where that is known."""

    @classmethod
    def of(cls, kind: Kind, text: str, ja: str, at: str = "") -> Problem:
        return cls(kind, Issue(text, ja, at))

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that speak in it, sorted, each once."""
        return tuple(sorted({issue.rule for issue in self.issues if issue.rule}))
