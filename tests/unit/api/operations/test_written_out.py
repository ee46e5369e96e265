"""R4's own value sets, written out to be asked for; what a field that fills itself in sends of it.

https://hl7.org/fhir/R4/valueset-operation-expand.html
"""

from __future__ import annotations

import pytest

from tests.unit.api.conftest import Calling
from tests.unit.api.operations.test_terminology import FIELDS, OURS, codes, get, said


@pytest.mark.parametrize(
    ("name", "code", "display"),
    [
        ("languages", "pt-BR", "ポルトガル語（ブラジル）"),
        ("marital-status", "M", "Married"),
        ("encounter-diet", "vegan", "Vegan"),
        ("mimetypes", None, None),
        ("observation-codes", None, None),
        ("c80-practice-codes", None, None),
    ],
)
def test_r4s_own_value_sets_are_written_out_where_their_codes_are_enumerated(
    calling: Calling, name: str, code: str | None, display: str | None
) -> None:
    url = f"http://hl7.org/fhir/ValueSet/{name}"
    if code is None:
        get(calling, "ValueSet/$expand", 404, url=url)
        return
    found = get(calling, "ValueSet/$expand", url=url)
    assert {each["code"]: each["display"] for each in found["expansion"]["contains"]}[code] == display
    [told] = said(get(calling, "ValueSet/$validate-code", url=url, code=code,
                      system=found["expansion"]["contains"][0]["system"]), "result")  # fmt: skip
    assert told is True


def test_a_code_of_a_register_that_is_known_in_part_is_told_without_a_version(calling: Calling) -> None:
    found = get(calling, "CodeSystem/$lookup", system="urn:ietf:bcp:47", code="ko")
    assert said(found, "display") == ["韓国・朝鮮語"]
    assert said(found, "version") == []


def test_an_empty_filter_or_language_is_none(calling: Calling) -> None:
    url = f"{OURS}/ValueSet/concern-field"
    whole = get(calling, "ValueSet/$expand", url=url)
    bare = get(calling, "ValueSet/$expand", url=url, filter="", displayLanguage="")
    assert codes(bare) == codes(whole)
    assert "parameter" not in bare["expansion"]
    lookup = get(calling, "CodeSystem/$lookup", system=FIELDS, code="housing", displayLanguage="")
    assert said(lookup, "display") == ["住まい"]
    get(calling, "CodeSystem/$validate-code", url=FIELDS, code="housing", display="", displayLanguage="")
    get(calling, "ValueSet/$expand", 400, url=url, count="")
