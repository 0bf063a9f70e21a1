"""From records and views to the table: labels, order, counts, and what is refused."""

import dataclasses
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.build import build
from data_builders.pixels import interpolation
from data_builders.synthetic.look_alikes import casme2_tree, samm
from mol_jax.data import flow_image, kept_flows
from mol_jax.data import load as loading
from mol_jax.data.recipe import RECIPES, Recipe
from mol_jax.data.split import make_folds
from mol_jax.errors import UserError
from mol_jax.settings.kind import SEQUENCES
from tests.data_builders import true_scale
from tests.data_builders.conftest import FixedDetector
from tests.mol_jax import tiny

EMOTIONS = ("happiness", "disgust", "repression", "surprise", "others", "fear")


def record(index: int, emotion: str, *, apex: int = 3, pairs: int = 1) -> dict:
    rng = np.random.default_rng(index)
    return {
        "dataset": "synthetic",
        "subject": f"sub{index % 3:02d}",
        "person": f"synthetic/sub{index % 3:02d}",
        "clip": f"EP{index:02d}",
        "emotion": emotion,
        "action_units": "12",
        "onset": 1,
        "apex": apex,
        "offset": 5,
        "frames": rng.integers(0, 256, (5, 72, 72, 1), dtype=np.uint8),
        "frame_numbers": np.arange(1, 6),
        "landmarks": rng.normal(size=(5, 68, 2)).astype(np.float32),
        "sampled": np.array([0, 2]),
        "flow": rng.normal(size=(pairs, 72, 72, 2)).astype(np.float16),
        "missed": index % 2,
        "repeated": int(index == 0),
    }


@pytest.fixture
def built(monkeypatch, tmp_path):
    """Returns a function that puts records where `load` finds them."""
    monkeypatch.chdir(tmp_path)  # beside what is built, flow is kept

    def put(records, *, generated=True, **others):
        """others: the records of other datasets."""

        def open_dataset(name, *_):
            found = others.get(name, records)
            return found, {"generated": generated, "emotions": {r["emotion"] for r in found}}

        monkeypatch.setattr(loading, "open_dataset", open_dataset)

    return put


def load(view="3class_naive", name="synthetic", **changes):
    config = tiny.config(**{"data.view": view, "data.name": name} | changes)
    return loading.load(config, "anywhere")


def test_a_view_chooses_and_names_the_rows(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    dataset = load()
    labels = {
        name.clip: dataset.classes[label]
        for name, label in zip(dataset.names, dataset.table.label, strict=True)
    }
    assert labels == {
        "EP00": "positive",
        "EP01": "negative",
        "EP02": "negative",
        "EP03": "surprise",
    }
    assert dataset.fingerprint["class_counts"] == {"negative": 2, "positive": 1, "surprise": 1}
    assert dataset.fingerprint["n_clips"] == 4 and dataset.fingerprint["n_subjects"] == 3
    assert dataset.fingerprint["missed_frames"] == 2 and dataset.fingerprint["repeated_clips"] == 1


def test_the_table_holds_the_sampled_frames(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    dataset = load("5class")
    for row, name in enumerate(dataset.names):
        source = next(r for r in records if r["clip"] == name.clip)
        np.testing.assert_array_equal(dataset.table.frames[row], source["frames"][[0, 2], ..., 0])
        np.testing.assert_array_equal(dataset.table.landmarks[row], source["landmarks"][[0, 2]])
        np.testing.assert_array_equal(dataset.table.flow[row], source["flow"])
        path = f"{name.dataset}/{name.subject}/{name.clip}"
        assert dataset.table.clip_id[row] == zlib.crc32(path.encode())


def of_kind(monkeypatch, *reads):
    """Makes every network one that reads these."""
    monkeypatch.setattr(loading, "find", lambda _: SimpleNamespace(reads=lambda config: reads))


def test_what_a_network_does_not_read_is_not_there(built, monkeypatch):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    whole = load("5class")
    of_kind(monkeypatch, "frames")
    part = load("5class")
    assert part.table.flow is None and part.table.landmarks is None
    np.testing.assert_array_equal(part.table.frames, whole.table.frames)
    np.testing.assert_array_equal(part.shown, whole.shown)
    assert part.fingerprint["content_crc32"] != whole.fingerprint["content_crc32"]
    of_kind(monkeypatch, "sound")
    with pytest.raises(UserError, match="reads 'sound', which is none of frames, flow, landm"):
        load("5class")


def test_an_input_is_made_of_each_clip_and_of_no_other(built, monkeypatch):
    made = Recipe(
        ("frames",),
        lambda side: (5,),
        lambda clip: clip.frames.mean(axis=(1, 2), dtype=np.float32),
        lambda x, side: x,
    )
    monkeypatch.setitem(RECIPES, "grey", made)
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    of_kind(monkeypatch, "grey")
    dataset = load("5class")
    assert dataset.table.frames is None and dataset.table.samples == 1
    for row, name in enumerate(dataset.names):
        source = next(r for r in records if r["clip"] == name.clip)["frames"]
        mean = [frame.mean(dtype=np.float32) for frame in source]
        np.testing.assert_allclose(dataset.table.inputs["grey"][row], mean, rtol=1e-5)
    np.testing.assert_array_equal(dataset.shown[0], dataset.pairs[0].frames)
    before = dataset.fingerprint["content_crc32"]
    records[1]["frames"] = records[1]["frames"] // 2
    built(records)
    changed = load("5class")
    same = [
        np.array_equal(a, b)
        for a, b in zip(changed.table.inputs["grey"], dataset.table.inputs["grey"], strict=True)
    ]
    assert same.count(False) == 1 and changed.fingerprint["content_crc32"] != before


def test_other_rows_change_nothing_of_what_recipes_make_of_a_row(built, monkeypatch):
    records = [record(i, emotion, pairs=3) for i, emotion in enumerate(EMOTIONS)]
    reads = {*RECIPES} - {*SEQUENCES.values()} | {SEQUENCES[4]}  # a build has one sample's flow
    of_kind(monkeypatch, *reads)
    built(records)
    before = load("5class")
    assert {*before.table.inputs} == reads
    kept = before.names[2].clip

    def poisoned(index, one):
        other = record(100 + index, one["emotion"], apex=4, pairs=3)
        parts = {part: other[part] for part in ("frames", "landmarks", "flow", "apex")}
        return one | parts | {"action_units": ""}

    built([r if r["clip"] == kept else poisoned(i, r) for i, r in enumerate(records)])
    after = load("5class")
    for name, leaf in after.table.inputs.items():
        assert leaf.dtype == RECIPES[name].dtype
        same = [np.array_equal(a, b) for a, b in zip(leaf, before.table.inputs[name], strict=True)]
        assert same == [n.clip == kept for n in after.names], name


def test_each_row_has_its_own_onset_and_apex_for_the_svm(built):
    records = [record(i, emotion, apex=4) for i, emotion in enumerate(EMOTIONS)]
    built(records[::-1])
    for frames, kept in ((2, False), (4, True)):
        dataset = load("5class", **{"data.frames": frames})
        assert len(dataset.pairs) == len(dataset.names)
        for name, pair in zip(dataset.names, dataset.pairs, strict=True):
            source = next(r for r in records if r["clip"] == name.clip)
            np.testing.assert_array_equal(pair.frames, source["frames"][[0, 3], ..., 0])
            assert (pair.flow is None) == kept
            where = f"anywhere/synthetic/pair_flows/t{frames}_s72_clip.npz"
            assert pair.kept.as_posix() == where


@pytest.mark.slow
def test_what_a_recipe_makes_of_a_clip_costs_flow_once(built, tmp_path, monkeypatch):
    """Of a build that has no flow from onset to apex; afterwards the SVM has it too."""
    built([record(i, emotion, apex=4, pairs=3) for i, emotion in enumerate(EMOTIONS)])
    asked = []
    compute = kept_flows.flow_of
    monkeypatch.setattr(kept_flows, "flow_of", lambda pair: asked.append(pair) or compute(pair))

    def read(network, **changes):
        config = tiny.config(**{"model.network": network, "data.frames": 4} | changes)
        with config.unlocked():
            config.data.name, config.data.view = "synthetic", "3class_naive"
        return loading.load(config, tmp_path)

    assert not read("mol").table.inputs and not asked
    with monkeypatch.context() as patched:
        of_kind(patched, "key_frames", "onset_landmarks", "dynamic_image")
        assert read("mol").table.inputs["key_frames"].shape == (4, 16, 72, 72) and not asked
    first, second = read("ststnet"), read("ststnet")
    assert len(asked) == len(first.names) == 4
    images = first.table.inputs["flow_image_28"]
    assert images.shape == (4, 28, 28, 3) and images.dtype == np.float32
    for row, pair in enumerate(first.pairs):
        expected = flow_image.of_flow(compute(dataclasses.replace(pair, flow=None)), side=28)
        np.testing.assert_array_equal(images[row], expected)
    np.testing.assert_array_equal(second.table.inputs["flow_image_28"], images)
    assert np.abs(images[0] - images[1]).max() > 0.1
    assert first.table.frames is first.table.flow is first.table.landmarks is None
    regions, pairs = read("region_transformer").table.inputs, read("cnn_lstm").table.inputs
    assert regions["region_mosaic"].shape == (4, 28, 28, 3) and len(asked) == 4
    assert pairs["flow_sequence_4"].shape == (4, 3, 28, 28, 3) and len(asked) == 4
    two = read("ststnet", **{"data.frames": 2})  # whose record has it
    assert len(asked) == 4 and np.abs(two.table.inputs["flow_image_28"] - images).max() > 0.1


def test_inputs_are_made_up_to_the_apex_that_is_asked_for(built, tmp_path, monkeypatch):
    """And the SVM keeps the annotated one, so that its floor is one whatever the source."""

    def difference(frames):  # in place of TV-L1
        return np.repeat((frames[1] / 50.0 - frames[0] / 50.0)[..., None], 2, -1).astype(np.float16)

    monkeypatch.setattr(kept_flows, "flow_of", lambda pair: difference(pair.frames))
    built([record(i, emotion, apex=(2, NO_APEX)[i % 2]) for i, emotion in enumerate(EMOTIONS)])

    def read(source, image="flow"):
        changes = {"model.network": "ststnet", "model.input": image, "augment.crop_jitter": 0.0}
        config = tiny.config(**changes | {"data.apex_source": source})
        with config.unlocked():
            config.data.name, config.data.view = "synthetic", "3class_naive"
        return loading.load(config, tmp_path)

    annotated, middle = read("annotated"), read("middle")
    frames = read("middle", "apex").table.inputs["apex_image_28"]  # of which no flow is taken
    numbers = [int(name.clip[2:]) for name in annotated.names]
    expected = [("annotated", "middle")[number % 2] for number in numbers]
    assert [apex.source for apex in annotated.apexes] == expected
    assert annotated.fingerprint["apexes"] == {"annotated": 2, "middle": 2}
    assert {apex.number for apex in middle.apexes} == {3}
    assert middle.fingerprint["apexes"] == {"middle": 4}
    assert annotated.fingerprint["content_crc32"] != middle.fingerprint["content_crc32"]
    for row, pair in enumerate(middle.pairs):
        np.testing.assert_array_equal(pair.frames, annotated.pairs[row].frames)
        shown = record(numbers[row], "")["frames"][[0, 2], ..., 0]
        expected = flow_image.of_flow(difference(shown), side=28)
        np.testing.assert_array_equal(middle.table.inputs["flow_image_28"][row], expected)
        apex = flow_image.shrunk(shown[1, ..., None] / 127.5 - 1, 28)[..., 0]
        np.testing.assert_array_equal(frames[row], apex)
        assert (annotated.pairs[row].frames[1] == shown[1]).all() == bool(numbers[row] % 2)
    assert "apexes" not in load("3class_naive").fingerprint  # of a network that shows none


def test_the_order_of_records_does_not_matter(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    straight = load()
    built(records[::-1])
    assert load().names == straight.names
    assert load().fingerprint == straight.fingerprint


def test_the_fingerprint_tells_contents_apart(built):
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    before = load().fingerprint["content_crc32"]
    records[0]["flow"][0, 0, 0, 0] += 1
    assert load().fingerprint["content_crc32"] != before


def test_megc2019_needs_an_apex_after_the_onset(built):
    apexes = {"EP01": -1, "EP02": 1}
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    records += [record(6, "disgust")]
    for r in records:
        r["apex"] = apexes.get(r["clip"], r["apex"])
    built(records)
    assert {name.clip for name in load("3class_megc2019").names} == {"EP00", "EP03", "EP06"}


def test_a_class_without_a_clip_is_refused(built):
    built([record(0, "happiness"), record(1, "disgust")])
    with pytest.raises(UserError, match="has no clip of class surprise"):
        load()


def test_a_published_count_that_is_not_met_is_refused(built):
    records = [record(i, emotion) | {"dataset": "casme2"} for i, emotion in enumerate(EMOTIONS)]
    built(records, generated=False)
    with pytest.raises(UserError, match="has 4 clips, but its rule gives 147"):
        load(name="casme2")
    allowed = load(name="casme2", **{"data.allow_count_mismatch": True})
    assert len(allowed.names) == 4
    built(records, generated=True)  # a look-alike of another size is what it is
    assert len(load(name="casme2").names) == 4


def test_an_unknown_view_and_an_unbuilt_dataset_are_named(tmp_path):
    with pytest.raises(UserError, match=r"3class_naiv.*3class_naive"):
        load("3class_naiv")
    with pytest.raises(UserError, match=r"python -m data_builders\.build casme2 --source="):
        loading.load(tiny.config(), tmp_path)


def test_every_label_of_a_folder_is_a_class(built):
    built([record(i, emotion) for i, emotion in enumerate(("sad", "angry", "sad"))])
    dataset = load("all", name="folder")
    assert dataset.classes == ("angry", "sad")
    assert [dataset.classes[label] for label in dataset.table.label] == ["sad", "angry", "sad"]


def test_a_map_of_the_users_own(built, tmp_path):
    file = tmp_path / "map.csv"
    file.write_text("label,class\nhappiness,a\ndisgust,b\nfear,\n")
    built([record(i, emotion) for i, emotion in enumerate(("happiness", "disgust", "fear"))])
    dataset = load(str(file))
    assert dataset.classes == ("a", "b") and dataset.fingerprint["n_clips"] == 2
    assert dataset.fingerprint["view"] == "map.csv"
    built([record(i, emotion) for i, emotion in enumerate(("happiness", "disgust", "anger"))])
    with pytest.raises(UserError, match="no line for the label 'anger' of synthetic"):
        load(str(file))


UNION = "casme2/3class_naive+samm/3class"


@pytest.fixture(scope="module")
def two_built(tmp_path_factory):
    """Two subjects of either dataset, built from blank images."""
    folder = tmp_path_factory.mktemp("two")
    few = {"faces": False, "frames": (3, 3), "clips": 6}
    casme2_tree.write_tree(folder / "casme2", **few, subjects=("sub02", "sub12"))
    samm.write_tree(folder / "samm", **few, subjects=("007", "016"))
    for name in ("casme2", "samm"):
        build(
            name,
            folder / name,
            data_dir=folder / "tfds",
            frames=2,
            size=72,
            workers=1,
            make_detector=FixedDetector,
        )
    return folder / "tfds"


def composite(data_dir, view=UNION, **changes):
    return loading.load(
        tiny.config(**{"data.name": "composite", "data.view": view} | changes), data_dir
    )


def test_a_composite_joins_what_was_built(two_built):
    dataset = composite(two_built)
    persons = {name.person for name in dataset.names}
    assert persons == {"casme2/sub02", "casme2/sub12", "samm/007", "samm/016"}
    paths = [f"{name.dataset}/{name.subject}/{name.clip}" for name in dataset.names]
    assert paths == sorted(paths) and len(set(paths)) == len(paths)
    assert dataset.table.clip_id.tolist() == [zlib.crc32(path.encode()) for path in paths]
    assert dataset.table.frames.shape == (len(paths), 2, 72, 72)
    for name, view in (("casme2", "3class_naive"), ("samm", "3class")):
        one = loading.load(tiny.config(**{"data.name": name, "data.view": view}), two_built)
        rows = [row for row, of in enumerate(dataset.names) if of.dataset == name]
        assert tuple(dataset.names[row] for row in rows) == one.names
        np.testing.assert_array_equal(dataset.table.label[rows], one.table.label)
        np.testing.assert_array_equal(dataset.table.landmarks[rows], one.table.landmarks)
        assert {dataset.pairs[row].kept for row in rows} == {
            two_built / name / "pair_flows" / "t2_s72_clip.npz"
        }


def test_folds_of_a_composite_leave_out_persons_of_both(two_built):
    dataset = composite(two_built)
    folds = make_folds(tiny.config(), dataset)
    assert [f.name for f in folds] == ["casme2/sub02", "casme2/sub12", "samm/007", "samm/016"]
    for fold in folds:
        held = {dataset.names[row].person for row in fold.test}
        trained = {dataset.names[row].dataset for row in fold.train}
        assert held == {fold.name} and trained == {"casme2", "samm"}


def test_the_fingerprint_of_a_composite_has_those_of_its_parts(two_built):
    one = composite(two_built).fingerprint
    assert (one["name"], one["view"], one["generated"]) == ("composite", UNION, True)
    parts = {part["name"]: part for part in one["parts"]}
    assert list(parts) == list(one["built"]) == ["casme2", "samm"]
    assert sum(part["n_clips"] for part in parts.values()) == one["n_clips"]
    for name, view in (("casme2", "3class_naive"), ("samm", "3class")):
        alone = loading.load(tiny.config(**{"data.name": name, "data.view": view}), two_built)
        keys = ("view", "n_clips", "n_subjects", "class_counts", "label_map_hash", "built")
        assert {k: parts[name][k] for k in keys} == {k: alone.fingerprint[k] for k in keys}
        assert one["built"][name] == alone.fingerprint["built"]
        assert "parts" not in alone.fingerprint
    other = composite(two_built, "casme2/3class_wide+samm/3class").fingerprint
    assert other["label_map_hash"] != one["label_map_hash"] != parts["samm"]["label_map_hash"]


def test_a_part_that_is_not_built_is_named_with_its_command(two_built):
    words = r"smic .* is not built .*python -m data_builders\.build smic --source=DIR --data_dir="
    with pytest.raises(UserError, match=words):
        composite(two_built, "megc2019")


def megc_records(folder) -> dict[str, list[dict]]:
    """The composite's clips at true scale, with random images."""
    drawn = record(0, "others")
    found = {"casme2": [], "smic": [], "samm": []}
    for real in true_scale.records(folder):
        found[real["dataset"]].append(drawn | real)
    return found


@pytest.fixture(scope="module")
def megc(tmp_path_factory):
    return megc_records(tmp_path_factory.mktemp("megc"))


def test_megc2019_is_met_by_its_parts(built, megc):
    built([], generated=False, **megc)
    dataset = composite("anywhere", "megc2019")
    assert dataset.fingerprint["n_clips"] == 442 and dataset.fingerprint["n_subjects"] == 68
    assert dataset.fingerprint["class_counts"] == {"negative": 250, "positive": 109, "surprise": 83}
    assert [p["n_clips"] for p in dataset.fingerprint["parts"]] == [145, 164, 133]


def test_a_part_that_differs_is_named_by_subject_and_class(built, megc):
    samm_clips = [r for r in megc["samm"] if r["subject"] != "037"]
    built([], generated=False, **megc | {"samm": samm_clips})
    words = "view '3class' of samm has 132 clips, but its rule gives 133 .*: 037 negative 0 instead"
    with pytest.raises(UserError, match=words):
        composite("anywhere", "megc2019")
    allowed = composite("anywhere", "megc2019", **{"data.allow_count_mismatch": True})
    assert len(allowed.names) == 441


def test_as_many_clips_of_other_subjects_are_noticed_in_a_set_that_is_published(built, megc):
    moved = [r | {"subject": "006"} if r["subject"] == "037" else r for r in megc["samm"]]
    built(moved, generated=False)
    words = (
        "has its 133 clips, but not of the published subjects: 006 negative 10 instead of 9, 037 "
        "negative 0 instead of 1; check"
    )
    with pytest.raises(UserError, match=words):
        load("3class", "samm")


def test_many_differences_are_counted(built, megc):
    built([r for r in megc["samm"] if r["subject"] > "015"], generated=False)
    with pytest.raises(UserError, match=r"010 negative 0 instead of 4.* and 1\d more; check"):
        load("3class", "samm")


def test_clips_are_checked_against_the_organisers_list(built, megc, tmp_path):
    built([], generated=False, **megc)
    dataset = composite("anywhere", "megc2019")
    labelled = [
        ({"dataset": n.dataset, "subject": n.subject, "clip": n.clip}, dataset.classes[label])
        for n, label in zip(dataset.names, dataset.table.label, strict=True)
    ]
    file = tmp_path / "combined_3class_gt.csv"
    lines = true_scale.megc_lines(labelled)
    file.write_text("\r\n".join(lines))
    check = {"data.check_csv": str(file)}
    assert composite("anywhere", "megc2019", **check).fingerprint == dataset.fingerprint
    assert len(load("3class", "smic", **check).names) == 164
    file.write_text("\r\n".join([lines[0][:-1] + "2", *lines[1:]]))
    with pytest.raises(UserError, match=r"1 of another class: casme2/sub01/\S+ \(negative, listed"):
        composite("anywhere", "megc2019", **check)
    with pytest.raises(UserError, match=r"147 clips differ .*2 not in the list: casme2/sub04/"):
        load("3class_naive", "casme2", **check)
    for name in ("", "~nobody-at-all/list.csv"):
        check = {"data.check_csv": name or str(tmp_path)}
        with pytest.raises(UserError, match=r"there is no file .*combined_3class_gt"):
            composite("anywhere", "megc2019", **check)


def test_one_person_filmed_by_two_cameras_is_one_fold(built, megc):
    """VIS filmed some of HS's people; sub01 of one study is nobody of another."""
    slow = [r | {"dataset": "smic_vis"} for r in megc["smic"] if int(r["subject"][1:]) > 10]
    built([], smic=megc["smic"], smic_vis=slow, casme2=megc["casme2"])
    dataset = composite("anywhere", "smic/3class+smic_vis/3class+casme2/3class_naive")
    assert dataset.fingerprint["n_subjects"] == 16 + 24
    folds = {fold.name: fold for fold in make_folds(tiny.config(), dataset)}
    held = {dataset.names[row].dataset for row in folds["smic/11"].test}
    assert held == {"smic", "smic_vis"} and len(folds) == 40


def four_frames(index: int, emotion: str) -> dict:
    """A record built for t = 4, of a clip of six frames, with none, one or two phases."""
    rng = np.random.default_rng(index)
    return record(index, emotion) | {
        "frames": rng.integers(0, 256, (6, 72, 72, 1), dtype=np.uint8),
        "landmarks": rng.normal(size=(6, 68, 2)).astype(np.float32),
        "sampled": np.array([0, 2, 3, 5]),
        "flow": rng.normal(size=(3, 72, 72, 2)).astype(np.float16),
        "frame_numbers": np.array([1, 2, 3, 4, 5, 9]),
        "phase_sampled": np.array([[0, 1, 2, 3], [1, 2, 3, 4]])[: index % 3],
        "phase_flow": rng.normal(size=(2, 3, 72, 72, 2)).astype(np.float16)[: index % 3],
    }


def test_the_phases_of_a_clip_follow_its_even_sample(built):
    records = [four_frames(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    built(records)
    dataset = load(**{"data.frames": 4, "data.phases": 2})
    table = dataset.table
    assert table.frames.shape == (12, 4, 72, 72) and table.samples == 3
    for row, name in enumerate(dataset.names):
        one = next(r for r in records if r["clip"] == name.clip)
        distinct = len(one["phase_sampled"])
        order = {0: [0, 0, 0], 1: [0, 1, 1], 2: [0, 1, 2]}[distinct]
        numbers = one["frame_numbers"][one["sampled"]]
        np.testing.assert_array_equal(dataset.frame_numbers[row], numbers)
        at = np.array([one["sampled"], *one["phase_sampled"]])[order]
        mine = slice(3 * row, 3 * row + 3)
        assert table.phases[row] == distinct
        np.testing.assert_array_equal(table.frames[mine], one["frames"][at, ..., 0])
        np.testing.assert_array_equal(table.landmarks[mine], one["landmarks"][at])
        flows = np.concatenate([one["flow"][None], one["phase_flow"]])[order]
        np.testing.assert_array_equal(table.flow[mine], flows)


@pytest.mark.parametrize("t", [4, 10])
def test_clips_can_be_interpolated_in_time(built, t):
    records = [four_frames(i, emotion) for i, emotion in enumerate(EMOTIONS)]
    for one in records:
        del one["phase_sampled"], one["phase_flow"]
    built(records)
    dataset = load(**{"data.frames": t, "data.sampling": "tim"})
    one = next(r for r in records if r["clip"] == dataset.names[0].clip)
    made = interpolation.interpolate(one["frames"][..., 0], one["frame_numbers"], t)
    np.testing.assert_array_equal(dataset.table.frames[0], made)
    points = interpolation.tim_weights(one["frame_numbers"], t) @ one["landmarks"].reshape(6, -1)
    np.testing.assert_allclose(dataset.table.landmarks[0].reshape(t, -1), points, atol=1e-5)
    assert dataset.table.samples == 1 and dataset.table.phases is None
    times = np.linspace(one["frame_numbers"][0], one["frame_numbers"][-1], t)
    np.testing.assert_array_equal(dataset.frame_numbers[0], times)
    assert (times % 1).any()  # between two frames


def test_a_subjects_own_statistics_are_used_on_demand(built):
    built([record(i, emotion) for i, emotion in enumerate(EMOTIONS)])
    assert load().table.pixels is None
    dataset = load(**{"data.normalisation": "subject"})
    scale, shift = dataset.table.pixels.T[:, :, None, None, None]
    seen = dataset.table.frames * scale + shift
    for person in {name.person for name in dataset.names}:
        mine = [row for row, name in enumerate(dataset.names) if name.person == person]
        assert seen[mine].mean() == pytest.approx(0, abs=1e-5)
        assert seen[mine].max() == pytest.approx(1)
    assert load().fingerprint["content_crc32"] != dataset.fingerprint["content_crc32"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data.phases": 3}, "frames is 2, which is onset and apex"),
        ({"data.frames": 8, "data.phases": 2, "data.sampling": "tim"}, "choose one of the two"),
    ],
)
def test_samples_that_cannot_be_are_refused(built, changes, words):
    built([record(0, "happiness")])
    with pytest.raises(UserError, match=words):
        load(**changes)


def test_action_units_are_those_of_each_record_and_some_clip_must_have_one(built, monkeypatch):
    """Records of any age have the text; a dataset of which none was coded teaches nothing."""
    of_kind(monkeypatch, "aus", "has_aus")
    texts = ["R12+25", "", "7", "1+2?"]
    records = [record(i, emotion) for i, emotion in enumerate(EMOTIONS[:4])]
    built([r | {"action_units": text} for r, text in zip(records, texts, strict=True)])
    dataset = load()
    rows = {name.clip: row for row, name in enumerate(dataset.names)}
    found = dataset.table.inputs
    shown = [np.flatnonzero(found["aus"][rows[f"EP0{i}"]]).tolist() for i in range(4)]
    assert shown == [[4, 8], [], [], [0, 1]]  # of 1, 2, 4, 10, 12, 14, 15, 17, 25
    assert [bool(found["has_aus"][rows[f"EP0{i}"]]) for i in range(4)] == [True, False, True, True]
    assert dataset.fingerprint["clips_with_aus"] == 3
    built([r | {"action_units": "?"} for r in records])
    with pytest.raises(UserError, match="action units, but none of the 4 clips of synthetic"):
        load()
    of_kind(monkeypatch, "frames")
    assert "clips_with_aus" not in load().fingerprint
