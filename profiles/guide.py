"""The implementation guide as a FHIR package: `python -m profiles.guide FILE.tgz`.

https://confluence.hl7.org/display/FHIR/NPM+Package+Specification; docs/definitions.md

What is in it is what the product itself goes by: profiles/tsunagu, earlier versions too, the examples beside it, and
each profile as a JSON Schema in package/other.
The same files give the same bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from profiles import artefacts, json_profile, load
from profiles.load import HERE

NAME = "tsunagu.fhir.r4"
VERSION = "0.2.0"
CANONICAL = "https://tsunagu.example/fhir"
EXAMPLES = HERE / "examples"
_DATE = "20261126000000"
_R4 = "4.0.1"
_DEPENDS = {"hl7.fhir.r4.core": _R4}
_TOLD = ("resourceType", "id", "url", "version", "kind", "type", "supplements")
"""What the index says of a file, as far as the file has it."""

Json = dict[str, Any]


def package(folder: Path = HERE / "tsunagu", examples: Path = EXAMPLES) -> bytes:
    """The package as a gzipped tar. Raises SpecFault."""
    ours, _ = artefacts.read(folder)
    defined = [*ours.values(), *artefacts.earlier(folder, ours).values()]
    shown = [artefacts.rows(file) for file in sorted(examples.glob("*.json"))]
    files = _indexed("package", [_guide(defined, shown), *defined])
    files["package/package.json"] = _text(_described())
    files |= _indexed("package/example", shown)
    for id, each in json_profile.schemas(load.load(folder)).items():
        files[f"package/other/{id}.schema.json"] = _text(each)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            tar.addfile(entry, io.BytesIO(files[name]))
    return gzip.compress(packed.getvalue(), mtime=0)


def _indexed(folder: str, resources: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Each resource as a file, and the index of them all."""
    named = {f"{each['resourceType']}-{each['id']}.json": each for each in resources}
    rows = [
        {"filename": name, **{key: each[key] for key in _TOLD if isinstance(each.get(key), str)}}
        for name, each in sorted(named.items())
    ]
    index = {"index-version": 2, "files": rows}
    return {f"{folder}/{name}": _text(each) for name, each in {**named, ".index.json": index}.items()}


def _described() -> Json:
    return {
        "name": NAME,
        "version": VERSION,
        "type": "IG",
        "date": _DATE,
        "title": "つなぐ / Tsunagu",
        "description": "Case records of a city that never refuses a consultation: forms, codes, extensions, operations",
        "author": "Tsunagu",
        "license": "Apache-2.0",
        "canonical": CANONICAL,
        "url": CANONICAL,
        "fhirVersions": [_R4],
        "dependencies": _DEPENDS,
        "directories": {"lib": "package", "example": "example"},
        "jurisdiction": "urn:iso:std:iso:3166#JP",
    }


def _guide(defined: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]]) -> Json:
    listed = [_listed(each, example=False) for each in defined]
    return {
        "resourceType": "ImplementationGuide",
        "id": NAME,
        "language": "ja",
        "url": f"{CANONICAL}/ImplementationGuide/{NAME}",
        "version": VERSION,
        "name": "TsunaguGuide",
        "title": "つなぐ 実装ガイド",
        "status": "active",
        "experimental": False,
        "date": "2026-11-26",
        "publisher": "Tsunagu",
        "description": "断らない相談支援の事例記録のための様式・コード・拡張・操作",
        "jurisdiction": [{"coding": [{"system": "urn:iso:std:iso:3166", "code": "JP"}]}],
        "packageId": NAME,
        "license": "Apache-2.0",
        "fhirVersion": [_R4],
        "definition": {"resource": [*listed, *(_listed(each, example=True) for each in shown)]},
    }


def _listed(each: Mapping[str, Any], *, example: bool) -> Json:
    name = each.get("title") or each.get("name") or each["id"]
    return {
        "reference": {"reference": f"{each['resourceType']}/{each['id']}"},
        "name": name if isinstance(name, str) else each["id"],
        "exampleBoolean": example,
    }


def _text(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(package())
