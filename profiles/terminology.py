"""The codes that are known here, with their words in Japanese and English, their hierarchies and value sets.

https://hl7.org/fhir/R4/terminology-service.html

Our own code systems are known whole, those of HL7 as far as R4's value sets and our own draw on them; of the large ones
of HL7 version 3 and of the public registers some codes are. Everything is in memory, so every question is a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from profiles import artefacts, consent, expand, tables, written_out
from profiles.spec import Spec

HERE = Path(__file__).parent
CONCEPTS = HERE / "r4" / "concepts.json"
JAPANESE = HERE / "japanese.json"
R4 = "4.0.1"
_IN_PART = ("http://terminology.hl7.org/CodeSystem/v3-", *written_out.REGISTERS)


@dataclass(frozen=True, slots=True)
class Term:
    """One code: `words` by language (`ja`, `en`), `parents` right above it, `properties` as its system has them."""

    system: str
    code: str
    words: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    definition: str = ""
    properties: tuple[Mapping[str, Any], ...] = ()

    def display(self, language: str) -> str:
        """The word in this language, else in another; the code where there is none."""
        return self.words.get(language) or next(iter(self.words.values()), self.code)


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """`whole` tells that there are no other codes; `title` by language."""

    url: str
    version: str
    title: Mapping[str, str]
    whole: bool
    terms: Mapping[str, Term]

    def above(self, code: str) -> frozenset[str]:
        """The codes that subsume this one, itself not among them."""
        found: set[str] = set((consent.closed(self.url) or {}).get(code, ()))
        waiting = [code, *found]
        while waiting:
            term = self.terms.get(waiting.pop())
            new = set(term.parents if term else ()) - found - {code}
            found |= new
            waiting += new
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Terminology:
    """`value_sets` are canonical -> (system, code) in order; one that cannot be enumerated is absent."""

    systems: Mapping[str, CodeSystem]
    value_sets: Mapping[str, Sequence[tuple[str, str]]]
    maps: Sequence[Mapping[str, Any]]

    def term(self, system: str, code: str) -> Term:
        """A code, also where nothing but the code is known of it."""
        known = self.systems.get(system)
        return (known.terms.get(code) if known else None) or Term(system, code)


@lru_cache(maxsize=4)
def of(spec: Spec) -> Terminology:
    """The terminology of a specification, made when first asked for. Raises SpecFault."""
    ours = [each for each in spec.artefacts.values() if "url" in each]
    named: dict[str, dict[str, Term]] = {}
    for term in (*_of_hl7(), *_of_value_sets(ours)):
        before = named.setdefault(term.system, {}).get(term.code)
        words = {**(before.words if before else {}), **term.words}
        parents = term.parents or (before.parents if before else ())
        named[term.system][term.code] = Term(term.system, term.code, words, parents)
    systems = {
        url: CodeSystem(url, _version(url), {}, not url.startswith(_IN_PART), found) for url, found in named.items()
    }
    of_value_sets = systems.keys() - artefacts.rows(CONCEPTS).keys()
    for url in of_value_sets:
        systems[url] = CodeSystem(url, "", {}, False, systems[url].terms)  # a few codes of it are known
    systems |= {each["url"]: _own(each) for each in ours if each["resourceType"] == "CodeSystem"}
    return Terminology(systems, _value_sets(ours), [each for each in ours if each["resourceType"] == "ConceptMap"])


def _version(url: str) -> str:
    """HL7's systems are known as R4 has them; a register has no version."""
    return "" if url in written_out.REGISTERS else R4


def _value_sets(ours: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[tuple[str, str]]]:
    kinds = {
        kind: {each["url"]: each for each in ours if each["resourceType"] == kind}
        for kind in ("ValueSet", "CodeSystem")
    }
    of_ours = {url: expand.codes(url, kinds["ValueSet"], kinds["CodeSystem"]) for url in kinds["ValueSet"]}
    of_others = (*(HERE / "r4" / name for name in ("expansions.json", "value-sets.json")), HERE / "registered.json")
    found = {url: codes for file in of_others for url, codes in tables.value_sets(file).items()} | of_ours
    return {
        url: [(system, code) for system, codes in by_system.items() for code in codes]
        for url, by_system in found.items()
        if by_system is not None
    }


def _of_hl7() -> Iterator[Term]:
    japanese = artefacts.rows(JAPANESE)
    for system, codes in artefacts.rows(CONCEPTS).items():
        for code, (display, parents) in codes.items():
            said = {"ja": japanese.get(system, {}).get(code, ""), "en": display}
            yield Term(system, code, {key: word for key, word in said.items() if word}, tuple(parents))


def _of_value_sets(ours: Sequence[Mapping[str, Any]]) -> Iterator[Term]:
    """What our value sets say of codes of other systems: HL7's English word, and our Japanese one."""
    for value_set in ours:
        for part in value_set.get("compose", {}).get("include", ()) if value_set["resourceType"] == "ValueSet" else ():
            for concept in part.get("concept", ()):
                words = {"en": concept["display"]} if "display" in concept else {}
                yield Term(part["system"], concept["code"], {**words, **_designated(concept)})


def _own(system: Mapping[str, Any]) -> CodeSystem:
    language = str(system.get("language", "ja"))
    terms = {}
    for concept, parents in _placed(system.get("concept", ())):
        words = {language: concept["display"]} if "display" in concept else {}
        terms[concept["code"]] = Term(
            system["url"],
            concept["code"],
            {**words, **_designated(concept)},
            parents,
            str(concept.get("definition", "")),
            tuple(concept.get("property", ())),
        )
    title = {language: str(system.get("title", system.get("name", "")))}
    return CodeSystem(system["url"], str(system.get("version", "")), title, system["content"] == "complete", terms)


def _placed(concepts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """Each concept with the one right above it, in the order of the code system."""
    waiting = [(concept, tuple[str, ...]()) for concept in reversed(concepts)]
    while waiting:
        concept, parents = waiting.pop()
        said = (each["valueCode"] for each in concept.get("property", ()) if each["code"] in ("parent", "subsumedBy"))
        yield concept, tuple(dict.fromkeys((*parents, *said)))
        waiting += [(each, (concept["code"],)) for each in reversed(concept.get("concept", ()))]


def _designated(concept: Mapping[str, Any]) -> dict[str, str]:
    return {each["language"][:2]: each["value"] for each in concept.get("designation", ()) if each.get("language")}
