"""TFDS builder of SMIC's short NIR clips; its name, smic_nir, is that of this module."""

from data_builders.smic import smic_dataset_builder


class Builder(smic_dataset_builder.Builder):
    """SMIC, one record per clip folder of the NIR camera."""
