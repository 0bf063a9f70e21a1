"""Opening a built dataset: random access to its records, and what is known about its build."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_builders.records import options
from data_builders.records.record import TEXT_FEATURES, RecordSettings
from mol_jax.errors import UserError


class ClipSource:
    """Random access to the records of a built dataset, as dicts of NumPy values and str.

    Fields are those of `builder.record_features`; text is decoded to str.
    """

    def __init__(self, records, path: Path, rebuild: str):
        """path, rebuild: the folder, and the command that repairs it, for an error's sentence."""
        self._records, self._path, self._rebuild = records, path, rebuild

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """The record.

        Raises:
          UserError: if it is damaged.
        """
        index = range(len(self))[index]
        with _damage_explained(self._path, self._rebuild):
            example = dict(self._records[index])
            for name in TEXT_FEATURES:
                example[name] = example[name].decode("utf-8")
        return example

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(len(self)))


def built_path(name: str, data_dir: str | Path, config_name: str) -> Path | None:
    """Folder of the newest built version of a dataset, None where there is none."""
    infos = (Path(data_dir) / name / config_name).glob("*/dataset_info.json")
    versions = {_version(info.parent.name): info.parent for info in infos}
    return versions[max(versions)] if any(versions) else None


def open_dataset(
    name: str, data_dir: str | Path = "data/tfds", config_name: str = RecordSettings().config_name
) -> tuple[ClipSource, dict[str, Any]]:
    """Opens a built dataset.

    Args:
      name: dataset, for example casme2 or synthetic.
      data_dir: where datasets are built.
      config_name: `RecordSettings.config_name`.

    Returns:
      The records, and the metadata of the build: settings, counts of clips, missed frames,
      repeated and skipped clips, whether the source was generated, hashes of what made it.

    Raises:
      UserError: if it is not built (the message is the command that builds it) or damaged.
    """
    settings = RecordSettings.from_config_name(config_name)
    path = built_path(name, data_dir, config_name)
    rebuild = build_command(name, data_dir, settings)
    if path is None:
        raise UserError(f"dataset {name} ({config_name}) is not built in {data_dir}: run {rebuild}")
    import tensorflow_datasets as tfds  # noqa: PLC0415 - seconds, and only reading needs it

    with _damage_explained(path, rebuild):
        builder = tfds.builder_from_directory(path)
        source = ClipSource(builder.as_data_source(split="train"), path, rebuild)
        source[0]
        metadata = dict(builder.info.metadata)
        metadata["clips"]  # TFDS takes a missing metadata.json for an empty one
    return source, metadata


@contextlib.contextmanager
def _damage_explained(path: Path, rebuild: str) -> Iterator[None]:
    """Raises UserError for what TFDS and its C++ reader raise over a damaged file: all kinds."""
    try:
        yield
    except (UserError, ImportError, PermissionError, MemoryError):  # no damage to the file
        raise
    except Exception as error:
        raise UserError(
            f"the dataset in {path} is damaged ({type(error).__name__}): run {rebuild} --overwrite"
        ) from error


def build_command(name: str, data_dir: str | Path, settings: RecordSettings) -> str:
    """The command that builds a dataset with these settings."""
    chosen = options.flags(settings, always=("frames", "size", "alignment"))
    place = f"--source=DIR --data_dir={data_dir}"
    return f"python -m data_builders.build {name} {place} {' '.join(chosen)}"


def _version(folder: str) -> tuple[int, ...]:
    """(1, 0, 0) for a folder named 1.0.0, () for one that TFDS was stopped in."""
    parts = folder.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()
