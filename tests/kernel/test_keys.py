import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crm.kernel.keys import BrokenSeal, derive, load_key, seal, unseal
from crm.kernel.settings import BadSetting, Settings


def settings_at(path: Path) -> Settings:
    return Settings(key_file=str(path))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "tsunagari.key"
    first, second = load_key(settings_at(path)), load_key(settings_at(path))
    assert (first, len(first), path.read_text()) == (second, 32, first.hex() + "\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_all_who_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    settings = settings_at(tmp_path / "tsunagari.key")
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_key(settings), range(32)))
    assert len(set(keys)) == 1


def test_the_key_stands_beside_the_database(tmp_path: Path) -> None:
    embedded = Settings(database_url=f"sqlite:///{tmp_path}/tsunagari.db")
    served = Settings(database_url="postgresql+psycopg://crm@/crm")
    assert (embedded.key_path, served.key_path) == (
        tmp_path / "tsunagari.key",
        Path("var/tsunagari.key"),
    )


def test_a_key_everybody_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tsunagari.key"
    load_key(settings_at(path))
    path.chmod(0o644)
    with pytest.raises(BadSetting, match="chmod 600"):
        load_key(settings_at(path))


@pytest.mark.parametrize("content", ["", "00" * 31, "zz" * 32, "00" * 33])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tsunagari.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BadSetting, match="64桁"):
        load_key(settings_at(path))


def test_each_purpose_has_a_key_of_its_own() -> None:
    """The first value was worked out with the standard library's HMAC (RFC 5869)."""
    master = bytes(range(32))
    extracted = hmac.digest(bytes(32), master, hashlib.sha256)
    expanded = hmac.digest(extracted, b"tsunagari seals\x01", hashlib.sha256)
    assert derive(master, "seals") == expanded
    assert derive(master, "factors") != expanded


def test_what_is_sealed_opens_only_as_what_it_is_about() -> None:
    key = derive(bytes(32), "factors")
    sealed = seal(key, "ひみつ".encode(), about=b"account 1")
    assert unseal(key, sealed, about=b"account 1").decode() == "ひみつ"
    changed = bytes([*sealed[:-1], sealed[-1] ^ 1])
    for wrong_key, content, about in (
        (key, sealed, b"account 2"),
        (derive(bytes(32), "seals"), sealed, b"account 1"),
        (key, changed, b"account 1"),
        (key, b"", b"account 1"),
    ):
        with pytest.raises(BrokenSeal):
            unseal(wrong_key, content, about=about)


def test_the_same_is_never_sealed_alike() -> None:
    key = derive(bytes(32), "factors")
    assert seal(key, b"x", about=b"") != seal(key, b"x", about=b"")
