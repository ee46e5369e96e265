"""`_filter`: conditions in one sentence, with `and`, `or`, `not` and brackets, read into the same predicate.

https://hl7.org/fhir/R4/search_filter.html; docs/search.md, "Filters"
"""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from resources.record.problem import Problem
from resources.search import chain, condition, grammar, refusal, string, unequal
from resources.search import filter_words as words
from resources.search.condition import Reader
from resources.search.filter_words import Word
from resources.search.parameter import Part
from resources.search.predicate import Predicate, all_of, any_of, none_of

NAME = condition.FILTER
LONGEST = 2_000
MOST, DEEPEST = 50, 10
"""Comparisons in one request, and brackets within one another."""

_COMPARED = frozenset({"date", "number", "quantity"})
_PREFIXED = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_OPERATORS = (*_PREFIXED, "co", "sw", "ew", "pr", "po", "ss", "sb", "in", "ni", "re")
_MODIFIERS = {"ss": "below", "sb": "above", "in": "in", "ni": "not-in"}
_TEXTS = {"eq": f":{string.WHOLE}", "co": ":contains", "sw": "", "ew": f":{string.ENDING}"}
_ESCAPED = frozenset({"string", "reference", "uri"})
"""Whose values are taken as they are: elsewhere `|` and `$` mean something, and are escaped as in a parameter."""


@dataclass(slots=True)
class _Filter:
    """What is left to be read of one filter; `hops` lead to the record that is asked at the moment."""

    reader: Reader
    tokens: list[Word]
    end: int
    place: int = 0
    known: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    hops: int = 0

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
        return self._compared(type, depth)

    def _compared(self, type: str, depth: int, rest: Word | None = None) -> Predicate:
        self.reader.compared += 0 if rest else 1
        if self.reader.compared > MOST:
            raise self._broken(f"at most {MOST} comparisons", f"{MOST}個までの比較")
        path = rest or self._word("the name of a search parameter", "検索パラメータの名前")
        if self._took("["):
            return self._inside(type, path, depth)
        operator = self._word(f"one of {', '.join(_OPERATORS)}", "比較の演算子")
        at = self.place
        value = self._value()
        try:
            return self._read(type, path.text, operator.text, value)
        except _UnfitError:
            self.place = at - 1
            raise self._broken(f"an operator that `{path.text}` has", f"`{path.text}` に使える演算子") from None
        except Problem as problem:
            raise words.placed(problem, path.at) from None

    def _inside(self, type: str, path: Word, depth: int) -> Predicate:
        """`reference[filter].rest`: one and the same record satisfies the filter and what follows."""
        try:
            target = self.reader.leads_to(type, path.text)
        except Problem as problem:
            raise words.placed(problem, path.at) from None
        before, self.hops = self.hops, self.hops + path.text.count(".") + 1
        inner = self._any(target, depth + 1)
        self._demand("]")
        rest = self._word("`.` and the name of a search parameter", " . と検索パラメータの名前")
        if not rest.text.startswith(".") or len(rest.text) == 1:
            self.place -= 1
            raise self._broken("`.` and the name of a search parameter", " . と検索パラメータの名前")
        after = self._compared(target, depth, Word(rest.kind, rest.text[1:], rest.at + 1))
        self.hops = before
        try:
            return self.reader.led(type, path.text, target, all_of([inner, after]))
        except Problem as problem:
            raise words.placed(problem, path.at) from None

    def _read(self, type: str, path: str, operator: str, value: str) -> Predicate:
        if operator == "pr":
            if value not in ("true", "false"):
                raise refusal.unreadable(NAME, value, "`true` or `false`", " true か false")
            return self.reader.read(type, f"{path}:missing", ["false" if value == "true" else "true"])
        if self.hops + path.count(".") + path.count("_has:") > chain.DEEPEST:
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
        if kind == "string" and operator in _TEXTS:
            return self.reader.read(type, path + _TEXTS[operator], [asked])
        if operator == "ne" and kind in unequal.KINDS:
            return self.reader.read(type, f"{path}:{unequal.MODIFIER}", [asked])
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
    def _next(self) -> Word | None:
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

    def _word(self, expected: str, ja: str) -> Word:
        token = self._next
        if token is None or token.kind != "word":
            raise self._broken(expected, ja)
        self.place += 1
        return token

    def _broken(self, expected: str, ja: str) -> Problem:
        token = self._next
        return words.broken(token.at if token else self.end, expected, ja)


class _UnfitError(Exception):
    """The operator is none of this kind of parameter."""


def read(reader: Reader, type: str, text: str) -> Predicate:
    """The condition of a filter. Raises Problem naming the place that cannot be read."""
    if len(text) > LONGEST:
        raise refusal.broken(NAME, f"a filter has at most {LONGEST} letters", f"_filter は{LONGEST}文字までです")
    reader.filtering = True
    try:
        return _Filter(reader, words.read(text), len(text)).whole(type)
    finally:
        reader.filtering = False
