"""The classifier's parts together: sizes, regions that share nothing, and what each switch does."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.frl_dgt.attention import AttnBlock
from mol_jax.networks.frl_dgt.classifier import Classifier
from mol_jax.networks.frl_dgt.face_encoder import FaceEncoder
from mol_jax.networks.frl_dgt.resampling import patches, resample
from mol_jax.networks.frl_dgt.token_fusion import TokenFusion
from tests.mol_jax.networks.frl_dgt.drawn import normal, parameters, variables

B, SIDE, K = 2, 36, 9
SMALL = FaceEncoder(patch=6, au_side=12, dim=8, depth=1, heads=2, mlp_ratio=2)
CLASSIFIER = Classifier(3, SMALL)
STACK = normal(0, (B, SIDE, SIDE, 3))
LOW = np.random.default_rng(1).uniform(2, 16, (B, K, 2))  # no box touches the image's border
BOXES = np.concatenate([LOW, LOW + 13.5], axis=-1).astype(np.float32)
VARIABLES = variables(CLASSIFIER, STACK, BOXES, train=False)
SWITCHES = {
    "M4": {"fusion": "after"},
    "M6": {"full_face": False},
    "M7": {"local_fusion": False},
    "M8": {"global_fusion": False},
}


def switched(**changes):
    return Classifier(3, dataclasses.replace(SMALL, **changes))


def shapes_of(classifier, boxes=BOXES, stack=STACK):
    return jax.eval_shape(
        lambda *inputs: classifier.init(jax.random.key(0), *inputs, train=False), stack, boxes
    )


def attention_parameters(mlp_ratio):
    block, tokens = AttnBlock(mlp_ratio=mlp_ratio), np.zeros((1, K, 256), np.float32)
    shapes = jax.eval_shape(lambda: block.init(jax.random.key(0), tokens, train=False))
    return parameters(shapes)


def test_parameter_counts_at_full_size():
    stack, boxes = (
        jax.ShapeDtypeStruct(shape, "float32") for shape in ((1, 288, 288, 4), (1, K, 4))
    )
    params = shapes_of(Classifier(3, FaceEncoder()), boxes, stack)["params"]
    encoder = params["encoder"]
    assert parameters(encoder["local"]) == K * 2_113_569
    assert parameters(encoder["full_face"]) == 2_172_936
    assert parameters(encoder["global"]) == 1_777_425
    assert parameters(params["head"]) == 132_099
    assert parameters(params) == 25_082_119 - 1_977_538  # the rest is the DGM's
    local = encoder["local"]
    assert parameters(local["projection"]) == K * 332_032
    assert parameters(local["positions"]) == K * 6_400
    assert parameters(local["attn"]) == K * 1_577_984
    assert parameters(local["fusion"]) == K * 197_153
    assert {leaf.shape[0] for leaf in jax.tree.leaves(local)} == {K}
    spared = attention_parameters(4) - attention_parameters(2)
    assert 25_082_119 - (K + 2) * spared == 19_303_687


def test_the_regions_modules_are_nine_in_a_loop():
    """Without global fusion the embedding is the mean of the nine vectors."""
    encoder = dataclasses.replace(SMALL, global_fusion=False, full_face=False)
    local = {room: leaves["encoder"]["local"] for room, leaves in VARIABLES.items()}
    given = {room: {"local": leaves} for room, leaves in local.items()}
    face = jax.jit(lambda given: encoder.apply(given, STACK, BOXES, train=False))(given)
    module = TokenFusion(dim=8, depth=1, heads=2, mlp_ratio=2)

    @jax.jit
    def one_region(given, boxes):
        tokens = patches(resample(STACK, boxes, SMALL.au_side), SMALL.patch)
        return module.apply(given, tokens[:, 0], train=False)

    vectors = []
    for region in range(K):
        own = jax.tree.map(lambda leaf, k=region: leaf[k], local)
        vector, weights = one_region(own, BOXES[:, region : region + 1])
        np.testing.assert_allclose(face.local_weights[:, region], weights, atol=1e-5)
        vectors.append(vector)
    np.testing.assert_allclose(face.embedding, np.mean(vectors, axis=0), atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-2


def test_each_region_is_drawn_by_itself():
    encoder = dataclasses.replace(SMALL, local_fusion=False, global_fusion=False, full_face=False)

    @jax.jit
    def kernels():
        params = encoder.init(jax.random.key(0), STACK, BOXES, train=False)["params"]
        return params["local"]["projection"]["kernel"]

    drawn = np.asarray(kernels())
    assert len({kernel.tobytes() for kernel in drawn}) == K
    np.testing.assert_allclose(drawn.std(axis=(1, 2)), (6 * 6 * 3) ** -0.5, rtol=0.1)


@pytest.mark.slow
def test_training_reaches_every_parameter_and_each_region_drops_out_by_itself():
    @jax.jit
    def train(given, boxes, rate):
        def loss(params):
            outputs, after = CLASSIFIER.apply(
                {**given, "params": params},
                STACK,
                boxes,
                train=True,
                dropout_rate=rate,
                rngs={"dropout": jax.random.key(0)},
                mutable=["batch_stats"],
            )
            return (outputs.logits**2).sum(), (outputs.face.local_weights, after["batch_stats"])

        return jax.grad(loss, has_aux=True)(given["params"])

    gradient, (_, running) = train(VARIABLES, BOXES, np.float32(0))
    local = gradient["encoder"].pop("local")
    assert all(np.any(leaf) for leaf in jax.tree.leaves(gradient))
    assert all(np.any(region) for leaf in jax.tree.leaves(local) for region in leaf)
    for new, old in zip(*map(jax.tree.leaves, (running, VARIABLES["batch_stats"])), strict=True):
        assert (np.asarray(new) != old).all()

    alike = jax.tree.map(lambda leaf: leaf, VARIABLES)
    for leaves in alike.values():
        encoder = leaves["encoder"]
        encoder["local"] = jax.tree.map(
            lambda leaf: np.broadcast_to(leaf[:1], leaf.shape), encoder["local"]
        )
    boxes = np.broadcast_to(BOXES[:, :1], BOXES.shape)
    weights, dropped = (train(alike, boxes, np.float32(rate))[1][0] for rate in (0, 0.5))
    np.testing.assert_allclose(weights, np.broadcast_to(weights[:, :1], weights.shape), atol=1e-6)
    assert len({np.asarray(region).tobytes() for region in dropped.swapaxes(0, 1)}) == K


@pytest.mark.slow
def test_permuting_the_regions_everywhere_leaves_the_logits_and_boxes_alone_does_not():
    order = np.random.default_rng(2).permutation(K)
    classifier = switched(full_face=False, mlp_ratio=1)
    given = variables(classifier, STACK, BOXES, train=False)
    classify = jax.jit(lambda given, boxes: classifier.apply(given, STACK, boxes, train=False))
    moved = jax.tree.map(lambda leaf: leaf, given)
    for kind in moved:
        encoder = moved[kind]["encoder"]
        encoder["local"] = jax.tree.map(lambda leaf: leaf[order], encoder["local"])
    whole = moved["params"]["encoder"]["global"]
    whole["positions"] = whole["positions"][order]
    whole["fusion"]["mix"] = whole["fusion"]["mix"][order]
    plain, permuted = (classify(*inputs) for inputs in ((given, BOXES), (moved, BOXES[:, order])))
    np.testing.assert_allclose(permuted.logits, plain.logits, atol=1e-4)
    np.testing.assert_allclose(
        permuted.face.global_weights, plain.face.global_weights[:, order], atol=1e-5
    )
    alone = classify(given, BOXES[:, order])
    assert np.abs(alone.logits - plain.logits).max() > 1e-2


def test_without_the_full_face_a_pixel_outside_all_boxes_changes_no_logit():
    """A sample reaches less than 2 px beyond its box, and no pixel within one is passed over."""
    classifier = switched(full_face=False, global_fusion=False, depth=0)
    given = variables(classifier, STACK, BOXES, train=False)

    def loss(stack):
        return (classifier.apply(given, stack, BOXES, train=False).logits ** 2).sum()

    read = np.asarray(jax.jit(jax.grad(loss))(STACK)).any(axis=-1)
    pixel = np.arange(SIDE)

    def covered(beyond):
        x0, y0, x1, y1 = (BOXES[..., i, None] for i in range(4))
        across = (pixel > x0 - beyond) & (pixel < x1 + beyond)
        down = (pixel > y0 - beyond) & (pixel < y1 + beyond)
        return (down[..., :, None] & across[..., None, :]).any(axis=1)

    assert not read[~covered(2)].any() and (~covered(2)).any()
    assert read[covered(0)].all()


def paths(shapes):
    return {jax.tree_util.keystr(path) for path, _ in jax.tree.leaves_with_path(shapes)}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_takes_its_part_out_of_the_tree(name):
    shapes = shapes_of(switched(**SWITCHES[name]))
    gone, new = paths(VARIABLES) - paths(shapes), paths(shapes) - paths(VARIABLES)

    def where(*parts):
        return {path for path in paths(VARIABLES) if all(f"'{part}'" in path for part in parts)}

    attended = where("local", "attn") | where("local", "fusion")
    expected = {
        "M4": where("norm"),
        "M6": where("full_face"),
        "M7": attended,
        "M8": where("global"),
    }
    assert gone == expected[name] and gone and not new
    hidden = shapes["params"]["head"]["hidden"]["kernel"].shape[0]
    assert hidden == (8 if name == "M6" else 16)


def test_the_grid_is_the_boxes_of_its_tiles_and_takes_no_others():
    off = {"local_fusion": False, "global_fusion": False, "full_face": False}
    grid, au = switched(regions="grid", **off), switched(**off)
    tiles = [(x, y, x + 11, y + 11) for y in (0, 12, 24) for x in (0, 12, 24)]
    boxes = np.tile(np.float32(tiles), (B, 1, 1))

    @jax.jit
    def logits(given, boxes):
        of_grid = grid.apply(given, STACK, None, train=False)
        return of_grid.logits, au.apply(given, STACK, boxes, train=False).logits

    given = variables(grid, STACK, None, train=False)
    np.testing.assert_allclose(*logits(given, boxes), atol=1e-5)
    of_grid, elsewhere = logits(given, BOXES)
    assert np.abs(of_grid - elsewhere).max() > 1e-2
    for module, given in ((grid, boxes), (au, None)):
        with pytest.raises(AssertionError):
            shapes_of(module, given)


def test_a_classifier_is_equal_by_value_and_gives_what_it_says():
    assert hash(switched()) == hash(CLASSIFIER) and switched() == CLASSIFIER
    assert switched(fusion="after") != CLASSIFIER
    half = switched(dtype=jnp.bfloat16)
    outputs = jax.eval_shape(lambda given: half.apply(given, STACK, BOXES, train=False), VARIABLES)
    assert outputs.logits.shape == (B, 3) and outputs.face.embedding.shape == (B, 16)
    assert outputs.face.local_weights.shape == (B, K, 4)
    assert outputs.face.global_weights.shape == (B, K)
    assert {leaf.dtype for leaf in jax.tree.leaves(outputs)} == {jnp.dtype("float32")}
