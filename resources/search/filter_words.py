"""The words of a filter, each with its place, and how one that cannot be read is told.

https://hl7.org/fhir/R4/search_filter.html (grammar)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from resources.record.problem import Problem
from resources.search import refusal

NAME = "_filter"

_WORD = re.compile(r'\s*(?:(?P<mark>[()\[\]])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()\[\]"]+))')


@dataclass(frozen=True, slots=True)
class Word:
    """`kind` is `mark` for a bracket, `string` for what stands in quotation marks, else `word`; `at` is its place."""

    kind: str
    text: str
    at: int


def read(text: str) -> list[Word]:
    """Its words in order. Raises Problem where a quotation mark is not closed."""
    found: list[Word] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        held = _WORD.match(text, at)
        if held is None:
            raise broken(end - len(text[at:end].lstrip()), "a closing quotation mark", "閉じる引用符")
        kind = str(held.lastgroup)
        found.append(Word(kind, held[kind], held.start(kind)))
        at = held.end()
    return found


def broken(at: int, expected: str, ja: str) -> Problem:
    """The filter cannot be read at a place."""
    text = f"the filter cannot be read at letter {at + 1}: {expected} is expected"
    return refusal.broken(NAME, text, f"_filter の{at + 1}文字目が読めません。{ja}が必要です")


def placed(problem: Problem, at: int) -> Problem:
    """The same problem, said of the filter, with the place."""
    first = problem.issues[0]
    text, ja = f"{first.text}, at letter {at + 1} of the filter", f"{first.ja}（_filter の{at + 1}文字目）"
    return Problem.of(problem.kind, text, ja, NAME)
