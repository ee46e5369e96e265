"""Reads the city's own conformance resources, and says which file is at fault and where in it.

https://hl7.org/fhir/R4/conformance-module.html
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from profiles.spec import SpecFault

REVEALING = "revealing.json"
"""The one file in the folder that is not a resource: type -> paths that give a place away."""


def read(folder: Path) -> tuple[dict[str, Mapping[str, Any]], dict[str, Path]]:
    """Canonical url (`Type/id` where the type has none) -> resource, and -> the file it came from."""
    found: dict[str, Mapping[str, Any]] = {}
    files: dict[str, Path] = {}
    if not folder.is_dir():
        raise SpecFault(folder, "$", "is not a folder")
    for file in sorted(folder.glob("*.json")):
        if file.name == REVEALING:
            continue
        artefact = rows(file)
        kind, id = string(file, artefact, "resourceType"), string(file, artefact, "id")
        url = string(file, artefact, "url") if "url" in artefact else f"{kind}/{id}"
        if url in found:
            raise SpecFault(file, "$.url", f"`{url}` is already the url of {files[url].name}")
        if kind == "CodeSystem":
            _check_concepts(file, "$", artefact.get("concept", []), set())
        found[url], files[url] = artefact, file
    return found, files


def rows(file: Path) -> Mapping[str, Any]:
    """The object in a JSON file. Raises SpecFault."""
    found = _json(file)
    if not isinstance(found, dict):
        raise SpecFault(file, "$", "is not an object")
    return found


def string(file: Path, row: Mapping[str, Any], name: str, at: str = "$") -> str:
    """A member that must be there; `at` is the JSON path of the row."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise SpecFault(file, f"{at}.{name}", "must be a string that is not empty")
    return value


def strings(file: Path, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A member that may be absent, which is none."""
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SpecFault(file, f"$.{name}", "must be an array of strings")
    return tuple(value)


def _json(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except OSError as fault:
        raise SpecFault(file, "$", f"cannot be read: {fault.strerror}") from fault
    except orjson.JSONDecodeError as fault:
        raise SpecFault(file, "$", f"line {fault.lineno}, column {fault.colno}: {fault.msg}") from fault


def _check_concepts(file: Path, at: str, concepts: Any, seen: set[str]) -> None:
    if not isinstance(concepts, list):
        raise SpecFault(file, f"{at}.concept", "must be an array")
    for index, concept in enumerate(concepts):
        here = f"{at}.concept[{index}]"
        code = concept.get("code") if isinstance(concept, dict) else None
        if not isinstance(code, str) or not code:
            raise SpecFault(file, f"{here}.code", "must be a string that is not empty")
        if code in seen:
            raise SpecFault(file, f"{here}.code", f"`{code}` is there twice")
        seen.add(code)
        _check_concepts(file, here, concept.get("concept", []), seen)
