"""Reads the city's own conformance resources, and says which file is at fault and where in it.

https://hl7.org/fhir/R4/conformance-module.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from profiles import schema
from profiles.spec import SpecFault

HARMLESS = "harmless.json"
"""The one file in the folder that is not a resource: what may be shown of a record about a protected person (D1)."""

EARLIER = "earlier"
"""The folder below ours with the versions that are no longer in force."""


def read(folder: Path) -> tuple[dict[str, Mapping[str, Any]], dict[str, Path]]:
    """Canonical url (`Type/id` where the type has none) -> resource, and -> the file it came from."""
    found: dict[str, Mapping[str, Any]] = {}
    files: dict[str, Path] = {}
    if not folder.is_dir():
        raise SpecFault(folder, "$", "is not a folder")
    for file in sorted(folder.glob("*.json")):
        if file.name == HARMLESS:
            continue
        artefact = rows(file)
        schema.check(file, artefact, "artefact")
        kind = artefact["resourceType"]
        url = artefact.get("url", f"{kind}/{artefact['id']}")
        if url in found:
            raise SpecFault(file, "$.url", f"`{url}` is already the url of {files[url].name}")
        if kind == "CodeSystem":
            _check_concepts(file, "$", artefact.get("concept", []), set())
        found[url], files[url] = artefact, file
    return found, files


def earlier(folder: Path, now: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """`url|version` -> an earlier version of one of ours, from the folder below."""
    found: dict[str, Mapping[str, Any]] = {}
    ids = {(each["resourceType"], each["id"]) for each in now.values()}
    for file in sorted((folder / EARLIER).glob("*.json")):
        artefact = rows(file)
        schema.check(file, artefact, "artefact")
        url, version = str(artefact.get("url", "")), str(artefact.get("version", ""))
        named = (artefact["resourceType"], artefact["id"])
        if url not in now or not version:
            raise SpecFault(file, "$.url", f"`{url}` with its version is no earlier one of ours")
        if f"{url}|{version}" in found or version == now[url].get("version"):
            raise SpecFault(file, "$.version", f"`{version}` of `{url}` is there already")
        if named in ids:
            raise SpecFault(
                file, "$.id", f"`{artefact['id']}` is the id of another version: an earlier one has its own"
            )
        ids.add(named)
        found[f"{url}|{version}"] = artefact
    return found


def rows(file: Path) -> Mapping[str, Any]:
    """The object in a JSON file. Raises SpecFault."""
    found = _json(file)
    if not isinstance(found, dict):
        raise SpecFault(file, "$", "is not an object")
    return found


def _json(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except OSError as fault:
        raise SpecFault(file, "$", f"cannot be read: {fault.strerror}") from fault
    except orjson.JSONDecodeError as fault:
        raise SpecFault(file, "$", f"line {fault.lineno}, column {fault.colno}: {fault.msg}") from fault


def _check_concepts(file: Path, at: str, concepts: Sequence[Mapping[str, Any]], seen: set[str]) -> None:
    for index, concept in enumerate(concepts):
        here = f"{at}.concept[{index}]"
        if concept["code"] in seen:
            raise SpecFault(file, f"{here}.code", f"`{concept['code']}` is there twice")
        seen.add(concept["code"])
        _check_concepts(file, here, concept.get("concept", []), seen)
