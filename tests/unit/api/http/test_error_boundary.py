"""What becomes of a fault: a status, an OperationOutcome in the reader's language, and the rules that spoke."""

from __future__ import annotations

from typing import get_args

import orjson
import pytest

from api.http import error_boundary, outcomes
from api.http.answer import Answer
from resources.record import problem
from resources.record.problem import Issue, Problem
from resources.store.port import TooCostly, TooLarge, Unavailable

SECRET = "水無瀬"


def refused(fault: Exception, **headers: str) -> Answer:
    return error_boundary.refusal(fault, headers, "request-1")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Problem.of("stale", "text", "文"), 412, "conflict"),
        (Problem.of("login", "text", "文"), 401, "login"),
        (TooCostly("SELECT"), 422, "too-costly"),
        (TooLarge("disk"), 413, "too-long"),
        (Unavailable("the disk is full"), 503, "transient"),
        (RuntimeError(SECRET), 500, "exception"),
    ],
)
def test_every_fault_has_its_status_and_says_nothing_of_its_inside(fault: Exception, status: int, code: str) -> None:
    answer = refused(fault)
    assert answer.status == status
    assert [issue["code"] for issue in orjson.loads(answer.body)["issue"]] == [code]
    for inside in (SECRET, "SELECT", "disk"):
        assert inside not in answer.body.decode()


def test_a_refusal_carries_the_rules_of_its_issues_and_of_no_text() -> None:
    spoken = problem.of_rule("R5", "an agency may not refuse", "断れません", "Task.status")
    quoting = Issue("R12a: `P4` is not a status", "`P4` は状態ではありません")
    assert refused(Problem("business-rule", spoken, quoting, spoken)).rules == ("R5",)
    assert refused(Problem.of("not-supported", "`P4` is not known", "`P4` は使えません")).rules == ()


def test_a_refusal_names_its_rule_as_a_code_and_quotes_the_sentence_of_the_city_in_both_languages() -> None:
    spoken = problem.of_rule("R5", "an agency may not refuse", "断れません", "Task.status")
    [issue] = orjson.loads(refused(Problem("business-rule", spoken)).body)["issue"]
    [coding] = issue["details"]["coding"]
    assert (coding["system"].rpartition("/")[2], coding["code"]) == ("rule", "R5")
    assert issue["details"]["text"].endswith("─「他の相談機関からの相談を断らないことをルール化」（スライド10）")
    assert issue["diagnostics"].endswith("(slide 10)")


def test_an_article_is_quoted_too_and_a_ground_by_the_rule_it_rests_on() -> None:
    for rule, source in (("art. 4", "（設置要綱第4条第1項）"), ("P1", "（スライド15）")):
        [issue] = orjson.loads(refused(Problem("forbidden", problem.of_rule(rule, "no", "だめ"))).body)["issue"]
        assert issue["details"]["text"].endswith(source)


def test_the_language_is_the_readers() -> None:
    fault = Problem.of("not-found", "there is nothing", "何もありません")
    for accept, said in (("en", "there is nothing"), ("ja", "何もありません"), ("", "何もありません")):
        issue = orjson.loads(refused(fault, **{"accept-language": accept}).body)["issue"][0]
        assert issue["details"]["text"] == said


def test_who_is_not_known_is_told_how_to_sign_in() -> None:
    fault = Problem.of("login", "sign in", "サインインしてください")
    assert refused(fault).headers["www-authenticate"] == 'Bearer realm="tsunagu"'
    assert "invalid_token" in refused(fault, authorization="Bearer x").headers["www-authenticate"]


def test_every_kind_of_problem_has_a_status() -> None:
    assert set(outcomes.STATUS) == set(get_args(problem.Kind))
