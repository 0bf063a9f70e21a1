"""The TFDS builder that every dataset shares."""

import abc
import contextlib
import dataclasses
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import absl.logging
import cv2
import numpy as np
import tensorflow_datasets as tfds

from data_builders.annotations.annotation import AnnotatedSource, read_marker
from data_builders.pixels import depth, faces, flow
from data_builders.records import fingerprints, record, staging, workers
from data_builders.records.in_order import in_order
from data_builders.records.landmarks import LandmarkCache
from data_builders.records.tally import Tally


@dataclasses.dataclass(frozen=True)
class BuildOptions:
    """How to build; only the landmark model or the detector changes what a record holds.

    Attributes:
      workers: processes.
      max_missed: the largest fraction of frames without a face that is accepted.
      predictor: dlib's landmark model, None for the packaged one.
      make_detector: makes the face detector instead of dlib's, for tests. What it finds is kept
        only if it has an attribute `identity`, a text that changes with what it would find.
      on_clip: called as on_clip(done, total) after every clip.
      keep: folder that outlives the build, DATA_DIR/NAME, on the file system of what is built: the
        landmarks are kept in it, and finished clips until the dataset is published. None: nothing.
    """

    workers: int = 1
    max_missed: float = 0.05
    predictor: Path | None = None
    make_detector: Callable[[], faces.Detector] | None = None
    on_clip: Callable[[int, int], None] | None = None
    keep: Path | None = None


@dataclasses.dataclass(frozen=True)
class Detection:
    """How faces are found.

    Attributes:
      make: makes the detector.
      predictor: name and SHA-256 of the landmark model, None for a detector of the caller's.
      identity: what the landmarks depend on besides the image, None where that is not known.
    """

    make: Callable[[], faces.Detector]
    predictor: dict[str, str] | None
    identity: str | None


class ClipConfig(tfds.core.BuilderConfig):
    """TFDS configuration named after its record settings."""

    def __init__(self, settings: record.RecordSettings):
        super().__init__(name=settings.config_name)
        self.settings = settings


class ClipBuilder(tfds.core.GeneratorBasedBuilder):
    """One record per annotated clip; a dataset adds only `annotate`.

    The metadata written beside the records holds the settings, the counts, the hashes of the
    landmark model and the annotation, and whether the source was generated.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar = {"1.0.0": "First version."}
    BUILDER_CONFIGS: ClassVar = [
        ClipConfig(record.RecordSettings(frames=frames)) for frames in (8, 2, 4, 10, 16)
    ]
    # Nothing is downloaded. TFDS would look for a checksum file through importlib_resources, which
    # it does not install.
    url_infos: ClassVar[dict[str, Any]] = {}
    MANUAL_DOWNLOAD_INSTRUCTIONS = "The dataset is licensed: ask its authors, see the README."

    def __init__(self, *, options: BuildOptions | None = None, **kwargs):
        self.options = options or BuildOptions()
        super().__init__(file_format="array_record", **kwargs)

    def download_and_prepare(self, **kwargs: Any) -> None:
        """Builds the dataset, as TFDS's own; its options are those of TFDS."""
        with in_order():
            super().download_and_prepare(**kwargs)

    @abc.abstractmethod
    def annotate(self, source: Path) -> AnnotatedSource:
        """Reads the annotation of the raw dataset in `source`."""

    def _info(self) -> tfds.core.DatasetInfo:
        features = record_features(self.builder_config.settings)
        info = self.dataset_info_from_configs(
            features=features,
            disable_shuffling=True,  # records in the annotation's order, whatever the workers do
            metadata=tfds.core.MetadataDict(),
        )
        # TFDS would look for it in its own cloud, and leave an empty folder in /tmp each time.
        info.initialize_from_bucket = lambda: None  # type: ignore[method-assign]
        return info

    def _split_generators(self, dl_manager: tfds.download.DownloadManager):
        return {"train": self._generate_examples(Path(dl_manager.manual_dir))}

    def _generate_examples(self, source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        options, settings = self.options, self.builder_config.settings
        annotated, marker = self.annotate(source), read_marker(source)
        # Now, and not at the end: they may be edited meanwhile.
        made_of = fingerprints.of_file(annotated.file)
        made_of["clips_sha256"] = fingerprints.of_clips(annotated, source)
        grey = depth.measure(annotated.clips, options.workers)
        detection = _detection(options)
        tally = Tally(skipped=list(annotated.skipped))
        kept = self._kept(detection)
        results = workers.make_records(
            annotated.clips, settings, detection.make, options.workers, kept, grey.whites
        )
        for done, result in enumerate(results, start=1):
            tally.add(result)
            if options.on_clip is not None:
                options.on_clip(done, len(annotated.clips))
            if result.example is not None:
                yield result.annotation.key, result.example
        tally.check(options.max_missed)
        self.info.metadata.update(
            dataset=self.name,
            t=settings.frames,
            size=settings.size,
            alignment=settings.alignment,
            **tally.as_metadata(),
            deep_images=grey.as_metadata(),
            unannotated=list(annotated.unannotated),
            notes=list(annotated.notes),
            generated=marker is not None,
            generator=marker,
            annotation=made_of,
            predictor=detection.predictor,
            flow=flow.METHODS[settings.flow].description,
            flow_method=settings.flow,
            sampling=settings.sampling,
            phases=settings.phases,
            magnify=settings.magnify,
            versions={"opencv": cv2.__version__, "tfds": tfds.__version__},
        )

    def _kept(self, detection: Detection) -> workers.Kept | None:
        keep, scratch = self.options.keep, Path(self.data_dir_root)
        if keep is None or detection.identity is None:
            return None
        # Where a kill leaves unfinished files: in the workspace, which the next build removes.
        folder = staging.folder_of(keep, self.builder_config.settings)
        return workers.Kept(
            LandmarkCache(keep / LANDMARKS, scratch, detection.identity),
            staging.Staging(folder, scratch, detection.identity),
        )


LANDMARKS = "landmarks"  # folder in `BuildOptions.keep`


def _detection(options: BuildOptions) -> Detection:
    if options.make_detector is not None:
        identity = getattr(options.make_detector, "identity", None)
        return Detection(options.make_detector, None, identity)
    file = options.predictor or faces.packaged_predictor()
    # Where it is no file, it is refused when the detector is made.
    predictor = fingerprints.of_file(file) if file.is_file() else None
    identity = f"{faces.method()}, predictor {predictor['sha256']}" if predictor else None
    return Detection(functools.partial(faces.DlibDetector, file), predictor, identity)


def prepare(
    builder_class: type[ClipBuilder],
    settings: record.RecordSettings,
    source: Path,
    data_dir: Path,
    options: BuildOptions,
) -> Path:
    """Builds from the raw folder `source`; returns the folder of the finished dataset."""
    # TFDS takes its listed configs by name only, others by value only.
    listed = settings.config_name in builder_class.builder_configs
    config = settings.config_name if listed else ClipConfig(settings)
    with _quiet():
        builder = builder_class(config=config, data_dir=data_dir, options=options)
        download = tfds.download.DownloadConfig(manual_dir=source)
        builder.download_and_prepare(download_config=download)
    return Path(builder.data_path)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silences TFDS, which reports on downloads of unknown size and on configs not its own."""
    tfds.disable_progress_bar()
    verbosity = absl.logging.get_verbosity()
    absl.logging.set_verbosity(absl.logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        absl.logging.set_verbosity(verbosity)


def record_features(settings: record.RecordSettings) -> tfds.features.FeaturesDict:
    """TFDS features of a record; None is the number of frames of the clip, or of its phases."""
    size, t = settings.size, settings.frames
    tensor = tfds.features.Tensor
    integer = functools.partial(tfds.features.Scalar, dtype=np.int64)
    phases = {
        "phase_sampled": tensor(shape=(None, t), dtype=np.int64),
        "phase_flow": tensor(shape=(None, t - 1, size, size, 2), dtype=np.float16),
    }
    return tfds.features.FeaturesDict(
        {
            **{name: tfds.features.Text() for name in record.TEXT_FEATURES},
            **{name: integer() for name in ("onset", "apex", "offset", "missed", "repeated")},
            "frames": tensor(shape=(None, size, size, 1), dtype=np.uint8),
            "frame_numbers": tensor(shape=(None,), dtype=np.int64),
            "landmarks": tensor(shape=(None, faces.NUM_LANDMARKS, 2), dtype=np.float32),
            "sampled": tensor(shape=(t,), dtype=np.int64),
            "flow": tensor(shape=(t - 1, size, size, 2), dtype=np.float16),
            **(phases if settings.phases else {}),
        }
    )
