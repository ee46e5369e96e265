"""https://hl7.org/fhir/R4/search.html#string"""

from __future__ import annotations

import pytest

from resources.search import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ミドリカワ", "みどりかわ"),
        ("ﾐﾄﾞﾘｶﾜ", "ミドリカワ"),
        ("か゛", "が"),
        ("は゜", "ぱ"),
        ("が", "か"),
        ("ヴ", "う"),
        ("ヽヾ", "ゝゞ"),
        ("ＡＢＣ１２３", "abc123"),
        ("山田　太郎", "山田太郎"),
        ("Straße", "STRASSE"),
        ("e\u0301", "É"),
        ("①", "1"),
        ("㍻", "平成"),
        ("髙橋﨑", "高橋崎"),
        ("澤邊", "沢辺"),
        ("渡邉", "渡辺"),
        ("嶋濵", "島浜"),
        ("しよ", "しょ"),
        ("ジョ", "じよ"),
        ("1−2ー3", "１-２‐３"),
        ("サトｰ", "サト―"),
    ],
)
def test_spellings_of_one_word_fold_alike(one, other):
    assert fold.folded(one) == fold.folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("さ", "ざわ"), ("ほ", "ほー"), ("斎藤", "斉藤"), ("苓", "蓮"), ("谷", "穀"), ("後", "后")]
)
def test_different_words_stay_different(one, other):
    assert fold.folded(one) != fold.folded(other)
