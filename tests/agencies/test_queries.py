import datetime as dt

from crm.agencies.models import StaffAssignment
from crm.agencies.queries import station_staff
from crm.kernel.actor import Role
from tests.support.world import START, TODAY, World


def test_colleague_with_two_posts_is_named_once_where_they_were_first(world: World) -> None:
    seian = world.actors["seian"]
    world.put(
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=seian.staff_id,
            unit_id=world.units["みなと駐在所"],
            role=Role.OFFICER,
            valid_from=START + dt.timedelta(days=30),
        )
    )

    with world.reading("officer") as db:
        found = station_staff(db, world.units["若葉署"], TODAY)

    assert [(line.name, line.unit_name) for line in found] == [
        ("小林 剛", "若葉署"),
        ("中村 誠", "若葉署地域課"),
        ("山口 進", "若葉署生活安全課"),
        ("佐藤 彩", "若葉駅前交番"),
    ]
