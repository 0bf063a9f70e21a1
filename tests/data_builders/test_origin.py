"""One dataset name in a data_dir comes from one source."""

import functools
import shutil

import pytest

from data_builders.build import build
from data_builders.records.load import open_dataset
from data_builders.records.record import RecordSettings
from mol_jax.errors import UserError
from tests.data_builders.conftest import CasmeTree, FixedDetector
from tests.data_builders.diagnosis.conftest import Report

SIZES = {"frames": 2, "size": 72}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A source, another one with a clip more, and a data_dir with a build of the first."""
    root = tmp_path_factory.mktemp("origin")
    trees = [CasmeTree(root / name) for name in ("a", "b")]
    for tree in trees:
        tree.add("01", "EP01", apex=14)
        tree.add("02", "EP01", emotion="disgust")
    trees[1].add("02", "EP02")
    for tree in trees:
        tree.write_workbook()
    options = {"data_dir": root / "tfds", "workers": 1, "make_detector": FixedDetector}
    make = functools.partial(build, "casme2", **options)
    make(trees[0].root, **SIZES)
    return make, trees[0].root, trees[1].root


OTHERS = [{"frames": 4}, {"size": 144}, {"alignment": "smoothed"}, {"flow": "dis"}]
OTHERS += [{"frames": 4, "sampling": "tim"}, {"frames": 8, "phases": 2}]


@pytest.mark.parametrize("options", OTHERS)
@pytest.mark.parametrize("overwrite", [False, True])
def test_another_source_is_refused_under_any_settings(first, options, overwrite):
    make, _, other = first
    words = (
        r"t2_s72_clip was built from another CASME2-coding-20140508\.xlsx .*another --data_dir, or"
    )
    with pytest.raises(UserError, match=words):
        make(other, **(SIZES | options), overwrite=overwrite)


def test_another_landmark_model_is_refused(first, tmp_path):
    make, source, _ = first
    model = tmp_path / "model.dat"
    model.write_bytes(b"another")
    for frames, way in ((2, "--overwrite builds it again"), (4, "give another --data_dir, or rem")):
        with pytest.raises(UserError, match=f"was built with another landmark model.*{way}"):
            make(source, frames=frames, size=72, predictor=model, make_detector=None)


@pytest.mark.slow
def test_the_same_source_elsewhere_is_taken_and_one_build_may_be_replaced(first, tmp_path):
    make, source, other = first
    moved = shutil.copytree(source, tmp_path / "moved")
    data_dir = shutil.copytree(make.keywords["data_dir"], tmp_path / "tfds")
    make(moved, data_dir=data_dir, frames=4, size=72)
    with pytest.raises(UserError, match="t4_s72_clip was built from another"):
        make(other, data_dir=data_dir, **SIZES, overwrite=True)
    shutil.rmtree(data_dir / "casme2" / "t4_s72_clip")
    make(other, data_dir=data_dir, **SIZES, overwrite=True)
    assert len(open_dataset("casme2", data_dir, "t2_s72_clip")[0]) == 3


@pytest.mark.slow
def test_a_build_that_was_made_meanwhile_is_seen(first, tmp_path):
    """Two builds into an empty data_dir begin at once: the second to end is refused."""
    make, _, other = first
    data_dir = tmp_path / "tfds"

    class Slow(FixedDetector):
        def __call__(self, image):
            if not (data_dir / "casme2").is_dir():
                shutil.copytree(make.keywords["data_dir"] / "casme2", data_dir / "casme2")
            return super().__call__(image)

    with pytest.raises(UserError, match="t2_s72_clip was built from another"):
        make(other, data_dir=data_dir, frames=4, size=72, make_detector=Slow)
    assert not (data_dir / "casme2" / "t4_s72_clip").exists()


@pytest.mark.slow
def test_a_damaged_build_of_other_settings_does_no_harm(first, tmp_path):
    make, _, other = first
    data_dir = shutil.copytree(make.keywords["data_dir"], tmp_path / "tfds")
    (metadata,) = data_dir.rglob("metadata.json")
    metadata.write_text("{")
    assert make(other, data_dir=data_dir, frames=2, size=144).seconds is not None


def test_the_doctor_says_what_the_build_will(first, tmp_path):
    make, source, other = first
    data_dir = make.keywords["data_dir"]

    def look(place, frames, data_dir=data_dir):
        settings = RecordSettings(frames, 72)
        return Report("casme2", place, settings=settings, data_dir=data_dir)

    assert "t2_s72_clip: of the same clips and landmark model" in look(source, 2).text
    assert "t2_s72_clip: of the same clips and landmark model" in look(source, 4).text
    beside = look(other, 4)
    assert beside.code == 2 and "give another --data_dir, or remove" in beside.text
    over = look(other, 2)
    assert over.code == 2
    with pytest.raises(UserError) as refused:
        make(other, **SIZES)
    assert str(refused.value) in over.text and "--overwrite builds it again" in over.text
    assert "Built before" not in look(source, 2, tmp_path / "new").text
