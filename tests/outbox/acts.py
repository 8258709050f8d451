"""What tests of the outbox do again and again: seal as a device does, send, count."""

import base64
import json
import os
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crm.contacts.models import Person
from crm.outbox.envelopes import INFO
from tests.support.pages import Browser
from tests.support.world import World

Sealed = dict[str, str]


def ms(at: float) -> int:
    return round(at * 1000)


def words(person: Person | None, written_at: int, **changes: object) -> dict[str, object]:
    """What the script of a form says of an entry."""
    fields = {"outcome": "met", "occasion": "patrol_visit", "heard": "街灯が消えている。"}
    fields |= {name: str(value) for name, value in changes.pop("fields", {}).items()}  # type: ignore[attr-defined]  # each test states its own
    said: dict[str, object] = {
        "about": ["person", str(person.id)] if person else None,
        "fields": [[name, value] for name, value in fields.items() if value],
        "written_at": written_at,
    }
    return said | changes


def sealed(key: dict[str, str], owner: UUID, said: object, id_: UUID | None = None) -> Sealed:
    """Seal as the script does, with another library."""
    name = id_ or uuid4()
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase(key["point"]))
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    agreed = own.exchange(ec.ECDH(), theirs)
    secret = HKDF(SHA256(), 32, salt=point, info=INFO).derive(agreed)
    iv = os.urandom(12)
    plain = json.dumps(said, ensure_ascii=False).encode()
    text = AESGCM(secret).encrypt(iv, plain, f"{name}|{owner}".encode())
    parts = {"epk": base(point), "iv": base(iv), "ct": base(text)}
    return {"id": str(name), "owner": str(owner), "key": key["name"], **parts}


def base(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unbase(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def met(browser: Browser) -> dict[str, str]:
    """What the server tells a device: here only the key to seal to."""
    state = browser.client.get("/outbox/state").json()
    browser.token = state["token"]
    key: dict[str, str] = state["key"]
    return key


def sent(
    browser: Browser, *entries: Sealed, sent_at: int | None, present: bool = False
) -> httpx.Response:
    batch = json.dumps({"entries": entries, "sent_at": sent_at, "present": present})
    return browser.post("/outbox", {"batch": batch}, follow=False)


def results(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(each["result"], each["sentence"]) for each in answer.json()["receipts"]]


def count(world: World, table: str) -> int:
    with world.database.system("a test's count") as connection:
        found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return int(found)
