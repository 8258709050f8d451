"""The verifier's own primitives, against the vectors of their standards."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.seals.verify import (
    Edge,
    Key,
    Note,
    is_consistent,
    is_included,
    is_signed_by,
    leaf_hash,
    node_hash,
)

# RFC 8032 §7.1: secret key left out, public key, message, signature
ED25519 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
            "3dca179c138ac17ad9bef1177331a704"
        ),
    ),
)
# the reference tree of Certificate Transparency: its leaves, and its root at each size
LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
# the example of golang.org/x/mod/sumdb/note
NOTE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn\
NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


@pytest.mark.parametrize(("public", "message", "signature"), ED25519)
def test_signatures_of_the_standard_are_accepted(public: str, message: str, signature: str) -> None:
    said = [bytes.fromhex(each) for each in (public, message, signature)]
    assert is_signed_by(*said)


@pytest.mark.parametrize("part", [0, 1, 2])
@settings(deadline=None, max_examples=25)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_signatures_with_any_bit_turned_are_refused(part: int, at: int, bit: int) -> None:
    said = [bytearray.fromhex(each) for each in ED25519[2]]
    said[part][at % len(said[part])] ^= 1 << bit
    assert not is_signed_by(*map(bytes, said))


def test_a_signature_is_refused_whose_number_goes_round_the_group() -> None:
    public, message, signature = (bytes.fromhex(each) for each in ED25519[2])
    order = 2**252 + 27742317777372353535851937790883648493
    again = int.from_bytes(signature[32:], "little") + order
    assert not is_signed_by(public, message, signature[:32] + again.to_bytes(32, "little"))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_tree_has_the_roots_of_the_reference(size: int) -> None:
    assert grown(HASHES[:size]).root().hex() == ROOTS[size]


def test_an_edge_grows_on_from_what_a_checkpoint_keeps() -> None:
    kept = grown(HASHES[:5])
    edge = Edge(5, kept.packed())
    for leaf in HASHES[5:]:
        edge.append(leaf)
    assert edge.root().hex() == ROOTS[8]


@settings(deadline=None, max_examples=50)
@given(data=st.data(), size=st.integers(1, 70))
def test_a_leaf_is_proven_where_it_stands_and_nowhere_else(data: st.DataObject, size: int) -> None:
    leaves = [leaf_hash(bytes([at])) for at in range(size)]
    at, other = data.draw(st.tuples(*[st.integers(0, size - 1)] * 2))
    path, root = inclusion(leaves, at), grown(leaves).root()
    assert is_included(leaves[at], at, size, path, root)
    assert is_included(leaves[at], other, size, path, root) == (at == other)
    assert not is_included(leaf_hash(b"another"), at, size, path, root)
    assert not is_included(leaves[at], at, size, [*path, bytes(32)], root)


@settings(deadline=None, max_examples=50)
@given(data=st.data(), size=st.integers(1, 70))
def test_a_tree_is_proven_to_add_only_to_its_own_past(data: st.DataObject, size: int) -> None:
    leaves = [leaf_hash(bytes([at])) for at in range(size)]
    old = data.draw(st.integers(1, size))
    past, root = grown(leaves[:old]).root(), grown(leaves).root()
    path = consistency(leaves, old)
    changed = grown([leaf_hash(b"changed"), *leaves[1:]])
    assert is_consistent(old, past, size, root, path)
    assert not is_consistent(old, changed.root(), size, root, path)
    assert not is_consistent(old, past, size, changed.root(), path)
    assert not is_consistent(old, past, size, root, [*path, bytes(32)])


def test_a_note_is_signed_by_its_own_key_alone() -> None:
    key = Key.read(NOTE_KEY)
    assert str(key) == NOTE_KEY
    assert Note.read(NOTE).is_signed_by(key)
    assert not Note.read(NOTE.replace("answer", "question")).is_signed_by(key)
    assert not Note.read(NOTE).is_signed_by(Key("PeterNeumann", 1, bytes.fromhex(ED25519[0][0])))


@pytest.mark.parametrize("written", ["", "name", "PeterNeumann+c74f20a4+" + NOTE_KEY[22:], "a+b+c"])
def test_what_is_not_a_key_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Key.read(written)


def grown(leaves: list[bytes]) -> Edge:
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
    return edge


def inclusion(leaves: list[bytes], at: int) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1, as it stands there."""
    if len(leaves) == 1:
        return []
    half = largest_power_below(len(leaves))
    if at < half:
        return [*inclusion(leaves[:half], at), grown(leaves[half:]).root()]
    return [*inclusion(leaves[half:], at - half), grown(leaves[:half]).root()]


def consistency(leaves: list[bytes], old: int, *, known: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 §2.1.4.1, as it stands there."""
    if old == len(leaves):
        return [] if known else [grown(leaves).root()]
    half = largest_power_below(len(leaves))
    if old <= half:
        return [*consistency(leaves[:half], old, known=known), grown(leaves[half:]).root()]
    return [*consistency(leaves[half:], old - half, known=False), grown(leaves[:half]).root()]


def largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def test_the_reference_proofs_are_what_this_file_makes() -> None:
    left, right = node_hash(HASHES[0], HASHES[1]), node_hash(HASHES[2], HASHES[3])
    assert node_hash(left, right).hex() == ROOTS[4]
    assert [each.hex() for each in inclusion(HASHES, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [each.hex() for each in consistency(HASHES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
