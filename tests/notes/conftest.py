import pytest

from crm.contacts.models import Person
from tests.support.world import World


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")
