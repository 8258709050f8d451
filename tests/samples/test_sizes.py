"""The prefecture amounts to what its benchmark set says, told before any of it is built."""

from crm.samples.stations import HOMES

PREFECTURE = HOMES["prefecture"]


def test_the_prefecture_amounts_to_its_set() -> None:
    sizes = [home.size for home in PREFECTURE]

    assert len(sizes) == 12
    assert sum(size.boxes for size in sizes) == 140
    assert sum(size.areas for size in sizes) == 4_000
    assert sum(size.elementary for size in sizes) == 160
    assert sum(size.junior_high for size in sizes) == 75
    assert sum(size.persons for size in sizes) == 22_000
    assert sum(size.liaisons for size in sizes) == 7_500
    assert sum(size.notes for size in sizes) == 375_000
    assert sum(size.areas + sum(size.organizations.values()) for size in sizes) == 11_950


def test_the_prefecture_has_its_municipalities_once_each() -> None:
    municipalities = [place for home in PREFECTURE for place in home.setting.municipalities]

    assert len(municipalities) == len({place.number for place in municipalities}) == 17
    assert len({place.name for place in municipalities}) == 17


def test_the_stations_of_the_prefecture_lie_apart() -> None:
    ends = 0
    for home in PREFECTURE:
        assert home.setting.cells_east >= ends
        ends = home.setting.cells_east + home.size.columns


def test_every_login_is_given_once() -> None:
    for homes in HOMES.values():
        logins = [who.login for home in homes for who in home.testers]
        logins += [who.login for home in homes for hall in home.halls for who in hall.testers]
        assert len(logins) == len(set(logins))
