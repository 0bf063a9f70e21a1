"""Pictures of displacements and regions: one scale, every clip's own boxes, one sentence each."""

import csv
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from data_builders.records.gallery import flow_colours
from mol_jax.data.clips import ClipName
from mol_jax.data.key_frames import SLOTS
from mol_jax.dense import __main__ as program
from mol_jax.dense import displaced_figures, displaced_panels, kept
from mol_jax.dense.displaced import Displaced
from mol_jax.errors import UserError
from mol_jax.networks.frl_dgt.measures import FLOW, RATIO
from mol_jax.networks.frl_dgt.regions import NAMES
from mol_jax.scoring.measure import Measure
from tests.mol_jax.fake_run import make_run

SIDE, CLIPS = 24, ("casme2/sub01/EP00", "casme2/sub03/EP07")
WEIGHTS = tuple(Measure(f"weight_{name}", "regions", "%", "videos") for name in NAMES)


def clip(number, *, fields=("displacement", "flow", "weights", "local_weights")):
    """Returns what is kept of a clip."""
    rng = np.random.default_rng(number)
    flow = rng.normal(0, 1 + number, (SIDE, SIDE, 2)).astype(np.float32)
    corner = rng.uniform(0, 10, (9, 2)).astype(np.float32)
    every = {
        "flow": flow,
        "displacement": flow + rng.normal(0, 0.5, flow.shape).astype(np.float32),
        "weights": rng.dirichlet(np.ones(9)).astype(np.float32),
        "local_weights": rng.dirichlet(np.ones(4), 9).astype(np.float32),
    }
    boxes = np.concatenate([corner, corner + 9], 1)
    return Displaced(np.array(SIDE), boxes, **{name: every[name] for name in fields})


def make(folder, *, measures=(RATIO, *FLOW, *WEIGHTS), generated=True, **how):
    """Writes a finished run that has kept two clips; every video has the figures of its own."""
    number = {(0, 0): 0, (2, 7): 1}

    def own(subject, at):
        of = clip(number.get((subject, at), 2), **how)
        values = {"videos": 1, "rec_ratio": 0.5 + 0.1 * number.get((subject, at), 2)}
        if of.error:
            values |= dict(zip(("epe_d", "epe_d_zero"), of.error, strict=True))
        if of.weights is not None:
            values |= {one.name: 100 * w for one, w in zip(WEIGHTS, of.weights, strict=True)}
        return values

    make_run(folder, tasks=("mer",), measures=measures, own=own, generated=generated)
    for k, name in enumerate(CLIPS):
        kept.write(kept.path_of(folder, 0, 0, tuple(name.split("/"))), clip(k, **how))
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Runs: full; flow, whose motion is TV-L1; local, which fuses no regions."""
    root = tmp_path_factory.mktemp("displaced")
    make(root / "full")
    make(root / "flow", measures=WEIGHTS, fields=("flow", "weights", "local_weights"))
    make(root / "local", measures=(RATIO, *FLOW), fields=("displacement", "flow", "local_weights"))
    return root


def command(root, *arguments, runs=("full",), out):
    folders = [str(root / name) for name in runs]
    return program.main(["figures", *folders, f"--out={out}", *arguments])


BOTH = f"--clips={','.join(CLIPS)}"


@pytest.fixture(scope="module")
def page(root):
    """The picture of all three runs and both clips before it is written, [row][panel]."""
    drawn, runs = {}, ("full", "flow", "local")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            displaced_figures, "save", lambda fig, path, note: drawn.update(fig=fig, note=note)
        )
        assert command(root, BOTH, runs=runs, out=root / "page") == 0
    *axes, legend = drawn["fig"].axes
    assert "generated" in drawn["note"].lower()
    return [axes[k : k + 5] for k in range(0, len(axes), 5)], legend


def test_all_motion_has_the_colours_of_one_scale(page):
    rows, legend = page
    held = [clip(k) for k in (0, 1)]
    longest = max(np.quantile(np.linalg.norm(of.flow, axis=-1), 0.99) for of in held)
    for of, axes in zip(held, (rows[0], rows[3]), strict=True):
        every = of.flow, of.displacement, of.displacement - of.flow
        for ax, flow in zip(axes, every, strict=False):
            shown = np.asarray(ax.images[0].get_array())
            np.testing.assert_array_equal(shown, flow_colours(flow, longest)[..., ::-1])
        error = np.linalg.norm(every[2], axis=-1).mean()
        assert f"{error:.3f} px" in axes[2].get_xlabel()
    assert f"rim {longest:.2f} px" in legend.get_xlabel()
    assert "L_rec(D)/L_rec(0) 0.600" in rows[3][1].get_xlabel()


def test_arrows_point_where_the_colours_say():
    ax = displaced_figures.new_figure(2, 2).add_subplot()
    flow = np.zeros((SIDE, SIDE, 2), np.float32)
    flow[:2, 22:], flow[22:, :2] = (3.0, 0.0), (0.0, 12.0)
    displaced_figures._draw_arrows(ax, flow, 6.0)
    arrows = ax.collections[0]
    u, v = (np.asarray(of).reshape(12, 12) for of in (arrows.U, arrows.V))
    assert (u[0, 11], v[0, 11]) == (3, 0) and (u[11, 0], v[11, 0]) == (0, 6)
    assert (~np.broadcast_to(arrows.Umask, 144)).sum() == 2 and arrows.angles == "xy"
    assert (u[0, 11] / arrows.scale, SIDE / 12) == (1.0, 2.0)  # half the longest: half a block


def test_each_clip_has_its_own_boxes_and_weights(page):
    rows, _ = page
    for of, axes in zip((clip(0), clip(1)), (rows[0], rows[3]), strict=True):
        outlines = [box for box in axes[3].patches if not box.get_fill()]
        found = [[*box.get_xy(), box.get_width(), box.get_height()] for box in outlines]
        expected = np.concatenate([of.boxes[:, :2], of.boxes[:, 2:] - of.boxes[:, :2]], 1)
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        words = [text.get_text() for text in axes[3].texts]
        assert words == [f"{n}\n{100 * w:.0f}" for n, w in zip(NAMES, of.weights, strict=True)]
        maps = [np.asarray(image.get_array()) for image in axes[4].images]
        np.testing.assert_array_equal(maps, of.local_weights.reshape(9, 2, 2))


def test_each_regions_patches_stand_where_it_lies_in_the_face(page):
    """Also of a run whose dense.csv names no region, as its regions are not fused."""
    rows, _ = page
    for axes in (rows[0], rows[2], rows[3]):
        maps = zip(axes[4].texts, axes[4].images, strict=True)
        for k, (text, patches) in enumerate(maps):
            assert text.get_text() == NAMES[k]
            left, right, *_ = patches.get_extent()
            assert {"L": 0, "R": 2}.get(NAMES[k][-1], 1) == int((left + right) / 2)


def test_tiles_are_numbered_where_the_regions_are_not_fused():
    run = SimpleNamespace(measures=(), settings={"model": {"regions": "grid"}})
    assert displaced_panels._regions(run) == tuple(f"tile{k}" for k in range(1, 10))


def test_what_a_run_has_not_is_left_blank(page):
    rows, _ = page
    blank = [[ax.get_xlabel() == "none" for ax in row] for row in rows]
    assert blank == 2 * [
        [False] * 5,
        [False, True, True, False, False],
        [False, False, False, True, False],
    ]


@pytest.mark.slow
def test_the_numbers_are_written_beside_the_picture(root, tmp_path):
    assert command(root, BOTH, runs=("full", "flow"), out=tmp_path / "out") == 0
    assert (tmp_path / "out" / "displacement.png").stat().st_size > 1000
    with (tmp_path / "out" / "displacement.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["run"], line["clip"]) for line in lines] == [
        (run, name) for name in CLIPS for run in ("full", "flow")
    ]
    error, still = clip(1).error
    assert float(lines[2]["error"]) == pytest.approx(error, rel=1e-5)
    assert float(lines[2]["error_of_none"]) == pytest.approx(still, rel=1e-5) and error < still
    assert lines[3]["error"] == lines[3]["mean_displacement"] == ""
    assert float(lines[2]["rec_ratio"]) == pytest.approx(0.6)


def test_faces_are_the_onset_and_the_apex_of_the_clip(root, tmp_path, monkeypatch):
    names = [ClipName(*name.split("/")[:2], name, name.split("/")[2]) for name in CLIPS[::-1]]
    frames = np.random.default_rng(0).integers(0, 256, (2, SLOTS, SIDE, SIDE), np.uint8)
    table = SimpleNamespace(inputs={"key_frames": frames})
    data = SimpleNamespace(names=names, table=table)
    monkeypatch.setattr(displaced_panels.videos, "dataset_of", lambda *_: data)
    drawn = []
    monkeypatch.setattr(displaced_figures, "draw", lambda path, rows, note: drawn.extend(rows))
    out = tmp_path / "out"
    assert command(root, BOTH, "--faces", runs=("full", "local"), out=out) == 0
    assert [row.pictures.tolist() for row in drawn[::2]] == frames[::-1, [0, 3]].tolist()
    assert drawn[0].shown() == list(displaced_figures.TITLES)
    table.inputs["tim_frames"] = table.inputs.pop("key_frames")
    assert command(root, BOTH, "--faces", out=tmp_path / "sequence") == 0
    assert "second" not in drawn[-1].shown() and "first" in drawn[-1].shown()


def test_faces_of_people_are_named_first(tmp_path, monkeypatch, capsys):
    make(tmp_path / "real", generated=False)
    read = []
    monkeypatch.setattr(displaced_panels.videos, "dataset_of", lambda *_: read.append(1))
    for arguments, sentence in (
        (["--faces"], "--faces needs --subjects"),
        (["--faces", "--subjects=sub01"], "does not allow faces of 'sub03'"),
    ):
        assert command(tmp_path, BOTH, *arguments, runs=("real",), out=tmp_path / "out") == 2
        assert sentence in capsys.readouterr().err
    assert not read and not (tmp_path / "out").exists()


def test_what_does_not_fit_is_one_sentence(root, tmp_path, capsys):
    make_run(tmp_path / "mol")
    for name in ("rest", "stale", "weights", "damaged"):
        shutil.copytree(root / "full", tmp_path / name)
    key = tuple(CLIPS[1].split("/"))
    paths = {name: kept.path_of(tmp_path / name, 0, 0, key) for name in ("rest", "stale")}
    paths["rest"].unlink()
    kept.write(paths["stale"], clip(5))
    fewer = clip(1, fields=("weights",))
    kept.write(kept.path_of(tmp_path / "weights", 0, 0, key), fewer)
    kept.path_of(tmp_path / "damaged", 0, 0, key).write_bytes(b"PK")
    run = str(root / "full")
    for folders, arguments, sentence in (
        (["mol", run], [BOTH], "has none; draw them by two commands"),
        ([run], [BOTH, "--pair=1"], "--pair is 1, but of these runs onset and apex are shown"),
        (["rest"], [BOTH], "rest kept no prediction of casme2/sub03/EP07"),
        (["stale"], [BOTH], "kept another prediction of casme2/sub03/EP07 than dense.csv has"),
        (["weights"], [BOTH], "kept another prediction of casme2/sub03/EP07 than dense.csv has"),
        (["damaged"], [BOTH], "EP07.npz cannot be read"),
        ([run, run], [BOTH], "two runs are in folders named 'full'"),
        ([run], ["--clips=casme2/sub01/EP99"], "did you mean 'casme2/sub01/EP0"),
        ([run], [f"--clips={CLIPS[0]},{CLIPS[0]}"], "1 of them different"),
        ([run], ["--clips="], "names 0 clips"),
        ([run], ["--clips=sub01"], "name each as dataset/subject/clip"),
        (["nowhere"], [BOTH], "could not be read"),
    ):
        given = [str(tmp_path / name) for name in folders]
        assert program.main(["figures", *given, *arguments, f"--out={tmp_path / 'out'}"]) == 2
        said = capsys.readouterr().err
        assert sentence in said and said.count("\n") == 1, said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("flow", np.zeros((SIDE, SIDE + 1, 2))),
        ("displacement", np.full((SIDE, SIDE, 2), np.nan)),
        ("weights", np.zeros(8)),
        ("boxes", np.zeros((9, 3))),
        ("local_weights", np.zeros((9, 5))),
        ("local_weights", np.zeros((8, 4))),
    ],
)
def test_a_file_that_does_not_fit_itself_is_refused(tmp_path, field, value):
    path = kept.path_of(tmp_path, 0, 0, ("a", "b", "c"))
    kept.write(path, Displaced(**vars(clip(0)) | {field: value}))
    with pytest.raises(UserError, match=f"{field} is .*--mode=eval"):
        kept.read(path, Displaced)
    kept.write(path, clip(0))
    np.testing.assert_array_equal(kept.read(path, Displaced).flow, clip(0).flow)
