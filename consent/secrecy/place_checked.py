"""The mark `place-checked`: somebody looked whether a text tells a place, and it is shown to whoever reads the record.

docs/policy.md, D1. A mark is of a value: it follows that value from version to version, and goes when it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from consent.secrecy.harmless import Harmless
from consent.secrecy.redaction import texts
from resources.record import coding, problem
from resources.record.problem import Problem

MARK = f"{coding.BASE}/StructureDefinition/place-checked"

Resource = Mapping[str, Any]
Words = tuple[tuple[str, ...], bytes]
"""A text by its words and the element it stands in, wherever in the record that is."""


def taken(sent: Resource) -> tuple[dict[str, Any], list[str]]:
    """A resource as sent without the marks that it asks for in its `meta`, and the elements these name."""
    meta = sent.get("meta")
    said = (meta.get("extension") if isinstance(meta, Mapping) else None) or ()
    named = [each for each in said if each.get("url") == MARK]
    if not named:
        return dict(sent), []
    left = {key: value for key, value in sent["meta"].items() if key != "extension"}
    if others := [each for each in said if each not in named]:
        left["extension"] = others
    rest = {key: value for key, value in sent.items() if key != "meta"}
    return rest | ({"meta": left} if left else {}), [str(each.get("valueString", "")) for each in named]


def wanted(harmless: Harmless, shown: Resource, element: str) -> Counter[Words]:
    """The texts at or below an element such as `Condition.note[0]`, in the record as its reader has it."""
    type, _, path = element.partition(".")
    at = "".join(f"/{part}" for part in path.replace("[", ".").replace("]", "").split(".") if part)
    if type != shown.get("resourceType"):
        return Counter()
    found = texts(harmless, shown)
    return Counter(_words(path, value) for pointer, path, value in found if f"{pointer}/".startswith(f"{at}/"))


def among(
    harmless: Harmless, resource: Resource, asked: Mapping[Words, int], may: Callable[[str, Any], bool]
) -> frozenset[str]:
    """The pointers of so many of these texts, of those that one `may` mark."""
    left, found = Counter(asked), set[str]()
    for pointer, path, value in texts(harmless, resource) if left else ():
        if left[_words(path, value)] > 0 and may(pointer, value):
            left[_words(path, value)] -= 1
            found.add(pointer)
    return frozenset(found)


def carried(
    harmless: Harmless, before: Resource, after: Resource, checked: Iterable[str], unsent: Iterable[str]
) -> frozenset[str]:
    """The pointers of the texts of a version that were `checked` in the one before; `unsent` says what was put back."""
    back = dict(entry.split(" ", 1) for entry in unsent)
    had, moved = frozenset(checked), set(back.values())
    standing = Counter(
        _words(path, value)
        for pointer, path, value in texts(harmless, before)
        if pointer in had and pointer not in moved
    )
    sent = among(harmless, after, standing, lambda pointer, _: pointer not in back)
    return sent | {pointer for pointer, was in back.items() if was in had}


def is_plain(value: Any) -> bool:
    """Whether a text holds neither extensions nor references, which only an officer whom the list names may show."""
    if isinstance(value, Mapping):
        beside = any(key in ("extension", "reference") or key.startswith("_") for key in value)
        return not beside and all(is_plain(each) for each in value.values())
    return all(is_plain(each) for each in value) if isinstance(value, list) else True


def refused(element: str, at: str) -> Problem:
    """The same whether or not there is such a text that its reader is not shown."""
    text = f"`{element}` is no text that you may mark: who wrote it marks it, or an officer whom the protection names"
    ja = f"`{element}` に、確認済みにできる文はありません。できるのは、書いた本人と、秘匿の名簿にある職員です"
    return Problem("forbidden", problem.of_rule("D1", text, ja, at, "forbidden"))


def _words(path: tuple[str, ...], value: Any) -> Words:
    return path, orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
