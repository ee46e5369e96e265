"""The names of the entries of a transaction, and the links by them: each leads to the record that the entry makes.

https://hl7.org/fhir/R4/http.html#trules; https://hl7.org/fhir/R4/bundle.html#references
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.interactions.entry import Entry
from profiles.spec import Spec
from resources.record import links
from resources.record.problem import Problem
from resources.search import filter_expression

_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_REFERRED = re.compile(r"""(\bre\s+"?)((?:urn:|https?://)[^\s"()]+)""")
"""What a filter compares as a reference."""
_ROOTED = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


def asked(
    spec: Spec, type: str, parameters: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """A search of a type in which each reference by a name of these leads to its record; all else is as it was written,
    an identifier too that reads like such a name."""

    def lead(name: str, value: str) -> str:
        if name == filter_expression.NAME:
            return _REFERRED.sub(lambda match: match[1] + names.get(match[2], match[2]), value)
        if not _is_reference(spec, type, name):
            return value
        return ",".join(names.get(each, each) for each in value.split(","))

    return tuple((name, lead(name, value)) for name, value in parameters)


def _is_reference(spec: Spec, type: str, name: str) -> bool:
    """Whether a parameter, or the last of a chain of any types, is of references."""
    words, types = name.rpartition(".")[2].split(":"), {type}
    while words[0] == "_has" and len(words) > 3:
        types, words = {words[1]}, words[3:]
    types = types if "." not in name else {*spec.search}
    found = (spec.search.get(each, {}).get(words[0]) for each in types)
    return any(each is not None and each.type == "reference" for each in found)


def linked(spec: Spec, entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    """The resource of an entry with every link by a name of these; itself where it has none.

    Raises Problem for a reference to a `urn:uuid` or `urn:oid` that no entry bears.
    """
    if not names and "urn:" not in str(entry.resource):
        return entry.resource
    root = _ROOTED.fullmatch(entry.full_url)

    def lead(link: str, at: str, literal: bool) -> str:
        name, mark, part = link.partition("#")
        found = names.get(name)
        if found is None and root is not None and _RELATIVE.fullmatch(name):
            found = names.get(root[1] + name)
        if found is None and literal and link.startswith(("urn:uuid:", "urn:oid:")):
            text, ja = f"no entry has the fullUrl `{link}`", f"fullUrl が `{link}` の要素がありません"
            raise Problem.of("structure", text, ja, at)
        return link if found is None or not name else f"{found}{mark}{part}"

    return links.changed(spec, entry.resource, f"{entry.at}.resource", lead)
