"""The truth of a clip that a run draws for itself, in the image that its network sees."""

import dataclasses

import numpy as np
import pytest
from rich.console import Console

from configs import synthetic
from data_builders.synthetic.drawing import clip as clip_module
from mol_jax.data import generated, load
from mol_jax.dense import videos
from mol_jax.dense.warp import residuals
from mol_jax.pictures.dense import exact


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The config of three drawn clips of one person without noise, and the first as a video."""
    config = synthetic.get_config()
    config.data.dir = str(tmp_path_factory.mktemp("drawn"))
    config.data.generate.update({"subjects": 1, "clips": 3, "amplitude": (4.0, 4.0)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clip_module, "FLICKER", 0.0)
        patch.setattr(clip_module, "SENSOR_NOISE", 0.0)
        place = generated.ensure(config, console=Console(quiet=True))
    return config, videos.video(load.load(config, place), 0, config.data.crop)


@pytest.mark.slow
def test_the_truth_lies_where_the_network_sees_it(drawn):
    config, video = drawn
    known = exact.of_video(config, video)
    assert known.flow.shape == video.flow.shape and known.landmarks.shape == (1, 68, 2)
    away = np.linalg.norm(known.landmarks - video.landmarks, axis=-1)
    assert away.mean() < 2  # px; dlib's are not the truth
    left = residuals(video.frames, known.flow, corner=video.corner)
    still = residuals(video.frames, 0 * known.flow, corner=video.corner)
    other = residuals(video.frames, -known.flow, corner=video.corner)
    assert left.mean() < 0.6 * still.mean() < still.mean() < other.mean()


@pytest.mark.slow
def test_where_it_is_not_known_there_is_none(drawn):
    config, video = drawn
    for changed in ({"sampling": "tim"}, {"magnify": 2}, {"name": "casme2"}):
        other = config.copy_and_resolve_references()
        other.data.update(changed)
        assert exact.of_video(other, video) is None
    moved = dataclasses.replace(video, landmarks=video.landmarks + 1)
    assert exact.of_video(config, moved) is None
    name = dataclasses.replace(video.name, clip="gone")
    assert exact.of_video(config, dataclasses.replace(video, name=name)) is None
