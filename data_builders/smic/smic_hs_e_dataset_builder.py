"""TFDS builder of SMIC's long HS clips; its name, smic_hs_e, is that of this module."""

from pathlib import Path

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.records.builder import ClipBuilder
from data_builders.smic import long_clips


class Builder(ClipBuilder):
    """SMIC-E, one record per micro-expression of the workbook of the camera in its name."""

    def annotate(self, source: Path) -> AnnotatedSource:
        return long_clips.annotate(source, self.name)
