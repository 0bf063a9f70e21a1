"""What a doctor is asked to look at, and the build that is asked about."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from data_builders.datasets import BUILDERS
from data_builders.disk.processes import default_workers
from data_builders.pixels import faces
from data_builders.records import options
from data_builders.records.record import RecordSettings
from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkup:
    """What to look at, and the build that is asked about; see `data_builders.build.build`.

    Attributes:
      name: one of `data_builders.datasets.BUILDERS`.
      source: raw dataset folder.
      sample: clips whose images are read, and in whose first, middle and last frame faces are
        looked for; None for all images of all clips where that takes little time, else
        `doctor.SAMPLE`.
      settings, workers, max_missed, predictor, labels, data_dir: as the build would be given.
      make_detector: makes a face detector to use instead of dlib's.
    """

    name: str
    source: Path
    sample: int | None = None
    settings: RecordSettings = dataclasses.field(default_factory=RecordSettings)
    workers: int = dataclasses.field(default_factory=default_workers)
    max_missed: float = 0.05
    predictor: Path | None = None
    labels: Path | None = None
    data_dir: Path = Path("data/tfds")
    make_detector: Callable[[], faces.Detector] | None = None

    def __post_init__(self):
        if self.sample is not None and self.sample < 1:
            raise UserError(f"sample is {self.sample}, expected at least 1 clip")
        options.check(
            self.name,
            BUILDERS,
            source=self.source,
            labels=self.labels,
            workers=self.workers,
            max_missed=self.max_missed,
            predictor=self.predictor,
        )

    def detector(self) -> faces.Detector:
        """The detector that the build would use. Raises UserError if there is none."""
        if self.make_detector is not None:
            return self.make_detector()
        return faces.DlibDetector(self.predictor or faces.packaged_predictor())
