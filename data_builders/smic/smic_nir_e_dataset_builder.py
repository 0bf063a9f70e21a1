"""TFDS builder of SMIC's long NIR clips; its name, smic_nir_e, is that of this module."""

from data_builders.smic import smic_hs_e_dataset_builder


class Builder(smic_hs_e_dataset_builder.Builder):
    """SMIC-E NIR, one record per micro-expression of the workbook."""
