"""Holds a file of the specification against its JSON Schema in profiles/schemas.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from profiles.spec import SpecFault

HERE = Path(__file__).parent / "schemas"


def check(file: Path, value: object, name: str) -> None:
    """Pass a value that fits the schema of this name. Raises SpecFault with the JSON path of what does not."""
    fault = best_match(_validator(name).iter_errors(value))
    if fault is not None:
        raise SpecFault(file, _place(fault), fault.message)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(orjson.loads((HERE / f"{name}.json").read_bytes()))


def _place(fault: ValidationError) -> str:
    """The path of the fault; of a member that is missing, the member's own."""
    place = str(fault.json_path)
    if fault.validator == "required":
        required, given = fault.schema, fault.instance
        assert isinstance(required, Mapping)
        assert isinstance(given, Mapping)
        missing = next(member for member in required["required"] if member not in given)
        return f"{place}.{missing}"
    return place
