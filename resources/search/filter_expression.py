"""`_filter`: conditions in one sentence, with `and`, `or`, `not` and brackets, read into the same predicate.

https://hl7.org/fhir/R4/search_filter.html; docs/search.md, "Filters"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import orjson

from resources.record.problem import Problem
from resources.search import chain, condition, grammar, refusal, string
from resources.search.condition import Reader
from resources.search.parameter import Part
from resources.search.predicate import Predicate, all_of, any_of, none_of

NAME = condition.FILTER
LONGEST = 2_000
MOST, DEEPEST = 50, 10
"""Comparisons in one request, and brackets within one another."""

_TOKEN = re.compile(r'\s*(?:(?P<mark>[()\[\]])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()\[\]"]+))')
_COMPARED = frozenset({"date", "number", "quantity"})
_PREFIXED = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_OPERATORS = (*_PREFIXED, "co", "sw", "pr", "po", "ss", "sb", "in", "ni", "re")
_MODIFIERS = {"ss": "below", "sb": "above", "in": "in", "ni": "not-in"}
_TEXTS = {"eq": f":{string.WHOLE}", "co": ":contains", "sw": ""}
_ESCAPED = frozenset({"string", "reference", "uri"})
"""Whose values are taken as they are: elsewhere `|` and `$` mean something, and are escaped as in a parameter."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@dataclass(slots=True)
class _Filter:
    """What is left to be read of one filter."""

    reader: Reader
    tokens: list[_Token]
    end: int
    place: int = 0
    known: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def whole(self, type: str) -> Predicate:
        found = self._any(type, 0)
        if self._next is not None:
            raise self._broken("`and`, `or` or the end", "and、or、または終わり")
        return found

    def _any(self, type: str, depth: int) -> Predicate:
        parts = [self._all(type, depth)]
        while self._took("or"):
            parts.append(self._all(type, depth))
        return any_of(parts)

    def _all(self, type: str, depth: int) -> Predicate:
        parts = [self._one(type, depth)]
        while self._took("and"):
            parts.append(self._one(type, depth))
        return all_of(parts)

    def _one(self, type: str, depth: int) -> Predicate:
        if depth > DEEPEST:
            raise self._broken(f"at most {DEEPEST} brackets within one another", f"{DEEPEST}段までの括弧")
        negated = self._took("not")
        if self._took("("):
            found = self._any(type, depth + 1)
            self._demand(")")
            return none_of(found) if negated else found
        if negated:
            raise self._broken("`(` after `not`", "not の後の (")
        return self._compared(type)

    def _compared(self, type: str) -> Predicate:
        self.reader.compared += 1
        if self.reader.compared > MOST:
            raise self._broken(f"at most {MOST} comparisons", f"{MOST}個までの比較")
        path = self._word("the name of a search parameter", "検索パラメータの名前")
        if self._next is not None and self._next.text == "[":
            text = "write `[…]` of a path as conditions on the chain: `a.x eq 1 and a.y eq 2`"
            raise refusal.cannot(NAME, text, "パスの [ ] は使えません。`a.x eq 1 and a.y eq 2` の形で書いてください")
        operator = self._word(f"one of {', '.join(_OPERATORS)}", "比較の演算子")
        at = self.place
        value = self._value()
        try:
            return self._read(type, path.text, operator.text, value)
        except _UnfitError:
            self.place = at - 1
            raise self._broken(f"an operator that `{path.text}` has", f"`{path.text}` に使える演算子") from None
        except Problem as problem:
            raise _placed(problem, path.at) from None

    def _read(self, type: str, path: str, operator: str, value: str) -> Predicate:
        if operator == "pr":
            if value not in ("true", "false"):
                raise refusal.unreadable(NAME, value, "`true` or `false`", " true か false")
            return self.reader.read(type, f"{path}:missing", ["false" if value == "true" else "true"])
        if path.count(".") + path.count("_has:") > chain.DEEPEST:
            text, ja = f"a chain has at most {chain.DEEPEST} hops", f"連鎖は{chain.DEEPEST}段までです"
            raise refusal.cannot(NAME, text, ja)
        kinds = self._kinds(type, path)
        if not kinds and operator in ("eq", "re"):
            return self.reader.read(type, path, [value])  # says what is unknown
        if not kinds:
            raise _UnfitError
        kind = min(kinds)
        if len(kinds) > 1:
            text = f"`{path}` means parameters of several kinds: name the type, as in `subject:Patient.name`"
            raise refusal.cannot(NAME, text, f"`{path}` は種類の違うパラメータを指します。型を書いてください")
        asked = grammar.escaped(value) if kind in _ESCAPED else value
        if kind in _COMPARED and operator in (*_PREFIXED, "po") and (operator != "po" or kind == "date"):
            return self.reader.read(type, path, [("ap" if operator == "po" else operator) + asked])
        if kind == "string" and operator in ("eq", "co", "sw"):
            return self.reader.read(type, path + _TEXTS[operator], [asked])
        if kind == "token" and operator in _MODIFIERS:
            return self.reader.read(type, f"{path}:{_MODIFIERS[operator]}", [asked])
        if operator == "eq" or (operator == "re" and kind == "reference"):
            return self.reader.read(type, path, [asked])
        raise _UnfitError

    def _kinds(self, type: str, path: str) -> frozenset[str]:
        """The kinds of the parameters that a path ends in; each step of it is followed once."""
        if (type, path) not in self.known:
            self.known[type, path] = self._ends(type, path)
        return self.known[type, path]

    def _ends(self, type: str, path: str) -> frozenset[str]:
        head, dot, rest = path.partition(".")
        if path.startswith("_has:"):
            source, _, after = path.removeprefix("_has:").partition(":")
            return self._kinds(source, after.partition(":")[2]) if source in self.reader.index.stored else frozenset()
        code, _, named = head.partition(":")
        found = self.reader.index.parameters(type).get(code) if type in self.reader.index.spec.search else None
        if found is None:
            return frozenset()
        if not dot:
            return frozenset({found.kind})
        targets = (named,) if named else found.targets if isinstance(found, Part) else ()
        return frozenset[str]().union(*(self._kinds(one, rest) for one in targets))

    def _value(self) -> str:
        token = self._next
        if token is None or token.kind == "mark":
            raise self._broken("a value", "値")
        self.place += 1
        if token.kind == "word":
            return token.text
        try:
            said = orjson.loads(token.text)
        except orjson.JSONDecodeError:
            said = ""
        if not isinstance(said, str) or not said:
            self.place -= 1
            raise self._broken("a text in quotation marks", "引用符で囲んだ文字列")
        return said

    @property
    def _next(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _took(self, text: str) -> bool:
        token = self._next
        if token is None or token.kind == "string" or token.text != text:
            return False
        self.place += 1
        return True

    def _demand(self, text: str) -> None:
        if not self._took(text):
            raise self._broken(f"`{text}`", f" {text} ")

    def _word(self, expected: str, ja: str) -> _Token:
        token = self._next
        if token is None or token.kind != "word":
            raise self._broken(expected, ja)
        self.place += 1
        return token

    def _broken(self, expected: str, ja: str) -> Problem:
        token = self._next
        return _broken(token.at if token else self.end, expected, ja)


class _UnfitError(Exception):
    """The operator is none of this kind of parameter."""


def read(reader: Reader, type: str, text: str) -> Predicate:
    """The condition of a filter. Raises Problem naming the place that cannot be read."""
    if len(text) > LONGEST:
        raise refusal.broken(NAME, f"a filter has at most {LONGEST} letters", f"_filter は{LONGEST}文字までです")
    reader.filtering = True
    try:
        return _Filter(reader, _tokens(text), len(text)).whole(type)
    finally:
        reader.filtering = False


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        held = _TOKEN.match(text, at)
        if held is None:
            raise _broken(end - len(text[at:end].lstrip()), "a closing quotation mark", "閉じる引用符")
        kind = str(held.lastgroup)
        found.append(_Token(kind, held[kind], held.start(kind)))
        at = held.end()
    return found


def _broken(at: int, expected: str, ja: str) -> Problem:
    text = f"the filter cannot be read at letter {at + 1}: {expected} is expected"
    return refusal.broken(NAME, text, f"_filter の{at + 1}文字目が読めません。{ja}が必要です")


def _placed(problem: Problem, at: int) -> Problem:
    """The same, said of the filter, with the place."""
    first = problem.issues[0]
    text, ja = f"{first.text}, at letter {at + 1} of the filter", f"{first.ja}（_filter の{at + 1}文字目）"
    return Problem.of(problem.kind, text, ja, NAME)
