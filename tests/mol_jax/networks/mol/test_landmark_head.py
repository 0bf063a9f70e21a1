"""The landmark head's start at the mean face."""

import jax
import jax.numpy as jnp
import numpy as np

from mol_jax.networks.mol.landmark_head import LandmarkHead, with_mean_face


def test_first_prediction_is_the_mean_face_whatever_the_features():
    features = jax.random.normal(jax.random.key(0), (3, 8, 8, 4))
    face = jnp.asarray(np.random.default_rng(0).uniform(0, 64, (68, 2)), jnp.float32)
    head = LandmarkHead(width=1 / 8)
    params = {"other": {}, "landmark_head": head.init(jax.random.key(1), features)["params"]}
    started = with_mean_face(params, face)
    predicted = head.apply({"params": started["landmark_head"]}, features)
    np.testing.assert_array_equal(predicted, np.broadcast_to(face, (3, 68, 2)))
    assert not np.asarray(params["landmark_head"]["points"]["bias"]).any()  # not changed in place
    assert with_mean_face({"other": {}}, face) == {"other": {}}
