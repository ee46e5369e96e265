"""The edge: what becomes of a fault, for a request and for an entry of a batch alike; nobody below catches.

https://hl7.org/fhir/R4/http.html#status-codes
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from api.http import media, outcomes, preference, respond
from api.http.answer import Answer
from api.http.media import Form
from api.http.route import FHIR, Route
from api.oauth.bearer import Bearer
from resources.record.problem import Problem
from resources.search import result_parameters
from resources.store.port import TooCostly, TooLarge, Unavailable

_log = logging.getLogger("tsunagu.edge")
_AGAIN = 2
"""Seconds after which to try again, where nobody knows better."""
_OF_SCOPE = "scope"


def refusal(fault: Exception, headers: Mapping[str, str], request: str) -> Answer:
    """The OperationOutcome of a fault, in the language that the headers ask for; `request` is its id in the log."""
    language = outcomes.language(headers.get("accept-language", ""))
    if isinstance(fault, Unavailable):
        _log.error("the store is unavailable: %s", fault)
        text, ja = "the store is unavailable, try again later", "記録庫に接続できません。後でもう一度試してください"
        fault = Problem.of("unavailable", text, ja)
    if isinstance(fault, TooCostly):
        text = "the question takes too long, or its answer is too large: ask a narrower one, or for fewer a page"
        ja = "時間がかかりすぎるか、結果が大きすぎます。条件を絞るか、1 ページの件数を減らしてください"
        fault = Problem.of("too-costly", text, ja)
    if isinstance(fault, TooLarge):
        text, ja = "the record is larger than the store can keep", "記録が大きすぎて保存できません"
        fault = Problem.of("too-long", text, ja)
    if not isinstance(fault, Problem):
        _log.error("request %s failed", request, exc_info=fault)
        return respond.json(outcomes.outcome([outcomes.UNEXPECTED], "exception", language), 500)
    answer = respond.json(outcomes.of_problem(fault, language), outcomes.status(fault))
    answer.rules = fault.rules
    if fault.kind in ("unavailable", "too-often"):
        answer.headers["retry-after"] = str(fault.wait or _AGAIN)
    if fault.kind == "login":
        answer.headers["www-authenticate"] = Bearer.challenge(headers.get("authorization"))
    elif fault.kind == "forbidden" and _OF_SCOPE in fault.rules:
        answer.headers["www-authenticate"] = Bearer.TOO_NARROW
    return answer


def unserved(method: str, allowed: Iterable[str], headers: Mapping[str, str], request: str) -> Answer:
    """The answer to an address that is none of ours, or that does not know this method; with those it knows."""
    if not allowed:
        text, ja = "there is nothing at this address", "このアドレスには何もありません"
        return refusal(Problem.of("not-found", text, ja), headers, request)
    text = f"`{method}` is not an interaction of this address"
    ja = f"このアドレスでは `{method}` を使えません"
    answer = refusal(Problem.of("not-allowed", text, ja), headers, request)
    answer.headers["allow"] = ", ".join(allowed)
    return answer


def check_format(row: Route, parameters: Sequence[tuple[str, str]], headers: Mapping[str, str], type: str = "") -> Form:
    """The form of the answer. Raises Problem where another is wanted than the row answers; one that has several kinds
    chooses by itself, as a Binary does, whose content may be of any."""
    if type == "Binary" and row.interaction in ("read", "vread") and not parameters:
        return media.perhaps(headers.get("accept", "*/*"))
    if row.paged and media.page(parameters, headers.get("accept", "*/*")):
        return "json"
    return media.wanted(parameters, headers) if row.paged or row.answers == (FHIR,) else "json"


def form_of_refusal(parameters: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Form:
    """The form of an OperationOutcome, whatever else the row answers: as `_format` or else Accept says, where they name
    one of ours."""
    try:
        return media.wanted([each for each in parameters if each[0] == "_format"][:1], headers)
    except Problem:
        return media.perhaps(headers.get("accept", "*/*"))


def check_parameters(row: Route, parameters: Sequence[tuple[str, str]]) -> None:
    """Raises Problem naming a parameter of an address that takes none; one that takes some judges them by itself."""
    for name, _ in parameters if not (row.parameters or row.conditional) else ():
        if name not in result_parameters.IGNORED:
            text, ja = f"`{name[:64]}` is not a parameter here", f"ここでは `{name[:64]}` を使えません"
            raise Problem.of("not-supported", text, ja, name[:64])


def check_preferences(row: Route, headers: Mapping[str, str]) -> None:
    """Raises Problem where the answer is to come later than it does: who waits for that would wait in vain."""
    if row.done != 202 and preference.is_async(headers.get("prefer", "")):
        text, ja = "`respond-async` is not supported here", "ここでは `respond-async` に対応していません"
        raise Problem.of("not-supported", text, ja)
