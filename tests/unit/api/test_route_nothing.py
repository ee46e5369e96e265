"""R7: where no desk answers, what is missing is said, and nothing more."""

from __future__ import annotations

from api.operations.route_nothing import nothing_found
from resources.directory import Asked


def test_only_an_empty_directory_is_said_to_be_empty() -> None:
    assert "窓口がまだ登録されていません" in nothing_found(Asked("housing", "", frozenset(), ""), any_desk=False).ja
    for asked in (
        Asked("housing", "", frozenset(), ""),
        Asked("", "area-el-01", frozenset(), "家賃"),
        Asked("", "", frozenset(), ""),
    ):
        said = nothing_found(asked, any_desk=True)
        assert "窓口がまだ" not in said.ja
        assert "no desk yet" not in said.text


def test_the_field_the_area_and_the_words_are_named_where_they_were_asked() -> None:
    of_field = nothing_found(Asked("housing", "area-el-01", frozenset(), ""), any_desk=True)
    assert "`housing`" in of_field.text
    assert "for this area" in of_field.text
    assert of_field.ja.startswith("この地域のこの分野（`housing`）の窓口も")
    assert "for this area" not in nothing_found(Asked("housing", "", frozenset(), ""), any_desk=True).text
    assert "these words" in nothing_found(Asked("", "", frozenset(), "家賃"), any_desk=True).text
    assert "these words" not in nothing_found(Asked("", "", frozenset(), ""), any_desk=True).text
    aged = nothing_found(Asked("violence", "area-el-01", frozenset({8}), ""), any_desk=True)
    assert "for this area and this age" in aged.text
    assert aged.ja.startswith("この地域のこの年齢の人のこの分野")
