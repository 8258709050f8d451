import json

from tests.outbox.acts import count
from tests.support.pages import Browser
from tests.support.world import PASSWORD, World

PAGE = "/people/00000000-0000-0000-0000-000000000001/notes/new"
TYPED = [["heard", "書きかけの一文"], ["password", "himitsu"], ["client_key", "1"]]


def kept(browser: Browser, typed: object = TYPED, page: str = PAGE) -> str | None:
    fields = {"page": page, "target": "/x", "draft": json.dumps(typed)}
    found: str | None = browser.post("/drafts", fields).json()["id"]
    return found


def found(browser: Browser, page: str = PAGE) -> dict[str, object]:
    given: dict[str, object] = browser.post("/drafts/finding", {"page": page}).json()
    return given


def test_what_is_typed_comes_back_to_its_author_and_page_alone(
    world: World, browser: Browser
) -> None:
    browser.sign_in("officer").get("/drafts")
    key = kept(browser)
    fields = [["heard", "書きかけの一文"], ["client_key", "1"]]
    assert found(browser) == {"id": key, "target": "/x", "fields": fields}
    assert found(browser, "/people/new") == {"id": None}
    browser.post("/sign-out")
    browser.sign_in("chief").get("/drafts")
    assert found(browser) == {"id": None}
    assert count(world, "draft") == 1


def test_typing_on_takes_the_place_of_what_was_kept(world: World, browser: Browser) -> None:
    browser.sign_in("officer").get("/drafts")
    kept(browser)
    last = kept(browser, [["heard", "書きかけの二文"]])
    assert (found(browser)["id"], count(world, "draft")) == (last, 1)


def test_nothing_is_kept_where_nobody_typed(world: World, browser: Browser) -> None:
    browser.sign_in("officer").get("/drafts")
    assert [kept(browser, typed) for typed in ([], [["client_key", "1"]], [["heard", " "]])] == [
        None,
        None,
        None,
    ]
    assert count(world, "draft") == 0


def test_another_address_is_no_page_of_ours(browser: Browser) -> None:
    browser.sign_in("officer").get("/drafts")
    kept(browser, page="//elsewhere.example/x")
    assert found(browser, "//elsewhere.example/x")["id"] == found(browser, "/")["id"]


def test_sent_is_no_draft_any_more(world: World, browser: Browser) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    browser.sign_in("officer").get("/drafts")
    sent = {"outcome": "phone", "heard": "街灯が消えている。", "_draft": kept(browser)}
    browser.post(f"/people/{person.id}/notes", sent)
    assert (count(world, "activity_note"), count(world, "draft")) == (1, 0)


def test_a_locked_screen_keeps_what_was_there_when_it_locked(
    world: World, browser: Browser
) -> None:
    browser.sign_in("officer").get("/drafts")
    draft = {"page": PAGE, "target": "/x", "draft": json.dumps(TYPED)}
    browser.post("/lock", draft)
    late = {**draft, "draft": json.dumps([["heard", "後から"]])}
    headers = {"Origin": browser.origin, "Referer": f"{browser.origin}{PAGE}"}
    browser.client.post("/drafts", data={"_csrf_token": browser.token, **late}, headers=headers)
    assert count(world, "draft") == 1
    browser.post("/lock/opening", {"password": PASSWORD})
    assert found(browser)["fields"] == [["heard", "書きかけの一文"], ["client_key", "1"]]
