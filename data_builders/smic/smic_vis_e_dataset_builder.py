"""TFDS builder of SMIC's long VIS clips; its name, smic_vis_e, is that of this module."""

from data_builders.smic import smic_hs_e_dataset_builder


class Builder(smic_hs_e_dataset_builder.Builder):
    """SMIC-E VIS, one record per micro-expression of the workbook."""
