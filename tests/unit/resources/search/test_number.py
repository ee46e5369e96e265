"""https://hl7.org/fhir/R4/search.html#number"""

from __future__ import annotations

from dataclasses import replace

import pytest

from profiles.spec import SearchParameter
from resources.record.problem import Problem
from resources.search import request
from resources.search.index import Index

RANK = SearchParameter("rank", "number", "Encounter.diagnosis.rank", (), "urn:rank", ())


@pytest.fixture(scope="module")
def ranked(spec):
    """R4 has no number parameter for a served type; an installation may define one."""
    search = {**spec.search, "Encounter": {**spec.search["Encounter"], "rank": RANK}}
    return Index(replace(spec, search=search))


def finds(index, ranks, asked):
    encounter = {"resourceType": "Encounter", "diagnosis": [{"rank": rank} for rank in ranks]}
    terms = sorted({".type Encounter", *index.terms(encounter)})
    return request.parse(index, "Encounter", [("rank", asked)]).what.matches(terms)


@pytest.mark.parametrize(
    ("ranks", "asked", "found"),
    [
        ([1], "1", True),
        ([1, 9], "gt5", True),
        ([1, 9], "5", False),
        ([1, 9], "ap5", False),
        ([10], "9.6", False),
        ([10], "lt1e2", True),
        ([100], "99.95", False),
        ([], "ge0", False),
    ],
)
def test_a_number_is_compared_with_each_repetition(ranked, ranks, asked, found):
    assert finds(ranked, ranks, asked) is found


def test_what_is_no_number_is_refused(ranked):
    with pytest.raises(Problem) as refused:
        finds(ranked, [1], "first")
    assert refused.value.issues[0].at == "rank"
