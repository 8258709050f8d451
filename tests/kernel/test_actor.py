import pytest

from crm.kernel.actor import whole_name


@pytest.mark.parametrize(
    ("station", "unit", "whole"),
    [
        ("焼津警察署", "地域課", "焼津警察署地域課"),
        ("若葉署", "若葉署地域課", "若葉署地域課"),
        ("若葉署", "若葉署", "若葉署"),
        ("若葉署", "", "若葉署"),
    ],
)
def test_unit_is_named_with_its_station_once(station: str, unit: str, whole: str) -> None:
    assert whole_name(station, unit) == whole
