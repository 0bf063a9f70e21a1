"""The zoo: every network is a row, runs are reused, and the table has what their files have."""

import csv
import json

import pytest

from launch import table_data, table_runs, zoo, zoo_results, zoo_rows
from mol_jax import score
from mol_jax.errors import UserError
from mol_jax.settings.find import BUILT_IN
from tests.mol_jax.fake_run import make_run

COMMAND = zoo

TWO = "--networks=ststnet,sssnet"
LEAKY = {"acc": 0.9, "wf1": 0.8, "uf1": 0.8765, "uar": 0.7}


def make(run):
    """Makes up the files of a run of two datasets; it says that the leaky step has LEAKY."""
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    make_run(run.folder, tasks=("mer",), measures=(), parts=("casme2", "samm"))
    rewrite(run.folder / "config.json", config=run.call.config.to_dict())
    honest = dict.fromkeys(LEAKY, 0.25)
    oracle = [{"trial": 0, "honest": honest, "leaky": LEAKY, "gap": honest}]
    runtime = {"seconds": 12.5, "parameters": 1683}
    rewrite(run.folder / "metrics.json", leaky_oracle=oracle, runtime=runtime)


def rewrite(path, **changes):
    content = json.loads(path.read_text()) | changes
    if path.name == "config.json":
        content["dataset"]["parts"] = [{"name": n, "view": "3class"} for n in ("casme2", "samm")]
    path.write_text(json.dumps(content))


@pytest.fixture
def trained(monkeypatch):
    """Returns the names of the runs that were to be trained; a run is made up in a moment."""
    names = []

    def train(run):
        names.append(run.name)
        if not run.folder.exists():
            make(run)

    monkeypatch.setattr(table_runs, "train", train)
    monkeypatch.setattr(table_data, "unbuilt", lambda config: None)
    return names


def cells(text: str, label: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {label} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_every_network_of_the_package_is_a_row_and_another_budget_is_none():
    rows = zoo_rows.usual()
    assert set(BUILT_IN) <= set(rows) <= set(zoo_rows.known())
    assert "off_apexnet_paper" in set(zoo_rows.known()) - set(rows)


def test_missing_runs_are_trained_and_finished_ones_are_not(trained, call):
    assert call("--networks=ststnet")[0] == 0
    views = "--views=casme2/5class,composite/megc2019"
    assert call("--networks=ststnet", views)[0] == 0
    assert trained == ["ststnet on composite/megc2019", "ststnet on casme2/5class"]
    code, printed = call("--networks=ststnet", "--config.data.dir=elsewhere")
    assert code == 0 and "- ststnet: its run began on the clips in data/gen" in printed.out
    assert trained[2:] == ["ststnet on composite/megc2019"]  # its clips may be others there


def test_the_table_has_what_the_files_have_and_they_are_scored_again(trained, call, tmp_path):
    _, printed = call(TWO, "--config.predict.batch_size=4")
    assert "- Set for every run: --config.predict.batch_size=4." in printed.out
    folder = tmp_path / "zoo/composite_megc2019/ststnet"
    found = json.loads((folder / "metrics.json").read_text())
    uf1, (low, high) = 100 * found["pooled"]["uf1"], (100 * x for x in found["ci95"]["uf1"])
    row = cells(printed.out, "ststnet")
    assert row[:2] == [f"{uf1:.2f} [{low:.1f}, {high:.1f}]", "87.65"]
    beside = [found["baselines"][name]["uf1"] for name in ("flow_svm", "majority")]
    assert row[4:6] == [f"{100 * value:.2f}" for value in beside] and beside[0] > beside[1]
    assert row[6:] == ["1,683", "1", "12 s"]
    command = next(line for line in printed.out.splitlines() if "python -m mol_jax.score /" in line)
    assert str(folder / "predictions.csv") in command
    run = score.score(str(folder / "predictions.csv"))
    assert run.result["pooled"]["uf1"] == found["pooled"]["uf1"]
    with (tmp_path / "zoo/zoo.csv").open() as file:
        line = next(csv.DictReader(file))
    assert (line["network"], line["leaky_uf1"], line["config"]) == (
        "ststnet", "0.8765", "networks/ststnet.py",
    )  # fmt: skip
    assert float(line["uf1"]) == pytest.approx(found["pooled"]["uf1"], abs=1e-6)
    assert printed.out.endswith((tmp_path / "zoo/zoo.md").read_text())
    assert r"\begin{tabular}" in (tmp_path / "zoo/zoo.tex").read_text()


def test_a_row_that_fails_is_named_and_the_table_is_written(trained, call, tmp_path, monkeypatch):
    works = table_runs.train
    fails = {"sssnet on composite/megc2019": "the device is gone."}
    monkeypatch.setattr(table_runs, "train", lambda run: fails.get(run.name) or works(run))
    code, printed = call(TWO)
    assert (code, trained) == (1, ["ststnet on composite/megc2019"])
    assert printed.err == "error: sssnet on composite/megc2019: the device is gone.\n"
    assert "- sssnet failed: the device is gone." in printed.out
    assert cells(printed.out, "sssnet")[0] == "failed"
    assert cells((tmp_path / "zoo/zoo.md").read_text(), "ststnet")[1] == "87.65"


def test_a_config_that_is_broken_fails_its_own_rows(trained, call, monkeypatch):
    configs = {"ststnet": "networks/ststnet", "broken": "networks/nothing_there"}
    monkeypatch.setattr(zoo_rows, "known", lambda: configs)
    code, printed = call("--networks=broken,ststnet")
    assert (code, trained) == (1, ["ststnet on composite/megc2019"])
    assert printed.err.startswith("error: broken on composite/megc2019: ")
    assert cells(printed.out, "broken")[0] == "failed"


def test_seeds_and_points_are_given_to_what_has_them(call, monkeypatch):
    flags = ("--networks=ststnet", "--seeds=0,2", "--dry_run")
    line = call(*flags)[1].out.splitlines()[1]
    assert "'--config.seeds=(0, 2)'" in line and "selection.leaky_oracle=True" in line
    assert "selection.every=50" in line  # ten points of 500 steps
    monkeypatch.setattr(zoo_rows, "_can", lambda *_: (False, False))  # as of an SVM
    line = call(*flags, "--config.selection.name=inner")[1].out.splitlines()[1]
    assert "config.seeds" not in line and "selection" not in line


def test_a_row_of_other_clips_labels_or_folds_has_no_figures(tmp_path):
    views, fields = [("composite", "megc2019")], {"seeds": (0,), "small": False}
    rows = zoo_rows.plan(["ststnet", "sssnet"], views, tmp_path, (), **fields)
    for row in rows:
        make(row.run)
    assert all(one.whole for one in zoo_results.fill(rows, {}))
    done = zoo_rows.plan(["ststnet"], views, tmp_path, (), **fields)
    assert not zoo_results.fill(done, {done[0].name: "it is on other data."})[0].whole
    path = rows[1].run.folder / "predictions.csv"
    text = path.read_text()
    for old, new in (
        ("EP03,sub02,", "EP03,sub03,"),
        ("EP03,", "EP33,"),
        (",surprise,", ",others,"),
    ):
        assert old in text
        path.write_text(text.replace(old, new, 1))
        failed: dict[str, str] = {}
        first, second = zoo_results.fill(rows, failed)
        assert first.whole and not second.whole and second.why.startswith("failed: its clips")
        assert "are not those of ststnet: " in failed["sssnet on composite/megc2019"]


def test_what_takes_no_seeds_or_steps_is_found_by_asking_it(tmp_path, monkeypatch):
    asked = table_runs.call

    def refusing(config, workdir, arguments):
        if any(argument.startswith("--config.seeds") for argument in arguments):
            raise UserError("it has one seed")
        return asked(config, workdir, arguments)

    monkeypatch.setattr(table_runs, "call", refusing)
    fields = {"seeds": (0, 1, 2), "small": False}
    row = zoo_rows.plan(["ststnet"], [("composite", "megc2019")], tmp_path, (), **fields)[0]
    assert row.without == ("seeds",)
    assert tuple(row.run.call.config.seeds) == (0,)


def test_methods_without_steps_share_the_notes_on_it(trained, call, monkeypatch):
    monkeypatch.setattr(zoo_rows, "_can", lambda *_: (False, False))
    flag = "--config.selection.every=50"
    text = call(TWO, flag)[1].out
    assert text.count("ststnet, sssnet: no steps, so none can be chosen on anybody.") == 1
    assert text.count("ststnet, sssnet: draws nothing at random") == 1
    assert f"Set for every run: {flag}. But {flag} not for ststnet, sssnet, which have no" in text
    assert "is no result" not in text


def test_an_apex_is_not_set_where_nothing_that_is_read_depends_on_it(trained, call):
    flags = "--networks=ststnet,mol,lbp_top,cnn_lstm", "--config.data.apex_source=middle"
    flags = (*flags, "--config.data.dir=data/generated_composite")
    ststnet, *others = call(*flags, "--dry_run")[1].out.splitlines()[1:]
    assert flags[1] in ststnet and not any(flags[1] in line for line in others)
    text = call(*flags)[1].out
    assert f" But {flags[1]} not for mol, lbp_top, cnn_lstm, which read nothing that" in text


def test_weights_to_start_from_are_not_set_where_there_are_no_steps(call):
    flags = "--networks=ststnet,lbp_top", "--config.init.weights=w.safetensors", "--dry_run"
    ststnet, lbp_top = call(*flags, "--config.data.dir=data/generated_composite")[
        1
    ].out.splitlines()[1:]
    assert flags[1] in ststnet and flags[1] not in lbp_top


def test_small_gives_each_network_its_own_small_sizes(call):
    _, printed = call("--networks=mol,frl_dgt,ststnet", "--size=small", "--dry_run")
    mol, frl_dgt, ststnet = printed.out.splitlines()[1:]
    assert "/mol " in mol and "model.width=32" in mol and "model.width" not in frl_dgt + ststnet
    assert all("zoo/data" in line and "train.steps=60" in line for line in (mol, frl_dgt, ststnet))


def test_a_folder_of_other_seeds_is_not_taken_for_these(trained, call):
    call("--networks=ststnet")
    code, printed = call("--networks=ststnet", "--seeds=0,1")
    assert code == 2 and "holds a run with seeds = [0], not [0, 1]" in printed.err


BAD = [
    (("--networks=",), "--networks is '': give names"),
    (("--networks=ststnet,,mol",), "--networks is 'ststnet,,mol'"),
    (("--networks=mol,mol",), "--networks names mol 2 times"),
    (("--networks=ststnett",), "did you mean 'ststnet'?"),
    (("--views=casme2",), "--views names 'casme2', expected DATASET/VIEW"),
    (("--views=/5class",), "--views names '/5class'"),
    (("--views=casme2/6class", TWO), "no view of casme2 named '6class'"),
    (("--views=casme22/5class", TWO), "there is no dataset named 'casme22'"),
    (("--seeds=-1",), "--seeds names '-1', expected whole numbers"),
    (("--seeds=a",), "--seeds names 'a'"),
    (("--seeds=0,0",), "--seeds names 0 2 times"),
    (("--size=tiny",), "should be one of <full|small>"),
    (("--dry_run", "--print_only"), "leave one out"),
    (("--config=configs/casme2.py",), "--config is none of this command's"),
    ((TWO, "--config.seeds=(1,)"), "--config.seeds is set by this command"),
    ((TWO, "--config.data.view=5class"), "--config.data.view is set by this command"),
    ((TWO, "--config.train.steps=100"), "--config.train.steps cannot be set for all rows"),
    ((TWO, "--config.train.stepz=100"), "did you mean 'train.steps'"),
    ((TWO, "--config.predict.batch_size=0"), "predict.batch_size is 0"),
    ((TWO, "--views=synthetic/3class_naive", "--size=small"), "not of synthetic; leave"),
    (("--networks=mol,ststnet",), "read data/tfds (mol), data/generated_composite (ststnet); name"),
    ((TWO, "--size=small", "--config.data.dir=a"), "--size=small draws its own clips"),
    (("--workdir=",), "no --workdir=DIR was given"),
    (("more",), "unexpected argument 'more'"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD)
def test_bad_input_is_one_sentence(call, trained, arguments, said):
    code, printed = call(*arguments)
    assert (code, trained, printed.out) == (2, [], "")
    assert printed.err.startswith("error: ") and said in printed.err
    assert printed.err.count("\n") == 1


def test_help(capsys):
    assert zoo.main(["zoo", "--help"]) == 0
    assert "--networks" in capsys.readouterr().out
