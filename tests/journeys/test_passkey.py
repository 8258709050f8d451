"""A security key in the browser itself: taken on, asked for at the next sign-in, and refused."""

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def plug_in(walker: Walker) -> None:
    """Give the browser a key that its owner has just opened."""
    tools = walker.page.context.new_cdp_session(walker.page)
    tools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})


def test_a_key_is_taken_on_and_signs_in(chromium: Browser, world: World) -> None:
    with (
        served(world.database, host="localhost") as address,
        walking(chromium, address) as walker,
    ):
        page = walker.page
        plug_in(walker)
        walker.sign_in("officer", PASSWORD)
        walker.go("/account/factors/passkey")
        page.get_by_role("main").get_by_label("名前").fill("青い鍵")
        page.get_by_role("button", name="鍵を登録する").click()
        page.get_by_role("heading", name="リカバリーコード").wait_for()
        assert page.locator("main li code").count() == 10
        page.get_by_role("link", name="保管しました").click()
        page.locator(".header details.account summary").click()
        page.locator(".header").get_by_role("button", name="サインアウトする").click()
        page.wait_for_url("**/sign-in")
        walker.sign_in("officer", PASSWORD)
        page.get_by_role("button", name="鍵で確かめる").click()
        page.wait_for_url("**/today")
        walker.at_the_end()


def test_without_a_key_the_page_says_so(chromium: Browser, world: World) -> None:
    with (
        served(world.database, host="localhost") as address,
        walking(chromium, address) as walker,
    ):
        walker.sign_in("officer", PASSWORD)
        walker.go("/account/factors/passkey")
        refuse = "navigator.credentials.create = () => Promise.reject(new DOMException('none'))"
        walker.page.evaluate(f"() => {{ {refuse}; }}")
        walker.page.get_by_role("main").get_by_label("名前").fill("青い鍵")
        walker.page.get_by_role("button", name="鍵を登録する").click()
        said = walker.page.get_by_text("鍵を使えませんでした。")
        said.wait_for()
        button = walker.page.get_by_role("button", name="鍵を登録する")
        assert (said.is_visible(), button.get_attribute("aria-disabled")) == (True, None)
