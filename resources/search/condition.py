"""Reads one search parameter with its values into a condition: of the record itself, or through a chain.

https://hl7.org/fhir/R4/search.html#modifiers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from resources.search import (
    chain,
    composite,
    concept,
    content,
    grammar,
    hierarchy,
    kinds,
    near,
    refusal,
    result_parameters,
    string,
    unequal,
)
from resources.search.index import Index
from resources.search.parameter import Closed, Composite, Parameter, Part
from resources.search.predicate import Predicate, any_of, has_any, none_of

MOST_TARGETS = 6
"""Types that a chain may lead to without naming one."""

_HAS = "_has:"
_FILTERING = (string.WHOLE, string.ENDING, unequal.MODIFIER)
_LIST = "_list"
FILTER = "_filter"


@dataclass(slots=True)
class Reader:
    """Reads the conditions of one request; `names` are the parameters asked of, by type, chains included.

    `seen` are the types of the records that chains lead through; `filtering` says that a filter asks, which has
    `compared` so often.
    """

    index: Index
    names: set[tuple[str, str]] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    hops: int = 0
    filtering: bool = False
    compared: int = 0

    def read(self, type: str, name: str, alternatives: Sequence[str], depth: int = 0) -> Predicate:
        """The condition on records of this type. Raises Problem naming the parameter at fault."""
        if not all(alternatives):
            raise refusal.broken(name, f"`{name}` has an empty value", f"`{name}` に空の値があります")
        if name.startswith(_HAS):
            return self._has(type, name, alternatives, depth)
        head, dot, rest = name.partition(".")
        code, colon, modifier = head.partition(":")
        if code == _LIST and not colon and not dot:
            return self._listed(type, alternatives)
        if not dot and (special := specially(self.index, type, code)):
            self.names.add((type, code))
            if modifier == "missing":
                return _missing(code, alternatives)
            if colon:
                raise refusal.modifier(code, modifier, "special")
            return any_of(special(one) for one in alternatives)
        parameter = self.index.parameters(type).get(code)
        if parameter is None:
            raise refusal.unsupported(name) if code in result_parameters.LATER else refusal.unknown(code, type)
        if isinstance(parameter, Closed):
            raise refusal.unsupported(code)
        if (colon and not modifier) or (dot and not rest):
            raise refusal.broken(name, f"`{name}` has an empty modifier", f"`{name}` の修飾子が空です")
        self.names.add((type, code))
        if dot:
            return self._chained(name, code, parameter, modifier, rest, alternatives, depth)
        if modifier == "missing":
            return _missing(code, alternatives)
        if modifier in hierarchy.MODIFIERS and isinstance(parameter, Part) and parameter.kind == "reference":
            return any_of(self._along(type, parameter, modifier, one) for one in alternatives)
        if not _allowed(parameter, modifier) and not (self.filtering and modifier in _FILTERING):
            raise refusal.modifier(code, modifier, parameter.kind)
        found = any_of(self._value(parameter, code, modifier, one) for one in alternatives)
        return none_of(found) if modifier in kinds.NEGATIVE else found

    def _chained(
        self, name: str, code: str, parameter: Parameter, type: str, rest: str, alternatives: Sequence[str], depth: int
    ) -> Predicate:
        targets = self._targets(name, parameter)
        if type and type not in targets:
            raise refusal.unreadable(name, type, _one_of(targets), "この参照先の型")
        asked = rest.partition(":")[0].partition(".")[0]
        known = [one for one in targets if asked in self.index.parameters(one) or asked in ("_has", _LIST)]
        through = [type] if type else known
        if not through:
            raise refusal.unknown(asked, _one_of(targets))
        if len(through) > MOST_TARGETS:
            text = f"`{code}` leads to many types: name one, such as `{code}:{through[0]}.{rest}`"
            ja = f"`{code}` の参照先の型が多いため、`{code}:{through[0]}.{rest}` のように型を書いてください"
            raise refusal.broken(name, text, ja)
        return any_of(chain.there(code, one, self._beyond(name, one, rest, alternatives, depth)) for one in through)

    def _has(self, type: str, name: str, alternatives: Sequence[str], depth: int) -> Predicate:
        source, _, after = name.removeprefix(_HAS).partition(":")
        code, _, rest = after.partition(":")
        if not (source and code and rest):
            text = "`_has` is written `_has:Type:reference:parameter`"
            raise refusal.broken(name, text, "`_has` は `_has:型:参照:パラメータ` の形で書いてください")
        if source not in self.index.stored:
            raise refusal.unsupported_type(name, source)
        parameter = self.index.parameters(source).get(code)
        if parameter is None:
            raise refusal.unknown(code, source)
        if type not in self._targets(name, parameter):
            raise refusal.unreadable(name, code, f"a reference to `{type}`", f" `{type}` への参照")
        self.names.add((source, code))
        return chain.here(source, code, self._beyond(name, source, rest, alternatives, depth))

    def _listed(self, type: str, alternatives: Sequence[str]) -> Predicate:
        """In a List by its id; the functional lists (`$current-…`) are not offered."""
        for one in alternatives:
            if one.startswith("$"):
                raise refusal.unsupported_value(_LIST, one, ("id",))
        self.names.add(("List", "item"))
        return chain.here("List", "item", self._beyond(_LIST, "List", "_id", alternatives, 0))

    def _value(self, parameter: Parameter, code: str, modifier: str, text: str) -> Predicate:
        lead = f"{code} "
        if isinstance(parameter, Composite):
            return composite.predicate(parameter, lead, text)
        if isinstance(parameter, Closed):
            raise refusal.unsupported(code)
        read = kinds.READERS[parameter.kind]
        if modifier == unequal.MODIFIER:
            equal = read(parameter, lead, string.WHOLE if parameter.kind == "string" else "", text)
            return unequal.other(parameter.kind, lead, equal)
        if parameter.kind == "token" and modifier in concept.MODIFIERS:
            known = concept.codes(self.index.spec, code, modifier, text)
            return any_of(read(parameter, lead, "", _coded(*one)) for one in known)
        return read(parameter, lead, modifier, text)

    def _targets(self, name: str, parameter: Parameter) -> list[str]:
        if not chain.leads(parameter):
            text = f"`{parameter.name}` holds no references to records, so no chain goes through it"
            ja = f"`{parameter.name}` は記録への参照ではないため、連鎖検索に使えません"
            raise refusal.cannot(name, text, ja)
        assert isinstance(parameter, Part)
        return [one for one in parameter.targets if one in self.index.stored]

    def led(self, type: str, path: str, target: str, what: Predicate) -> Predicate:
        """What is asked of a record of type `target`, to which a reference leads, or a path of them."""
        head, _, rest = path.partition(".")
        code, _, named = head.partition(":")
        through = named or self.leads_to(type, head)
        self.names.add((type, code))
        self._hop(path, through, 0)
        return chain.there(code, through, self.led(through, rest, target, what) if rest else what)

    def leads_to(self, type: str, path: str) -> str:
        """The one type that a path of references leads to. Raises Problem where it is none, or several."""
        head, _, rest = path.partition(".")
        code, _, named = head.partition(":")
        parameter = self.index.parameters(type).get(code)
        if parameter is None:
            raise refusal.unknown(code, type)
        targets = self._targets(path, parameter)
        if named and named not in targets:
            raise refusal.unreadable(path, named, _one_of(targets), "この参照先の型")
        if not named and len(targets) != 1:
            text = f"`{code}` leads to several types: name one, such as `{code}:{targets[0]}`"
            raise refusal.cannot(path, text, f"`{code}` の参照先の型を `{code}:{targets[0]}` のように書いてください")
        through = named or targets[0]
        return self.leads_to(through, rest) if rest else through

    def _along(self, type: str, parameter: Part, modifier: str, text: str) -> Predicate:
        through, by, found = hierarchy.predicate(self.index, type, parameter, modifier, text)
        self.names.add((through, by))
        self._hop(parameter.name, through, 0)
        return found

    def _beyond(self, name: str, type: str, rest: str, alternatives: Sequence[str], depth: int) -> Predicate:
        self._hop(name, type, depth)
        return self.read(type, rest, alternatives, depth + 1)

    def _hop(self, name: str, type: str, depth: int) -> None:
        self.hops += 1
        if depth >= chain.DEEPEST or self.hops > chain.MOST:
            text = f"a chain has at most {chain.DEEPEST} hops, a search {chain.MOST}"
            ja = f"連鎖は{chain.DEEPEST}段まで、1回の検索で{chain.MOST}段までです"
            raise refusal.cannot(name, text, ja)
        self.seen.add(type)


def specially(index: Index, type: str, code: str) -> Callable[[str], Predicate] | None:
    """How a value is read of a parameter that is of no kind; None where it is of one, or not answered."""
    if code in content.NAMES and type in index.stored:
        return partial(content.predicate, code)
    return near.predicate if (type, code) == (near.TYPE, near.NAME) else None


def is_answered(index: Index, type: str, code: str) -> bool:
    """Whether records of a type can be asked by a parameter."""
    if code == FILTER or not isinstance(index.parameters(type)[code], Closed):
        return True
    return specially(index, type, code) is not None


def _one_of(targets: Sequence[str]) -> str:
    shown = ", ".join(targets[:8])
    return shown if len(targets) <= 8 else f"{shown} …"


def _allowed(parameter: Parameter, modifier: str) -> bool:
    if not modifier or modifier in kinds.MODIFIERS[parameter.kind]:
        return True
    return parameter.kind == "reference" and modifier[:1].isupper()


def _missing(code: str, alternatives: Sequence[str]) -> Predicate:
    if list(alternatives) == ["true"]:
        return none_of(has_any(code))
    if list(alternatives) == ["false"]:
        return has_any(code)
    raise refusal.unreadable(code, ",".join(alternatives), "`true` or `false`", " true か false")


def _coded(system: str, code: str) -> str:
    return f"{grammar.escaped(system)}|{grammar.escaped(code)}" if system else grammar.escaped(code)
