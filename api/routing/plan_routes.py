"""The rows of the total care plan, of the numbers and of the fund.

docs/timetable.md, docs/numbers.md, docs/decisions/0012-the-fund.md
"""

from __future__ import annotations

from api.http.route import FHIR, READ, SEARCH, WRITE, Route
from api.operations import cross_programmes, evaluate_measure, fund_balance, household_summary, plan_document, timetable

OPERATIONS = (
    Route(
        "timetable", "$timetable", "GET", "/CarePlan/{id}/$timetable", timetable.timetable,
        ("not-supported", "login", "forbidden", "not-found", "deleted", "invalid", "structure", "too-costly"),
        answers=timetable.KINDS, parameters=("_format", *timetable.PARAMETERS),
    ),
    Route(
        "document", "$document", "GET", "/CarePlan/{id}/$document", plan_document.document,
        (*READ, "business-rule"),
    ),
    Route(
        "receive", "$receive", "POST", "/CarePlan/$receive", plan_document.receive, WRITE, takes=(FHIR,), done=201,
    ),
    Route(
        "cross_programmes", "$cross-programmes", "POST", "/CarePlan/{id}/$cross-programmes",
        cross_programmes.cross_programmes, (*WRITE, "deleted", "stale"), takes=(FHIR,), headers=("Prefer",),
    ),
    Route(
        "evaluate_measure", "$evaluate-measure", "GET", "/Measure/{id}/$evaluate-measure",
        evaluate_measure.evaluate_measure, SEARCH, answers=evaluate_measure.KINDS,
        parameters=("_format", *evaluate_measure.PARAMETERS),
    ),
    Route(
        "report_measure", "$evaluate-measure", "POST", "/Measure/{id}/$evaluate-measure", evaluate_measure.report,
        WRITE, takes=(FHIR,), done=201,
    ),
    Route(
        "household_summary", "$household-summary", "GET", "/Group/{id}/$household-summary",
        household_summary.household_summary, SEARCH,
    ),
    Route("fund_balance", "$fund-balance", "GET", "/$fund-balance", fund_balance.fund_balance, READ),
)  # fmt: skip
