import pytest

from crm.kernel.settings import BadSetting, Settings, load_settings


def test_nothing_set_gives_an_embedded_database_on_loopback() -> None:
    settings = load_settings({})
    assert (settings.is_sqlite, settings.origin, settings.is_https, settings.demo) == (
        True,
        "http://127.0.0.1:8000",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"CRM_PORT": "eighty"}, "CRM_PORT"),
        ({"CRM_PORT": "0"}, "CRM_PORT"),
        ({"CRM_DATABSE_URL": "sqlite:///x.db"}, "CRM_DATABSE_URL"),
        ({"CRM_SHARED_IDLE_MINUTES": "0"}, "CRM_SHARED_IDLE_MINUTES"),
        ({"CRM_AREA_CODE": "87"}, "CRM_AREA_CODE"),
        ({"CRM_HOST": "0.0.0.0"}, "CRM_BASE_URL"),  # noqa: S104 - the refused case itself
        ({"CRM_BASE_URL": "http://tsunagari.example.lg.jp"}, "CRM_BASE_URL"),
        ({"CRM_BASE_URL": "tsunagari.example.lg.jp"}, "CRM_BASE_URL"),
        ({"CRM_DATABASE_URL": "mysql://x"}, "CRM_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting) as told:
        load_settings(environ)
    assert str(told.value).startswith(f"{named}: ")
    assert str(told.value).endswith(("。", "）"))


def test_https_makes_cookies_secure() -> None:
    settings = load_settings({"CRM_BASE_URL": "https://tsunagari.example.lg.jp"})
    assert (settings.is_https, settings.origin) == (True, "https://tsunagari.example.lg.jp")


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, info in Settings.model_fields.items() if not info.description]
    assert silent == []
