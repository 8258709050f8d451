from sqlmodel import SQLModel

from crm import features
from crm.retention.models import Holding
from crm.retention.registry import REGISTRY, Means

features.require_rules()


def test_every_table_says_what_becomes_of_its_personal_data() -> None:
    assert set(SQLModel.metadata.tables) == set(REGISTRY)


def test_what_is_emptied_or_deleted_belongs_to_a_holding() -> None:
    disposed = {Means.EMPTIED, Means.DELETED}
    assert {keeping.holding for keeping in REGISTRY.values() if keeping.means in disposed} == set(
        Holding
    )
