import datetime as dt

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlmodel import col

from crm.agencies.models import Agency, Unit, UnitKind, UnitPlacement
from crm.agencies.policy import roles_at
from crm.agencies.service import found_agency
from crm.cli import main
from crm.kernel.actor import AgencyKind, Role
from crm.kernel.db import Database
from crm.kernel.errors import Refused
from tests.support.world import PASSWORD

DAY = dt.date(2026, 4, 1)
PARTNERS = [kind for kind in AgencyKind if kind is not AgencyKind.PREFECTURAL_POLICE]
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def roots(database: Database) -> list[tuple[str, UnitKind, str, bool]]:
    """Every agency with its root unit, and whether that unit keeps people of its own."""
    with database.system("a test's look at the agencies") as connection:
        rows = connection.execute(
            sa.select(
                col(Agency.name),
                col(Unit.kind),
                col(UnitPlacement.name),
                (col(UnitPlacement.station_id) == col(Unit.id)).is_(True),
            )
            .join(Unit, col(Unit.agency_id) == col(Agency.id))
            .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
            .where(col(UnitPlacement.parent_id).is_(None))
            .order_by(col(Agency.name))
        ).all()
    return [(agency, kind, name, bool(owns)) for agency, kind, name, owns in rows]


@pytest.mark.parametrize("kind", PARTNERS)
def test_partner_is_founded_with_the_office_that_keeps_its_people(
    database: Database, kind: AgencyKind
) -> None:
    founder = found_agency(database, "架空市役所", kind=kind, day=DAY)

    assert roots(database) == [("架空市役所", UnitKind.OFFICE, "架空市役所", True)]
    assert founder.station_id == founder.unit_id
    assert not founder.is_police
    assert not founder.reads_people


def test_police_are_founded_with_headquarters_that_keep_nobody(database: Database) -> None:
    founder = found_agency(database, "架空県警察", day=DAY)

    assert roots(database) == [("架空県警察", UnitKind.HEADQUARTERS, "警察本部", False)]
    assert founder.station_id is None
    assert founder.is_police


def test_name_of_an_agency_is_taken_once(database: Database) -> None:
    found_agency(database, "架空市役所", kind=AgencyKind.MUNICIPALITY, day=DAY)

    with pytest.raises(Refused) as refused:
        found_agency(database, "架空市役所", kind=AgencyKind.FIRE, day=DAY)

    assert refused.value.field == "agency"
    assert len(roots(database)) == 1


def test_members_serve_at_partners_and_officers_at_the_police() -> None:
    everywhere = {Role.SECTION_CHIEF, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR}
    of_police = {Role.OFFICER, Role.STATION_CHIEF, Role.HQ_VIEWER}

    assert roles_at(AgencyKind.PREFECTURAL_POLICE) == everywhere | of_police
    for kind in PARTNERS:
        assert roles_at(kind) == everywhere | {Role.MEMBER}


def crm(database: Database, *arguments: str) -> Result:
    url = database.engine.url.render_as_string(hide_password=False)
    runner = CliRunner(env={"CRM_DATABASE_URL": url})
    return runner.invoke(main, [*arguments, "--password-stdin"], input=f"{PASSWORD}\n")


def account(database: Database, admin: str, unit: str, role: str) -> Result:
    who = ("--login", f"{admin}-{role}", "--name", "高橋 優")
    return crm(database, "create-account", "--as", admin, *who, "--unit", unit, "--role", role)


@sqlite
@pytest.mark.parametrize(
    ("kind", "unit", "taken", "refused"),
    [
        ("municipality", "架空市役所", "member", "officer"),
        ("fire", "架空市役所", "section_chief", "station_chief"),
        ("prefectural_police", "警察本部", "hq_viewer", "member"),
    ],
)
def test_accounts_are_opened_for_the_roles_of_the_agency(
    database: Database, kind: str, unit: str, taken: str, refused: str
) -> None:
    admin = ("--login", "admin", "--name", "管 理")
    founded = crm(database, "create-admin", "--agency", "架空市役所", "--kind", kind, *admin)

    assert founded.exit_code == 0, founded.output
    assert account(database, "admin", unit, taken).exit_code == 0
    answer = account(database, "admin", unit, refused)
    assert answer.exit_code == 1
    assert "この役割は、この機関にはありません。" in answer.output
