"""The sentence that a rule is from: of the ordinance, or of the slides by which the city explains itself.

profiles/tsunagu/CodeSystem-rule.json; docs/policy.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from profiles import artefacts

FILE = Path(__file__).parent / "tsunagu" / "CodeSystem-rule.json"
CHAIN = Path(__file__).parent / "chain.json"

Links = Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`title` is the rule in a few words; `ja` the sentence as it was written, at `source`; `en` what it says.

    `rests_on` are the rules that a ground or a restriction of the policy rests on; its sentence is from the first.
    """

    rule: str
    title: str
    title_en: str
    ja: str
    en: str
    source: str
    source_en: str
    rests_on: tuple[str, ...] = ()


def system() -> str:
    """The code system of rules."""
    return str(artefacts.rows(FILE)["url"])


@cache
def every() -> Mapping[str, Sentence]:
    """Rule -> its sentence, in the order of the code system. Raises SpecFault."""
    found: dict[str, Sentence] = {}
    for concept in artefacts.rows(FILE)["concept"]:
        rests_on = tuple(entry["valueCode"] for entry in _properties(concept, "rests-on"))
        first = found.get(rests_on[0]) if rests_on else None
        found[concept["code"]] = Sentence(
            rule=concept["code"],
            title=concept["display"],
            title_en=concept["designation"][0]["value"],
            ja=concept["definition"],
            en=_text(concept, "sentence-en"),
            source=_text(concept, "source") or (first.source if first else ""),
            source_en=_text(concept, "source-en") or (first.source_en if first else ""),
            rests_on=rests_on,
        )
    return found


def chain() -> Links:
    """Rule -> the scenarios that show it and the code that holds it, as tests/house/chain.py has them."""
    found: Links = artefacts.rows(CHAIN)
    return found


def of(rule: str) -> Sentence | None:
    """The sentence of a rule as an issue names it (`R5`, `art. 4`); None for what is no rule of the city."""
    return every().get(rule.replace(". ", ""))


def _text(concept: Mapping[str, Any], code: str) -> str:
    """What it says under a property, once; of where a sentence stands, nothing where that is the rule's it rests on."""
    said = [str(entry["valueString"]) for entry in _properties(concept, code)]
    return said[0] if len(said) == 1 else ""


def _properties(concept: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [entry for entry in concept["property"] if entry["code"] == code]
