"""The second opinion says where, and never what; it holds nobody up."""

from __future__ import annotations

import logging

from resources.record import second_opinion
from resources.record.second_opinion import SecondOpinion

GOOD = b'{"resourceType":"Patient","name":[{"family":"\xe5\xb1\xb1\xe7\x94\xb0"}]}'
BAD = b'{"resourceType":"Patient","birthDate":"secret-day"}'


def test_a_good_record_meets_no_objection():
    assert second_opinion.objections("Patient", GOOD) == []


def test_an_objection_names_the_place_and_not_the_value():
    found = second_opinion.objections("Patient", BAD)
    assert found
    assert any("birthDate" in objection for objection in found)
    assert not any("secret" in objection for objection in found)


def test_a_record_that_is_offered_is_read_in_the_background(caplog):
    with caplog.at_level(logging.WARNING):
        opinion = SecondOpinion(1)
        opinion.offer("Patient", BAD)
        opinion.close()
    assert "birthDate" in caplog.text
    assert "secret" not in caplog.text


def test_a_share_of_nought_reads_nothing(caplog):
    with caplog.at_level(logging.WARNING):
        opinion = SecondOpinion(0)
        opinion.offer("Patient", BAD)
        opinion.close()
    assert caplog.text == ""


def test_what_cannot_be_read_at_all_ends_in_the_log_and_nowhere_else(caplog):
    opinion = SecondOpinion(1)
    opinion.offer("Nonsense", BAD)
    opinion.close()
    assert "could not read a Nonsense" in caplog.text
