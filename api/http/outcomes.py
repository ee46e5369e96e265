"""One table from a kind of problem to a status and an OperationOutcome.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from profiles import sentence
from profiles.sentence import Sentence
from resources.record.problem import Issue, Kind, Problem

STATUS: dict[Kind, tuple[int, str]] = {
    "structure": (400, "structure"),
    "invalid": (422, "invalid"),
    "business-rule": (422, "business-rule"),
    "not-found": (404, "not-found"),
    "deleted": (410, "deleted"),
    "forbidden": (403, "forbidden"),
    "login": (401, "login"),
    "conflict": (409, "conflict"),
    "stale": (412, "conflict"),
    "too-long": (413, "too-long"),
    "too-costly": (422, "too-costly"),
    "too-often": (429, "throttled"),
    "too-slow": (408, "timeout"),
    "not-supported": (400, "not-supported"),
    "not-allowed": (405, "not-supported"),
    "not-acceptable": (406, "not-supported"),
    "media-type": (415, "not-supported"),
    "unavailable": (503, "transient"),
}
"""Each kind's HTTP status and FHIR issue type."""

_MOST = 100
"""Issues that one outcome names; the others are counted."""

UNEXPECTED = Issue("the server failed, and nothing was changed", "サーバーの障害です。何も変更されていません")


def status(problem: Problem) -> int:
    return STATUS[problem.kind][0]


def of_problem(problem: Problem, language: str) -> dict[str, Any]:
    """The OperationOutcome of a problem, in `ja` or `en`."""
    return outcome(problem.issues, STATUS[problem.kind][1], language)


def outcome(issues: Iterable[Issue], code: str, language: str) -> dict[str, Any]:
    """An OperationOutcome; `code` is the issue type of issues that name none of their own."""
    found = list(issues)
    told = [_issue(issue, code, language) for issue in found[:_MOST]]
    if left := len(found) - len(told):
        told.append(_issue(Issue(f"and {left} more", f"ほか {left} 件"), code, language))
    return {"resourceType": "OperationOutcome", "issue": told}


def language(accept: str) -> str:
    """`ja` or `en`, whichever an Accept-Language names first; Japanese where it names neither."""
    for part in accept.lower().split(","):
        tag = part.strip()[:2]
        if tag in ("ja", "en"):
            return tag
    return "ja"


def _issue(issue: Issue, code: str, language: str) -> dict[str, Any]:
    ja, en = issue.ja, issue.text
    quoted = sentence.of(issue.rule) if issue.rule else None
    if quoted:
        ja, en = f"{ja} ─「{quoted.ja}」（{quoted.source}）", f"{en} — “{quoted.en}” ({quoted.source_en})"
    said, other = (ja, en) if language == "ja" else (en, ja)
    found: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code or code,
        "details": ({"coding": [_coding(quoted, language)]} if quoted else {}) | {"text": said},
        "diagnostics": other,
    }
    if issue.at:
        found["expression"] = [issue.at]
    return found


def _coding(rule: Sentence, language: str) -> dict[str, Any]:
    """The rule as a code of the city's."""
    title = rule.title if language == "ja" else rule.title_en
    return {"system": sentence.system(), "code": rule.rule, "display": title}
