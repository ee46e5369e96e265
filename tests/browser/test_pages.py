"""What a person sees in a real browser: the front page, the sign-in, what a client asks for, the week of a plan."""

from __future__ import annotations

import base64
import hashlib
import shutil
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from demo.journey.play import play
from demo.people import People
from tests.world.server import start_server

pytestmark = pytest.mark.browser

VERIFIER = "a-verifier-of-forty-three-letters-and-more-0123456789"


@pytest.fixture(scope="module")
def server(installed, tmp_path_factory):
    with start_server(installed, tmp_path_factory.mktemp("pages")) as served:
        yield served


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as started:
        shown = started.chromium.launch(executable_path=chromium, args=arguments)
        yield shown
        shown.close()


@pytest.fixture
def page(browser):
    """Without scripts: every page of ours works so."""
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    yield context.new_page()
    context.close()


def origin(server):
    return server.base.removesuffix("/fhir")


def authorization(server):
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": server.credentials.client,
        "redirect_uri": server.credentials.redirect,
        "scope": "openid fhirUser user/Patient.rs",
        "state": "as it was",
        "aud": server.base,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return f"{origin(server)}/oauth/authorize?{urlencode(asked)}"


def test_the_front_page_leads_to_the_desks_of_every_field(server, page):
    page.goto(origin(server))
    assert page.locator("main ul").first.locator("a").count() == 12
    page.get_by_role("link", name="住まい").click()
    assert "$route?field=housing" in page.url
    assert page.locator("li h2", has_text="★").count() >= 1
    assert page.get_by_role("button", name="探す").is_visible()


def test_an_officer_follows_a_sentence_to_its_rule_and_the_scenarios_that_show_it(server, page):
    page.goto(origin(server))
    page.get_by_role("link", name="規則と、そのもとの文").click()
    row = page.locator("tr#R5")
    assert "他の相談機関からの相談を断らないことをルール化" in row.inner_text()
    row.get_by_text("断らない ― 紹介を受けた機関は").click()
    assert row.get_by_text("引き受けることはできる").is_visible()
    assert "consent/duties/referral.py" in row.inner_text()


def test_a_person_signs_in_sees_what_is_asked_and_is_sent_back_with_a_code(server, page):
    page.goto(authorization(server))
    page.get_by_label("お名前（ID）").fill("yorisoi")
    page.get_by_label("パスワード").fill("wrong")
    page.get_by_role("button", name="サインイン").click()
    assert "違います" in page.inner_text("main")
    page.get_by_label("お名前（ID）").fill("yorisoi")
    page.get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
    page.get_by_role("button", name="サインイン").click()
    asked = page.inner_text("main")
    assert "つなぐ 相談員用端末" in asked
    assert "Patient" in asked
    with page.expect_request(f"{server.credentials.redirect}**") as sent_back:
        page.get_by_role("button", name="許可する").click(no_wait_after=True)
    said = parse_qs(urlsplit(sent_back.value.url).query)
    assert said["state"] == ["as it was"]
    assert said["code"]


def test_nobody_else_can_frame_the_sign_in(server, page):
    answer = page.goto(f"{origin(server)}/sign-in")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_the_week_of_household_h_is_drawn_and_says_no_name(server, browser):
    people = People(server.base, server.credentials)
    acts = list(play(server.base, server.credentials))
    assert all(act.held for act in acts)
    coordinator = people.officer("coordinator")
    plan = next(
        found for found in coordinator.search("CarePlan").resources if "total-care-plan" in str(found["category"])
    )
    drawn = people.officer("lead-section").get(f"CarePlan/{plan['id']}/$timetable", accept="text/html")
    own = coordinator.get(f"CarePlan/{plan['id']}/$timetable", accept="text/html")
    people.close()
    assert "母の妹" in own.text  # as she wrote it herself
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_content(drawn.text)
    sheet = page.locator("svg").first
    assert "複合課題トータルケアプラン" in sheet.text_content()
    # Whose it is, as a word beside a reference, is withheld: one of the household is protected (D1).
    assert "世帯員" in sheet.text_content()
    assert "母の妹" not in sheet.text_content()
    assert page.locator("svg g.block").count() == 15
    assert "早瀬" not in page.content()
    page.close()
