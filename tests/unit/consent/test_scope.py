"""The words of a scope, and what two sets of them have in common."""

from __future__ import annotations

import pytest

from consent import scope
from consent.actor import Scope


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("user/Patient.rs", "user/Patient.rs"),
        ("user/Patient.read system/*.write patient/Task.*", "user/Patient.rs system/*.cud patient/Task.cruds"),
        ("user/Patient.r user/Patient.s", "user/Patient.rs"),
        ("user/Patient.r?x=1 user/Patient.s?x=1 user/Patient.r?y=2", "user/Patient.rs?x=1 user/Patient.r?y=2"),
        ("user/Patient.sr user/Patient. user/patient.r Patient.r user/*.r?x=1 user/Patient.read?x=1 openid", ""),
    ],
)
def test_words_are_read_in_order_and_both_versions(words: str, written: str) -> None:
    assert scope.written(scope.parse(words)) == written


def test_other_words_are_kept_once() -> None:
    assert scope.others("openid user/Patient.r fhirUser openid user/*.r?x=1") == ("openid", "fhirUser", "user/*.r?x=1")


@pytest.mark.parametrize(
    ("asked", "allowed", "met"),
    [
        ("user/*.cruds", "user/Patient.rs", "user/Patient.rs"),
        ("user/Patient.cr", "user/*.rs", "user/Patient.r"),
        ("user/Patient.rs", "system/Patient.rs", ""),
        ("user/Patient.r", "user/Task.r", ""),
        ("user/Patient.c", "user/Patient.r", ""),
        ("user/*.rs user/Patient.rs", "user/*.rs", "user/*.rs"),
        ("user/*.rs user/Patient.cr", "user/*.cruds", "user/*.rs user/Patient.cr"),
        ("user/Task.rs", "user/Task.rs", "user/Task.rs"),
        ("user/*.rs", "user/Task.r user/Condition.s", "user/Task.r user/Condition.s"),
        ("user/*.rs system/Task.r", "user/*.cruds system/*.cruds", "user/*.rs system/Task.r"),
        ("user/Task.rs?a=1", "user/Task.rs", "user/Task.rs?a=1"),
        ("user/Task.rs", "user/Task.rs?a=1", "user/Task.rs?a=1"),
        ("user/Task.rs?a=1&b=2", "user/Task.rs?b=2", "user/Task.rs?a=1&b=2"),
        ("user/Task.rs?b=2", "user/Task.rs?a=1&b=2", "user/Task.rs?b=2&a=1"),
        ("user/Task.rs?a=1 user/Task.rs?b=2", "user/Task.rs", "user/Task.rs?a=1 user/Task.rs?b=2"),
        ("user/Task.rs user/Task.r?a=1", "user/Task.rs", "user/Task.rs"),
    ],
)
def test_what_is_met_is_never_more_than_either(asked: str, allowed: str, met: str) -> None:
    assert scope.written(scope.meet(scope.parse(asked), scope.parse(allowed))) == met


def test_what_opens_nothing_is_no_word() -> None:
    assert (
        scope.written([Scope("user", "Patient", frozenset()), Scope("user", "Task", frozenset("r"))]) == "user/Task.r"
    )
