"""FHIRPath expressions on the elements of a record, each read once.

https://hl7.org/fhir/R4/fhirpath.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import fhirpathpy
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser import parse

from resources.record import reference

Tree = Mapping[str, Any]

_MODEL = models["r4"]
_log = logging.getLogger("tsunagu.fhirpath")


@lru_cache(maxsize=4096)
def tree(expression: str) -> Tree:
    """The expression as fhirpathpy reads it. Raises Exception where it is none."""
    read: Tree = parse(expression)["children"][0]
    return read


def holds(expression: str, base: str, node: Mapping[str, Any], resource: Any, root: Any) -> bool:
    """Whether an expression is true of a node of the type or path `base`, in `resource`, which stands in `root`.

    One that is empty there is not true; one that cannot be evaluated is not known to be broken.
    """
    # A resource says its type itself: only then an expression may begin with it.
    asked = node if "resourceType" in node else ResourceNode.create_node(node, base)
    try:
        found = _compiled(expression)(asked, {"resource": resource, "rootResource": root})
    except Exception as fault:
        _tell(expression, type(fault).__name__)
        return True
    return len(found) == 1 and found[0] is not False


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Callable[[Any, Mapping[str, Any]], list[Any]]:
    made: Callable[[Any, Mapping[str, Any]], list[Any]] = fhirpathpy.compile(expression, _MODEL, _OPTIONS)
    return made


@lru_cache(maxsize=4096)
def _tell(expression: str, fault: str) -> None:
    """Once only."""
    _log.warning("could not evaluate `%s`: %s", expression, fault)


def _has_value(found: list[Any], *_: Any) -> bool:
    return len(found) == 1 and found[0] is not None and not isinstance(found[0], (dict, list))


def _resolve(found: list[Any], *_: Any) -> list[Any]:
    """What literal references lead to, as far as they say it themselves: a record of a type, and nothing else."""
    literals = [each.get("reference") if isinstance(each, dict) else each for each in found]
    names = [reference.local(each) for each in literals if isinstance(each, str)]
    return [ResourceNode.create_node({"resourceType": name.partition("/")[0]}) for name in names if name]


_OPTIONS = {
    "userInvocationTable": {
        "hasValue": {"fn": _has_value, "arity": {0: []}},
        "resolve": {"fn": _resolve, "arity": {0: []}},
    },
    "traceFn": lambda *_: None,
}
