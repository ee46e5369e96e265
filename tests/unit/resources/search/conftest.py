"""An index over the real specification, and the question whether a search finds a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from profiles.spec import Spec
from resources.search import request
from resources.search.index import Index

BASE = "https://records.example/fhir"

Finds = Callable[[Mapping[str, Any], str], bool]


@pytest.fixture(scope="session")
def index(spec: Spec) -> Index:
    return Index(spec, BASE)


@pytest.fixture(scope="session")
def finds(index: Index) -> Finds:
    """Whether `parameters`, written as in an address, find the resource."""

    def ask(resource: Mapping[str, Any], parameters: str) -> bool:
        pairs = parse_qsl(parameters.replace("+", "%2B"), keep_blank_values=True)
        asked = request.parse(index, resource["resourceType"], pairs)
        return asked.what.matches(sorted({f".type {resource['resourceType']}", *index.terms(resource)}))

    return ask
