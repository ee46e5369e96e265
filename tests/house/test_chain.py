"""No sentence of the city without a rule, no rule without a scenario and code; what is still open is on one list."""

from __future__ import annotations

import re

from consent import rules as policy_rules
from profiles import sentence
from tests.house import chain, source


def test_the_page_and_the_file_are_what_the_generator_makes() -> None:
    assert chain.PAGE.read_text(encoding="utf-8") == chain.page(), "python -m tests.house.chain"
    assert chain.CHAIN.read_text(encoding="utf-8") == chain.written(), "python -m tests.house.chain"


def test_a_rule_without_a_scenario_or_without_code_is_on_the_list_of_open_rules_and_no_other_is() -> None:
    assert chain.OPEN.read_text(encoding="utf-8").split() == chain.opened(chain.chain())


def test_every_ground_and_restriction_has_its_sentence() -> None:
    """But the two that come of OAuth and of FHIR, and of no sentence of the city."""
    modules = (*policy_rules.PERMITS, *policy_rules.RESTRICTIONS)
    ids = {module.ID for module in modules} - {policy_rules.scope.ID, policy_rules.mistake.ID}
    assert ids <= sentence.every().keys()


def test_every_rule_that_code_or_a_scenario_names_has_its_sentence() -> None:
    tagged = {
        tag
        for file in chain.FEATURES.glob("*.feature")
        for tag in re.findall(r"@([RPDF]\d+a?|art\d)\b", file.read_text(encoding="utf-8"))
    }
    breached = {
        rule
        for file in source.modules("api", "consent", "resources")
        for found in re.findall(r"(?:violation|of_rule)\(\s*\"([^\"]+)\"", source.text(source.name(file)))
        for rule in chain.named(found)
    }
    assert len(tagged) > 20
    assert len(breached) > 10
    assert tagged | breached <= sentence.every().keys()


def test_the_release_of_fhir_is_not_taken_for_the_rule_of_its_name() -> None:
    """Only the policy holds R4 of the city; `R4` of what a record looks like is said as `FHIR R4`."""
    assert chain.named("as https://hl7.org/fhir/R4/consent.html and FHIR R4 have it (FHIR R4's): R4a, R3") == {
        "R3",
        "R4a",
    }
    assert chain.named("R3 and R4 of the domain") == {"R3", "R4"}
    assert chain.named("one of the parameters that R4 lists, by R4's compartment") == set()
    held = {place["file"] for place in chain.code()["R4"]}
    assert {"consent/rules/consented.py", "consent/provision/enforceable_provision.py"} <= held
    assert not {file for file in held if file.startswith(("api/", "resources/record/", "resources/search/"))}
