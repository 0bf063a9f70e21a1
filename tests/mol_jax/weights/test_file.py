"""A file of weights comes back as it was written, or is refused with one sentence."""

import dataclasses
import json

import chex
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from mol_jax.errors import UserError
from mol_jax.files import checksums
from mol_jax.settings import parts
from mol_jax.weights import NOBODY, Card, names, read, write
from tests.mol_jax.weights import made


def test_it_comes_back_to_the_bit_with_its_card(tmp_path):
    path = tmp_path / "w.safetensors"
    sha256 = made.file(path)
    found, (params, collections) = read(path), made.variables()
    chex.assert_trees_all_equal(found.params, params)
    chex.assert_trees_all_equal(found.collections, collections)
    assert (found.card, found.dtype) == (made.CARD, "float32")
    assert found.sha256 == sha256 == checksums.digest(path)


def test_safetensors_alone_reads_it_by_the_names_of_the_network(tmp_path):
    made.file(tmp_path / "w.safetensors")
    with safe_open(tmp_path / "w.safetensors", framework="np") as theirs:
        held = {name: theirs.get_tensor(name) for name in theirs.keys()}  # noqa: SIM118
        card = json.loads(theirs.metadata()["mol_jax"])["card"]
    assert set(held) == {
        "params/f5c_0/norm/scale",
        "params/head/kernel",
        "params/centres",
        "batch_stats/f5c_0/norm/mean",
    }
    np.testing.assert_array_equal(held["params/head/kernel"], made.variables()[0]["head"]["kernel"])
    assert card["people"] == NOBODY and card["licence"] == "CC0-1.0"


def test_the_same_weights_are_the_same_file_and_others_are_not(tmp_path):
    one, other = (made.file(tmp_path / f"{name}.safetensors") for name in "ab")
    assert one == other
    assert one != made.file(tmp_path / "c.safetensors", dataclasses.replace(made.CARD, steps=1))


def test_bfloat16_rounds_parameters_and_no_statistic(tmp_path):
    made.file(tmp_path / "w.safetensors", dtype="bfloat16")
    found, (params, collections) = read(tmp_path / "w.safetensors"), made.variables()
    expected = np.asarray(jnp.asarray(params["head"]["kernel"], jnp.bfloat16), np.float32)
    np.testing.assert_array_equal(found.params["head"]["kernel"], expected)
    assert (expected != params["head"]["kernel"]).any()
    chex.assert_trees_all_equal(found.collections, collections)
    assert (found.dtype, found.params["head"]["kernel"].dtype) == ("bfloat16", np.float32)


def test_what_diverged_is_not_written(tmp_path):
    params, collections = made.variables()
    params["head"]["kernel"][0, 0] = np.nan
    with pytest.raises(UserError, match="head/kernel is not finite"):
        write(tmp_path / "w.safetensors", params, collections, made.CARD)
    assert not any(tmp_path.iterdir())


def _cut(path):
    path.write_bytes(path.read_bytes()[:-3])


def _begun(path):
    path.write_bytes(path.read_bytes()[:5])


def _bit(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _card(path):
    path.write_bytes(path.read_bytes().replace(b"CC0-1.0", b"CC1-1.0"))


def _foreign(path):
    save_file({"model.layer": np.zeros(3, np.float32)}, path, {"format": "np"})


def _eight_bits(path):
    """A type that NumPy has not, as files of language models have it."""
    header = json.dumps({"a": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(2))


def _picture(path):
    path.write_bytes(b"\x89PNG\r\n" + bytes(2000))


def _gone(path):
    path.unlink()


def _no_tree(path):
    write(path, {"a": np.zeros(2, np.float32), "a/b": np.zeros(2, np.float32)}, {}, made.CARD)


def _folder(path):
    path.unlink()
    path.mkdir()


def _entry(content):
    def spoil(path):
        save_file({"params/a": np.zeros(3, np.float32)}, path, {"mol_jax": content})

    return spoil


NO_CARD = {"version": 1, "sha256": "", "card": {"network": "mol"}}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "no whole safetensors file .*copy it again"),
        (_begun, "no whole safetensors file .*header too small"),
        (_bit, "not as it was written: its checksum differs"),
        (_card, "not as it was written: its checksum differs"),
        (_foreign, "a safetensors file of something else"),
        (_eight_bits, "a safetensors file of something else"),
        (_picture, "no whole safetensors file"),
        (_gone, "it is not there"),
        (_folder, "it is a folder"),
        (_no_tree, "has numbers that no network of mol_jax has"),
        (_entry("[" * 100_000), "a card that cannot be read"),
        (_entry("{"), "a card that cannot be read"),
        (_entry(json.dumps({"version": 1})), "a card that cannot be read"),
        (_entry(json.dumps(NO_CARD)), r"a card that cannot be read \(.*missing.*'model'"),
        (_entry(json.dumps(NO_CARD | {"version": 2})), "is of version 2 of these files"),
        (_entry(json.dumps(NO_CARD | {"card": {"odd": 1}})), "odd is no field of this version"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused(tmp_path, spoil, words):
    path = tmp_path / "w.safetensors"
    made.file(path)
    read(path)
    spoil(path)
    with pytest.raises(UserError, match=words) as refused:
        read(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [{"people": ()}, {"people": "me"}, {"steps": -1}, {"crop": 64.0}, {"classes": "ab"}],
)
def test_a_card_without_sense_cannot_be_made(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        dataclasses.replace(made.CARD, **change)


def test_a_card_says_whom_its_weights_have_seen():
    seen = dataclasses.replace(made.CARD, people=("samm/006", "smic/s3"))
    assert (made.CARD.persons, made.CARD.generated) == ((), True)
    assert (seen.persons, seen.generated) == (("samm/006", "smic/s3"), False)
    assert isinstance(seen, Card)


@pytest.mark.parametrize(
    ("leaves", "is_tree"),
    [
        (["params/a", "params/b/c", "stats/a"], True),
        (["params"], False),
        (["/a"], False),
        (["params/a", "params/a/b"], False),
        (["params/a", "params/a/b/c"], False),
    ],
)
def test_names_that_are_of_no_tree_are_found(leaves, is_tree):
    assert names.are_of_a_tree(leaves) == is_tree


def test_names_are_those_of_parts_and_not_of_their_neighbours():
    leaves = names.flat(made.variables()[0])
    chex.assert_trees_all_equal(names.nested(leaves), made.variables()[0])
    assert names.parts(leaves) == [
        "centres", "f5c_0", "f5c_0/norm", "f5c_0/norm/scale", "head", "head/kernel",
    ]  # fmt: skip
    assert parts.is_in("f5c_0/norm", "f5c_0/norm/scale")
    assert not parts.is_in("f5c_0", "f5c_01/norm")
