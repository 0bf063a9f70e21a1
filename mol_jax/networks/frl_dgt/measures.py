"""What FRL-DGT is measured by, per video: its displacement, and the regions that it looked at.

The classifier sees both raw frames, so a displacement module that does nothing hardly shows in
what is recognised. It shows here. Shapes: B clips of S×S px.
"""

import jax.numpy as jnp
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks.flow_error import endpoint_error
from mol_jax.networks.frl_dgt.displacement_losses import reconstruction
from mol_jax.networks.frl_dgt.frl import Displaced, Frl, FrlOutputs
from mol_jax.networks.frl_dgt.regions import COUNT, NAMES
from mol_jax.networks.frl_dgt.warp import pixels
from mol_jax.scoring.measure import Measure

# L_rec of the displacement over that of none, of a clip's labelled pairs: below 1, the onset taken
# along it is more like the apex than the onset is.
RATIO = Measure("rec_ratio", "displacement", "", "videos")
# Mean end-point error against TV-L1 from onset to apex over all pixels, and that of no motion.
FLOW = (
    Measure("epe_d", "displacement", "px", "videos", reference="epe_d_zero"),
    Measure("epe_d_zero", "displacement", "px", "videos"),
)


def of(module: Frl) -> tuple[Measure, ...]:
    """Returns the measures of a network.

    A sequence's displacements are of many frames, of which no flow is kept. Where the regions are
    not fused none has a weight.
    """
    displaced = (RATIO, *(() if module.sequence else FLOW)) if module.dgm is not None else ()
    return (*displaced, *(Measure(name, "regions", "%", "videos") for name in _regions(module)))


def measured(module: Frl, outputs: FrlOutputs, batch: Batch) -> dict[str, Array]:
    """Returns the measures `of` a network for a predicted batch, each [B]."""
    found: dict[str, Array] = {}
    if outputs.displaced is not None:
        found |= _of_displacement(outputs.displaced, batch, clips=len(outputs.logits))
    weights = outputs.face.global_weights
    if weights is None:
        return found
    columns = 100 * weights.astype(jnp.float32)
    return found | {name: columns[:, place] for place, name in enumerate(_regions(module))}


def _regions(module: Frl) -> tuple[str, ...]:
    """Returns the columns of the regions' weights: "weight_1L", or "weight_tile1"."""
    encoder = module.classifier.encoder
    if not encoder.global_fusion:
        return ()
    tiles = tuple(f"tile{number}" for number in range(1, COUNT + 1))
    return tuple(f"weight_{name}" for name in (NAMES if encoder.regions == "au" else tiles))


def _of_displacement(displaced: Displaced, batch: Batch, clips: int) -> dict[str, Array]:
    still = reconstruction(displaced.first, displaced.second)
    moved = reconstruction(displaced.warped, displaced.second)
    still, moved = (each.reshape(clips, -1).sum(axis=1) for each in (still, moved))
    # Two frames that are the same leave nothing to explain: no D is better than none.
    ratio = jnp.where(still > 0, moved / jnp.where(still > 0, still, 1), 1 + moved)
    found = {"rec_ratio": ratio.astype(jnp.float32)}
    flow = batch.inputs.get("flow_onset_apex")
    if flow is not None:
        shift = pixels(displaced.displacement)
        found["epe_d"] = endpoint_error(shift, flow)
        found["epe_d_zero"] = endpoint_error(jnp.zeros_like(flow), flow)
    return found
