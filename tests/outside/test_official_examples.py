"""What HL7 publishes with R4 4.0.1 is accepted, read and written back without loss.

tests/outside/official holds unaltered files of the package hl7.fhir.r4.core 4.0.1 (CC0). With TSUNAGU_R4_PACKAGE naming
the unpacked package, every file of it is tried.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import parse, validate
from resources.record.problem import Issue

OFFICIAL = sorted((Path(__file__).parent / "official").glob("*.json"))
PACKAGE = os.environ.get("TSUNAGU_R4_PACKAGE")

FAULTY = frozenset({"SearchParameter.base", "SearchParameter.id", "CodeSystem.concept.code", "StructureDefinition"})
"""What the package itself gets wrong: search parameters without a base or with an id too long, v2 codes with spaces,
and four logical models without what they are derived from (sdf-4).
"""


def canonical(body: bytes) -> str:
    """Keys sorted, every number as the text it was."""
    return json.dumps(json.loads(body, parse_float=str, parse_int=str), sort_keys=True, ensure_ascii=False)


def errors(spec: Spec, resource: dict[str, Any], body: bytes) -> list[Issue]:
    return [issue for issue in validate.validate(spec, resource, body) if issue.severity == "error"]


def without_indices(path: str) -> str:
    return ".".join(step.partition("[")[0] for step in path.split("."))


@pytest.mark.parametrize("file", OFFICIAL, ids=lambda file: file.stem)
def test_an_official_resource_is_valid(spec: Spec, file: Path) -> None:
    body = file.read_bytes()
    assert errors(spec, parse.parse(body, limit=100_000, depth=40), body) == []


@pytest.mark.parametrize("file", OFFICIAL, ids=lambda file: file.stem)
def test_an_official_resource_comes_back_as_it_was(file: Path) -> None:
    body = file.read_bytes()
    assert canonical(parse.write(parse.editable(body))) == canonical(body)


@pytest.mark.parametrize("file", OFFICIAL, ids=lambda file: file.stem)
def test_an_independent_model_agrees(file: Path) -> None:
    type = json.loads(file.read_bytes())["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{type.lower()}"), type)
    assert model.model_validate_json(file.read_bytes()).get_resource_type() == type


if PACKAGE:
    FILES = sorted(Path(PACKAGE).glob("*-*.json"))

    def test_every_resource_of_the_package_is_valid_and_comes_back_as_it_was(spec: Spec) -> None:
        wrong: set[str] = set()
        tried = 0
        for file in FILES:
            body = file.read_bytes()
            resource = parse.parse(body, limit=10_000_000, depth=40)
            wrong |= {without_indices(issue.at) for issue in errors(spec, resource, body)}
            assert canonical(parse.write(parse.editable(body))) == canonical(body), file.name
            tried += 1
        assert tried > 4_000
        assert wrong <= FAULTY
