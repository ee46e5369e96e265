"""`_include` and `_revinclude`: which records come with those that match.

https://hl7.org/fhir/R4/search.html#revinclude
"""

from __future__ import annotations

from dataclasses import dataclass

from resources.search import chain, refusal
from resources.search.index import Index

NAMES = ("_include", "_revinclude")
EVERY = "*"
MOST = 20
"""Of one request."""


@dataclass(frozen=True, slots=True)
class Include:
    """From records of the type `source` along `name` (`*` for every reference) to those of the type `target`.

    Both may be empty, for any type. With `reverse` the other way: the records of `source` come that lead here. With
    `iterate` it is followed from what has come as well.
    """

    source: str
    name: str
    target: str
    reverse: bool
    iterate: bool

    @property
    def brings(self) -> str:
        """The one type it brings; empty where it may bring several."""
        return self.source if self.reverse else self.target


def names(index: Index, include: Include, source: str, target: str = "") -> list[str]:
    """The parameters by which it goes from a record of one type, to one of another where that is known."""
    if include.source not in ("", source) or (target and include.target not in ("", target)):
        return []
    found = index.parameters(source)
    codes = found if include.name == EVERY else [include.name]
    return [code for code in codes if chain.leads(found[code]) and (not target or target in found[code].targets)]


def forwards(index: Index, type: str) -> list[str]:
    """What a search of a type can include, as the CapabilityStatement says it."""
    if type not in index.stored:
        return []
    return [EVERY, *(f"{type}:{code}" for code, each in sorted(index.parameters(type).items()) if chain.leads(each))]


def backwards(index: Index, type: str) -> list[str]:
    """What can come that leads to a type."""
    if type not in index.stored:
        return []
    every = Include("", EVERY, "", True, False)
    return [
        EVERY,
        *(f"{one}:{code}" for one in sorted(index.stored) for code in sorted(names(index, every, one, type))),
    ]


def read(index: Index, type: str, name: str, value: str) -> Include:
    """One of them, of a search of this type. Raises Problem naming it."""
    key, colon, modifier = name.partition(":")
    if colon and modifier != "iterate":
        raise refusal.modifier(key, modifier, "include")
    reverse, iterate = key == "_revinclude", bool(colon)
    if value == EVERY:
        return Include("", EVERY, "", reverse, iterate)
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    if not code:
        text, ja = "`Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`", "「型:パラメータ」などの形"
        raise refusal.unreadable(name, value, text, ja)
    for one in (source, target):
        if one and one not in index.stored:
            raise refusal.unsupported_type(name, one)
    if code != EVERY:
        parameter = index.parameters(source).get(code)
        if parameter is None:
            raise refusal.unknown_of(name, code, source)
        if not chain.leads(parameter):
            text = f"`{code}` of `{source}` holds no references to records"
            raise refusal.cannot(name, text, f"`{source}` の `{code}` は記録への参照ではありません")
        if target and target not in parameter.targets:
            raise refusal.unreadable(name, target, f"a type that `{code}` leads to", f" `{code}` の参照先の型")
    if not reverse and not iterate and source != type:
        text = (
            f"`{name}={value}` begins at `{source}`, and `{type}` is searched: follow what comes with `{key}:iterate`"
        )
        ja = f"検索する型は `{type}` です。一緒に返る `{source}` からたどるときは `{key}:iterate` と書いてください"
        raise refusal.cannot(name, text, ja)
    return Include(source, code, target, reverse, iterate)
