"""The same builder on a generated look-alike, under a name that no report can take for CASME II."""

from pathlib import Path

from tensorflow_datasets.core.dataset_metadata import DatasetMetadata

from data_builders.annotations.annotation import GENERATED_MARKER, AnnotatedSource, read_marker
from data_builders.casme2 import casme2_dataset_builder
from mol_jax.errors import UserError


class Builder(casme2_dataset_builder.Builder):
    """Generated clips in the layout of CASME II; real ones are refused."""

    @classmethod
    def get_metadata(cls) -> DatasetMetadata:
        # Not the README and the citation of CASME II that lie beside this file.
        description = "Generated micro-expressions in the layout of CASME II; no real faces."
        return DatasetMetadata(description=description, citation="", tags=[])

    def annotate(self, source: Path) -> AnnotatedSource:
        if read_marker(source) is None:
            raise UserError(
                f"{source} holds no {GENERATED_MARKER}, so these are no generated clips: build "
                "them under their own name, casme2"
            )
        return super().annotate(source)
