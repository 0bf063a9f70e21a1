"""The loss weights of configs/compat/release.py against the release's own sums, as loops."""

import jax.numpy as jnp
import numpy as np
import pytest

from configs.compat import release
from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.networks.mol import losses
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.networks.network import Facts

B, T, SIDE = 3, 8, 4
COMMAND = {"of_weight": 10.0, "ldm_weight": 0.1}  # of the README
DEFAULT = {"of_weight": 0.5, "ldm_weight": 0.5}  # of main.py


def made():
    """Returns what is predicted and what is true for B clips."""
    rng = np.random.default_rng(0)
    flow, true_flow = rng.normal(size=(2, B, T - 1, SIDE, SIDE, 2)).astype(np.float32)
    landmarks = rng.uniform(0, 128, (B, T - 1, 68, 2)).astype(np.float32)
    true_landmarks = rng.uniform(0, 128, (B, T, 68, 2)).astype(np.float32)
    logits = rng.normal(size=(B, 5)).astype(np.float32)
    return logits, flow, landmarks, true_flow, true_landmarks


def release_sums(flow, landmarks, true_flow, true_landmarks, *, of_weight, ldm_weight):
    """The two terms as train.py's last version adds them up."""
    flow_loss = ((flow - true_flow) ** 2).mean() / (T - 1)
    landmark_loss = 0.0
    for frame in range(T - 1):
        for clip in range(B):
            target = true_landmarks[clip, frame + 1]
            left, right = target[36:42].mean(0), target[42:48].mean(0)
            pupils = np.sqrt(((right - left) ** 2).sum())
            landmark_loss += np.abs(landmarks[clip, frame] - target).sum() / pupils
    landmark_loss /= B * 68
    return of_weight * flow_loss, ldm_weight * landmark_loss


def of_paper(logits, flow, landmarks, true_flow, true_landmarks):
    """L_e, λ_f·L_f, λ_m·L_m and their sum, means over the clips, with the config's weights."""
    outputs = MolOutputs(*map(jnp.asarray, (logits, flow, landmarks)))
    batch = Batch(
        frames=jnp.zeros((B, T, SIDE, SIDE)),
        flow=jnp.asarray(true_flow),
        landmarks=jnp.asarray(true_landmarks),
        label=jnp.arange(B),
    )
    weights = settings.scalars(release.get_config())
    terms = losses.joint(outputs, batch, weights, Facts(jnp.ones(5)))
    return [float(term.mean()) for term in (*terms.values(), sum(terms.values()))]


def test_the_configs_weights_are_those_of_the_command():
    given = made()
    mer, _, _, total = of_paper(*given)
    assert total - mer == pytest.approx(sum(release_sums(*given[1:], **COMMAND)), rel=1e-4)
    assert total - mer != pytest.approx(sum(release_sums(*given[1:], **DEFAULT)), rel=0.1)


@pytest.mark.parametrize(
    ("weights", "flow", "landmark"), [(COMMAND, 1.43, 0.70), (DEFAULT, 0.07, 3.50)]
)
def test_the_releases_weights_in_the_papers_units(weights, flow, landmark):
    given = made()
    _, flow_term, landmark_term, _ = of_paper(*given)
    config = release.get_config().model
    l_f, l_m = flow_term / config.lambda_flow, landmark_term / config.lambda_landmark
    sums = release_sums(*given[1:], **weights)
    assert [round(float(term), 2) for term in (sums[0] / l_f, sums[1] / l_m)] == [flow, landmark]
