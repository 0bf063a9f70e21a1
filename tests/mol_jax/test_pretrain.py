"""The command line of pre-training: bad input gets one sentence and exit code 2, before JAX."""

import pytest

from mol_jax import main, pretrain
from mol_jax.study import command

START = "--config=configs/pretrain/generated.py"
BAD = [
    ([], "no --config=FILE was given; start with --config=configs/pretrain/generated.py"),
    ([START, "--config.data.crop=1024"], "data.crop is 1024, of aligned images of 1152 px"),
    ([START, "--config.pretrain.clips=9999999"], "it must be a whole number from 1 to 1000000"),
    ([START, "--config.data.allow_count_mismatch=True"], "data.allow_count_mismatch is True, but"),
    ([START, "--config.init.weights=runs/a"], "but pre-training starts from nothing"),
    (["--config=configs/casme2.py"], "this config has no config.pretrain"),
    ([START, "--config.pretrain.identites=9"], "did you mean 'pretrain.identities'"),
    ([START, "--config.pretrain.x=9"], "those of pretrain in configs/pretrain/generated.py."),
    ([START, "--config.pretrain.identities=0"], "pretrain.identities is 0; it must be a whole"),
    ([START, "--config.pretrain.flow=farneback"], "it must be one of exact, tvl1, dis"),
    ([START, "--config.pretrain.variety=3"], "pretrain.variety is 3.0; it must be a number from 0"),
    ([START, "--config.pretrain.every=70"], "which is no multiple of train.log_every (50)"),
    ([START, "--config.train.steps=400"], "pretrain.every is 500, but there are only 400 steps"),
    ([START, "--config.protocol.name=kfold"], "protocol.name is 'kfold', but pre-training has one"),
    ([START, "--config.train.sampler=balanced"], "train.sampler is 'balanced', but pre-training"),
    ([START, "--config.seeds=(0, 1)"], "seeds are 0, 1, but a pre-training is one"),
    ([START, "--config.data.view=4class"], "generated faces have the classes of 3class or 5class"),
    ([START, "--config.data.flow=dis"], "data.flow is 'dis', but faces are drawn in place"),
    ([START, "--config.data.generate.subjects=9"], "data.generate.subjects is 9, but pre-train"),
    ([START, "--config.model.network=flow_svm"], "which is fitted at once to a fold"),
    ([START, "--config.data.name=smic"], "pretrain.easiest is 0.1, but the clips of smic are"),
    (
        [START, "--config.pretrain.measure=uf1", "--config.tasks.mer=False"],
        "pretrain.measure is uf1, a score of classes, but tasks.mer is off",
    ),
    ([START, "--mode=eval"], "Unknown command line flag 'mode'"),
    ([START, "--workdir=gs://bucket/run"], "a run lies in a folder of this machine"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_gets_one_sentence(arguments, words, capsys):
    assert pretrain.main(["pretrain", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1 and said.startswith("error: ")


def test_the_config_is_right_as_it_stands_and_at_full_size():
    for name in ("generated", "generated_full", "affwild2"):
        file = f"--config=configs/pretrain/{name}.py"
        call = command.parse(["pretrain", file], pretrain.PROGRAM)
        assert call.config.data.name == name.partition("_")[0] and call.config.is_locked


def test_help_has_no_mode(capsys):
    assert pretrain.main(["pretrain", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--workdir" in said and "--[no]mode" not in said and "--mode" not in said


def test_a_study_refuses_the_config_with_the_command_that_takes_it(capsys):
    assert main.main(["main", START]) == 2
    assert "start python -m mol_jax.pretrain with this config" in capsys.readouterr().err
