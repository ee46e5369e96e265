"""An explanation says of every rule what it is, why, on which article and on what it rests; whole, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from consent import vocabulary
from consent.explaining import explanation
from consent.explaining.explanation import Told
from consent.ordinance import Ordinance
from consent.provision.provisions import EVERYBODY
from consent.rule import Decision, Evidence, Rule, Text
from resources.search.predicate import EVERYTHING
from tests.unit.consent.people import NOW

LAW = Ordinance(frozenset(), {"art9": Text("article 9(1) of the Act", "生活困窮者自立支援法第9条第1項")})
TOLD = Told("Condition/c", "Practitioner/q", vocabulary.SUPPORT_CONFERENCE, NOW)
MEETING = Rule(
    "P4",
    "permit",
    EVERYTHING,
    Text("the case is before an open conference", "開いている支援会議の事例である"),
    (Evidence("Encounter/m/_history/2", Text("the conference", "支援会議")),),
    basis="art9",
)
LACKING = Rule(
    "P3",
    "permit",
    EVERYTHING,
    Text("the person consents", "本人が同意している"),
    (Evidence("Consent/a/_history/1", Text("the consent", "同意")),),
    lacks=(Text("the consent has ended", "同意が終わっている"), Text("nobody signed", "署名がない")),
)
HEAD = [
    {"name": "record", "valueReference": {"reference": "Condition/c"}},
    {"name": "actor", "valueReference": {"reference": "Practitioner/q"}},
    {"name": "purpose", "valueCode": "support-conference"},
    {"name": "at", "valueInstant": "2026-11-23T04:00:00.000Z"},
]
BECAUSE = [
    {"name": "because", "valueString": "開いている支援会議の事例である"},
    {"name": "because-en", "valueString": "the case is before an open conference"},
]


def test_what_is_permitted_is_told_with_its_rule_its_article_and_its_evidence() -> None:
    parts = [
        {"name": "id", "valueString": "P4"},
        {"name": "effect", "valueCode": "permit"},
        *BECAUSE,
        {"name": "legal-basis", "valueCode": "art9"},
        {"name": "legal-basis-text", "valueString": "生活困窮者自立支援法第9条第1項"},
        {"name": "evidence", "valueReference": {"reference": "Encounter/m/_history/2", "display": "支援会議"}},
    ]
    assert explanation.of(TOLD, Decision(True, (MEETING,)), LAW) == {
        "resourceType": "Parameters",
        "parameter": [*HEAD, {"name": "decision", "valueCode": "permit"}, {"name": "rule", "part": parts}],
    }


def test_what_is_lacking_is_told_after_the_rules_and_says_what() -> None:
    forbid = Rule("D2", "forbid", EVERYTHING, Text("a conflict of interest", "利益相反がある"))
    told = explanation.of(TOLD, Decision(False, (forbid,), (), (LACKING,)), LAW)["parameter"]
    assert told == [
        *HEAD,
        {"name": "decision", "valueCode": "deny"},
        {
            "name": "rule",
            "part": [
                {"name": "id", "valueString": "D2"},
                {"name": "effect", "valueCode": "forbid"},
                {"name": "because", "valueString": "利益相反がある"},
                {"name": "because-en", "valueString": "a conflict of interest"},
            ],
        },
        {
            "name": "lacking",
            "part": [
                {"name": "id", "valueString": "P3"},
                {"name": "effect", "valueCode": "permit"},
                {"name": "because", "valueString": "本人が同意している"},
                {"name": "because-en", "valueString": "the person consents"},
                {
                    "name": "lacks",
                    "part": [
                        {"name": "because", "valueString": "同意が終わっている"},
                        {"name": "because-en", "valueString": "the consent has ended"},
                    ],
                },
                {
                    "name": "lacks",
                    "part": [
                        {"name": "because", "valueString": "署名がない"},
                        {"name": "because-en", "valueString": "nobody signed"},
                    ],
                },
                {"name": "evidence", "valueReference": {"reference": "Consent/a/_history/1", "display": "同意"}},
            ],
        },
    ]


NOTHING = {
    "name": "reason",
    "part": [
        {"name": "because", "valueString": "許す規則がないため、認められない"},
        {"name": "because-en", "valueString": "no rule permits it, so it is denied"},
    ],
}
BOUND = {
    "name": "reason",
    "part": [
        {"name": "because", "valueString": "自分についての問いには、トークンの利用目的で答える"},
        {"name": "because-en", "valueString": "a question about oneself is answered for the purpose of the token"},
    ],
}


def test_where_no_rule_says_anything_it_is_told_that_this_denies() -> None:
    told = explanation.of(TOLD, Decision(False, ()), LAW)["parameter"]
    assert told == [*HEAD, {"name": "decision", "valueCode": "deny"}, NOTHING]


def test_another_purpose_than_the_token_s_is_told_to_count_for_nothing() -> None:
    for asked in ("CAREMGT", vocabulary.CARE_MANAGEMENT, "COC"):
        told = explanation.of(replace(TOLD, asked=asked), Decision(False, ()), LAW)["parameter"]
        assert told == [*HEAD, {"name": "decision", "valueCode": "deny"}, BOUND, NOTHING]
    for alike in ("", "support-conference", vocabulary.SUPPORT_CONFERENCE):
        told = explanation.of(replace(TOLD, asked=alike), Decision(False, ()), LAW)["parameter"]
        assert told == [*HEAD, {"name": "decision", "valueCode": "deny"}, NOTHING]


def test_an_article_of_which_the_ordinance_has_no_words_is_told_by_its_code() -> None:
    assert explanation.legal_basis(replace(MEETING, basis="swa106-6"), LAW) == [
        {"name": "legal-basis", "valueCode": "swa106-6"},
        {"name": "legal-basis-text", "valueString": "swa106-6"},
    ]
    assert explanation.legal_basis(replace(MEETING, basis=""), LAW) == []


def test_whoever_sees_by_a_consent_to_everybody_is_told_as_every_agency() -> None:
    assert explanation.who(EVERYBODY) == {"display": "すべての相談機関 / every agency"}
    assert explanation.who("Organization/other") == {"reference": "Organization/other"}
