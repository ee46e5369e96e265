"""Code never repeats a code list: every code that it does name is a concept of profiles/tsunagu."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from consent import vocabulary
from tests.house import source

SYSTEMS = {
    file.stem.removeprefix("CodeSystem-"): json.loads(file.read_text(encoding="utf-8"))
    for file in (source.ROOT / "profiles" / "tsunagu").glob("CodeSystem-*.json")
}
ROLES = ("LEAD_SECTION", "CONVENER", "COORDINATOR", "AUDITOR", "EMERGENCY", "SECRETARIAT")
PURPOSES = ("SUPPORT_CONFERENCE", "AUDIT_REVIEW", "INSTALLATION")


def concepts(system: str) -> set[str]:
    return set(flat(SYSTEMS[system].get("concept", ())))


def flat(nodes: list[dict[str, object]]) -> Iterator[str]:
    for node in nodes:
        yield str(node["code"])
        yield from flat(node.get("concept", []))  # type: ignore[arg-type]  # concepts nest


def named(file: Path) -> Iterator[tuple[str, str, str]]:
    """The file, system and code of every `coding.own(system, code)` or `coding.codes(value, system)`; code or empty."""
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("own", "codes"):
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "coding"):
                continue
            words = [each.value if isinstance(each, ast.Constant) else "" for each in node.args]
            system, code = (words[1], "") if node.func.attr == "codes" else (words[0], words[1])
            yield source.name(file), str(system), str(code)


def test_every_code_that_code_names_is_a_concept_of_ours() -> None:
    found = [each for file in source.modules(*source.FLOORS) for each in named(file)]
    assert len(found) > 15
    for file, system, code in found:
        assert system in SYSTEMS, (file, system)
        assert not code or code in concepts(system), (file, system, code)


def test_the_words_of_the_policy_are_roles_and_purposes_of_ours() -> None:
    constants = {
        target.id: node.value.value
        for node in source.tree(source.ROOT / "consent" / "vocabulary.py").body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {constants[word] for word in ROLES} <= concepts("role")
    ours = {getattr(vocabulary, word).rpartition("|") for word in PURPOSES}
    assert {system for system, _, _ in ours} == {str(SYSTEMS["purpose-of-use"]["url"])}
    assert {code for _, _, code in ours} <= concepts("purpose-of-use")


def test_every_code_of_ours_is_said_in_japanese_and_in_english() -> None:
    for name, system in SYSTEMS.items():
        assert system["language"] == "ja", name
        for concept in system["concept"]:
            english = [each for each in concept.get("designation", ()) if each.get("language") == "en"]
            assert concept["display"], (name, concept["code"])
            assert english, (name, concept["code"])
            assert english[0]["value"], (name, concept["code"])
