"""The grammar of scopes, and that what two scopes share is never more than either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import scope
from consent.actor import Scope


@pytest.mark.parametrize(
    ("word", "level", "type", "actions"),
    [
        ("user/Patient.rs", "user", "Patient", "rs"),
        ("system/*.cruds", "system", "*", "cruds"),
        ("patient/Observation.r", "patient", "Observation", "r"),
        ("user/Patient.read", "user", "Patient", "rs"),
        ("user/Patient.write", "user", "Patient", "cud"),
        ("user/*.*", "user", "*", "cruds"),
    ],
)
def test_a_word_is_read(word: str, level: str, type: str, actions: str) -> None:
    assert scope.parse(word) == (Scope(level, type, frozenset(actions)),)
    assert scope.others(word) == ()


@pytest.mark.parametrize(
    "word",
    [
        "user/Patient.sr",
        "user/Patient.rr",
        "user/Patient.",
        "user/Patient",
        "user/patient.r",
        "admin/Patient.r",
        "user/Patient.rx",
        "user/Patient.read.write",
        "user/*.rs?_tag=x",
        "user/Observation.read?category=laboratory",
        "user/Observation.rs?",
        "user/Observation.rs?a=b?c=d",
        "User/Patient.r",
        "user/.r",
        "openid",
        "purpose_of_use=a|b",
    ],
)
def test_an_unknown_word_is_kept_aside(word: str) -> None:
    assert scope.parse(word) == ()
    assert scope.others(f"{word} user/Task.r {word}") == (word,)


def test_words_for_one_type_are_one_scope() -> None:
    assert scope.written(scope.parse("user/Task.s user/Patient.r user/Task.c")) == "user/Task.cs user/Patient.r"


@pytest.mark.parametrize(
    ("asked", "allowed", "shared"),
    [
        ("user/Task.rs?status=requested", "user/*.cruds", "user/Task.rs?status=requested"),
        ("user/*.cruds", "user/Task.r?status=requested", "user/Task.r?status=requested"),
        ("user/Task.rs", "user/Task.r?status=requested", "user/Task.r?status=requested"),
        ("user/Task.rs?a=1", "user/Task.rs?b=2", "user/Task.rs?a=1&b=2"),
        ("user/Task.rs?a=1 user/Task.rs?b=2", "user/Task.cruds", "user/Task.rs?a=1 user/Task.rs?b=2"),
        ("user/Task.rs?a=1 user/Task.r", "user/*.cruds", "user/Task.rs?a=1 user/Task.r"),
        ("user/Task.r?a=1 user/Task.rs", "user/*.cruds", "user/Task.rs"),
    ],
)
def test_a_filter_narrows_whatever_it_meets(asked: str, allowed: str, shared: str) -> None:
    found = scope.meet(scope.parse(asked), scope.parse(allowed))
    assert scope.written(found) == shared
    assert scope.written(scope.meet(found, found)) == shared


def test_what_two_share_is_written_out() -> None:
    asked = scope.parse("user/*.cruds system/Task.r")
    assert scope.written(scope.meet(asked, scope.parse("user/Patient.rs user/Task.c"))) == "user/Patient.rs user/Task.c"
    assert scope.meet(asked, scope.parse("patient/*.cruds")) == ()


scopes = st.lists(
    st.builds(
        Scope,
        st.sampled_from(["user", "system"]),
        st.sampled_from(["*", "Patient", "Task"]),
        st.frozensets(st.sampled_from("cruds"), min_size=1),
    ),
    max_size=4,
).map(lambda found: scope.parse(scope.written(found)))


def opened(found: tuple[Scope, ...]) -> set[tuple[str, str, str]]:
    types = ("Patient", "Task", "Other")
    return {(s.level, type, a) for s in found for type in types if s.type in ("*", type) for a in s.actions}


@given(scopes, scopes)
def test_what_two_share_opens_exactly_what_both_open(one: tuple[Scope, ...], other: tuple[Scope, ...]) -> None:
    assert opened(scope.meet(one, other)) == opened(one) & opened(other)


@given(scopes)
def test_what_is_written_is_read_again(found: tuple[Scope, ...]) -> None:
    assert scope.parse(scope.written(found)) == found
