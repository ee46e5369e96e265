"""Pyrofile, an independent validator of R4, on every resource of the corpus, of R4's examples and of ours.

https://github.com/N3RDMJ/pyrofile; `TSUNAGU_R4_PACKAGE=folder python -m tests.outside.other_validator` asks it anew
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.unit.resources.record import test_corpus as corpus

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "validator" / "verdicts.json"
DIFFERENCES = KEPT.parent / "differences.json"
PACKAGE = "TSUNAGU_R4_PACKAGE"
"""Names the folder of the package hl7.fhir.r4.core 4.0.1."""

_FOLDERS = {"example": ROOT / "profiles" / "examples", "official": ROOT / "tests" / "outside" / "official"}


def resources() -> Iterator[tuple[str, str, Json]]:
    """Each as what it is of, what it shows, and itself."""
    for kind, rows in (("bad", corpus.BAD), ("good", corpus.GOOD)):
        for what, type, *_, change in rows:
            yield kind, f"{type}: {what}", corpus.changed(type, change)
    for kind, folder in _FOLDERS.items():
        for file in sorted(folder.glob("*.json")):
            yield kind, file.stem, json.loads(file.read_bytes())


def digest(resource: Json) -> str:
    """By which a resource is known, whatever stands around it."""
    said = json.dumps(resource, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def kept() -> Mapping[str, bool]:
    """Resource by its digest -> whether the other takes it."""
    found: dict[str, bool] = json.loads(KEPT.read_bytes())
    return found


def asked(package: Path) -> dict[str, bool]:
    """What it says now, by the definitions of R4's package and of ours."""
    from pyrofile_validator import Validator  # seconds of loading, and for this alone
    from pyrofile_validator.config import ValidatorConfig  # as above

    paths = [str(package), str(ROOT / "profiles" / "tsunagu")]
    settings = {"fhirVersion": "4.0.1", "terminology": {"mode": "local"}, "localPackagePaths": paths}
    with contextlib.redirect_stdout(io.StringIO()):  # its reader of FHIRPath says there what it does
        validator = Validator(ValidatorConfig.load_dict(settings))
        return {digest(each): not validator.validate_resource(each).errors for _, _, each in resources()}


def main() -> int:
    if not os.environ.get(PACKAGE):
        sys.stderr.write(f"name the folder of hl7.fhir.r4.core 4.0.1: {PACKAGE}=…\n")
        return 2
    found = asked(Path(os.environ[PACKAGE]))
    KEPT.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
