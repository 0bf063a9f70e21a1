"""TFDS builder of SMIC's short VIS clips; its name, smic_vis, is that of this module."""

from data_builders.smic import smic_dataset_builder


class Builder(smic_dataset_builder.Builder):
    """SMIC, one record per clip folder of the VIS camera."""
