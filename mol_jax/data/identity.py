"""What tells one run from another: the settings and the data that its weights come from."""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.find import source

DATA = ("name", "view", "n_clips", "label_map_hash", "content_crc32")


def identity(config: ConfigDict, fingerprint: Mapping[str, Any], *, weights: str = "") -> str:
    """Returns eight hexadecimal digits for a trial's config on a dataset.

    weights: the SHA-256 of the file that the trial starts from, "" of none.

    Fields that a run may go on with another value of (`Field.free`) have no part in it. A network
    of the user's own is told by what stands in its file.
    """
    fields, network = settings.flatten(config), config.model.network
    bound = {
        name: _plain(fields[name])
        for name, field in settings.declared(network).items()
        if not field.free
    } | {"source": source(network), "weights": weights}
    data = {key: fingerprint[key] for key in DATA}
    text = json.dumps([bound, data], sort_keys=True, default=str)
    return f"{zlib.crc32(text.encode()):08x}"


def refuse_other_data(folder: Path, held: dict[str, Any], found: dict[str, Any]) -> None:
    """Raises UserError where the fingerprint of a dataset is not the one a run `held`."""
    different = [key for key in DATA if held.get(key) != found[key]]
    if different:
        key = different[0]
        raise UserError(
            f"{folder} holds a run on other data ({key} was {held.get(key)!r} and is now "
            f"{found[key]!r}); build the dataset as it was, or choose another --workdir."
        )


def _plain(value: Any) -> Any:
    """Returns a value so that 1 and 1.0, which a workdir takes for one, are written alike."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
