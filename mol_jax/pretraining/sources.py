"""The clips that a config asks for: drawn, or of a built dataset."""

from pathlib import Path

from ml_collections import ConfigDict

from mol_jax.pretraining.source import Sources
from mol_jax.settings import pretraining


def open_sources(config: ConfigDict, data_dir: Path) -> Sources:
    """Returns what is trained on and what is held out.

    Of drawn people those held out are the next ones of the same stream. data_dir: where datasets
    are built. Raises UserError where the dataset is not built, or does not fit.
    """
    if pretraining.is_drawn(config):
        from mol_jax.pretraining.generated import drawn  # noqa: PLC0415  only then it is needed

        count, held = config.pretrain.identities, config.pretrain.held_out
        return Sources(
            drawn(config, first=0, identities=count),
            drawn(config, first=count, identities=held),
            generated=True,
        )
    from mol_jax.pretraining.built import built  # noqa: PLC0415  with it comes TFDS

    train, held_out, generated = built(config, data_dir)
    return Sources(train, held_out, generated)
