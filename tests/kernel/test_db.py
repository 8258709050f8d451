import pytest
import sqlalchemy as sa

from crm.kernel.db import Database


def test_fault_of_the_database_says_no_values(database: Database) -> None:
    asked = sa.text("SELECT 1 FROM nowhere WHERE name = :name")
    with database.system("a test") as connection, pytest.raises(sa.exc.DBAPIError) as fault:
        connection.execute(asked, {"name": "桒原 健太"})
    assert "桒原" not in str(fault.value)
