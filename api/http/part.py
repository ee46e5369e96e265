"""As much of a record as `_summary` and `_elements` ask for, wherever records are answered.

https://hl7.org/fhir/R4/http.html#parameters; https://hl7.org/fhir/R4/search.html#summary
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.http.answer import Answer
from api.http.call import Call
from profiles.spec import Spec
from resources.record import parse
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import refusal, result_parameters, subset
from resources.search.subset import Subset, Summary

PARAMETERS = ("_elements", "_summary")
SUMMARIES: tuple[Summary, ...] = tuple(each for each in subset.SUMMARIES if each != "count")
"""What one record can be asked for: a number is of a search."""


def of_one(call: Call, type: str) -> Subset:
    """What is wanted of the one record that an address leads to. Raises Problem naming any other parameter."""
    for name, _ in call.parameters:
        if name not in (*PARAMETERS, *result_parameters.IGNORED):
            text, ja = f"`{name[:64]}` is not a parameter here", f"ここでは `{name[:64]}` を使えません"
            raise Problem.of("not-supported", text, ja, name[:64])
    return asked(call.on.spec, type, call.parameters, SUMMARIES)


def asked(
    spec: Spec, type: str, parameters: Sequence[tuple[str, str]], summaries: tuple[Summary, ...] = subset.SUMMARIES
) -> Subset:
    """What these parameters want of records of a type. Raises Problem naming the one that cannot be read."""
    given = [each for each in parameters if each[0] == "_summary"]
    named = [value for name, value in parameters if name == "_elements"]
    if len(named) > 1:
        raise refusal.broken("_elements", "`_elements` is given twice", "`_elements` が2回指定されています")
    wanted = result_parameters.read(given, summaries)
    return Subset(wanted.summary, subset.elements(spec, type, named[0]) if named else ())


def of_answer(call: Call, wanted: Subset, answer: Answer) -> Answer:
    """The answer with as much of the record in it as is wanted."""
    if wanted.whole or not answer.body:
        return answer
    body = parse.write(subset.of(call.on.spec, wanted, parse.editable(answer.body)))
    return Answer(answer.status, body, answer.kind, answer.headers)


def of_each(call: Call, wanted: Subset, versions: Iterable[Version]) -> Iterable[Version]:
    """The records with as much in each as is wanted."""
    if wanted.whole:
        return versions
    return [_of(call.on.spec, wanted, each) if _has(wanted, each) else each for each in versions]


def _has(wanted: Subset, version: Version) -> bool:
    return not version.deleted and wanted.wants(version.type)


def _of(spec: Spec, wanted: Subset, version: Version) -> Version:
    return replace(version, body=parse.write(subset.of(spec, wanted, parse.editable(version.body))))
