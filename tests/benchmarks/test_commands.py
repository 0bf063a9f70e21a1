"""Benchmarks that run commands of this project: a slip in their arguments is one sentence."""

import pytest

from benchmarks import cores, features, first_command, malloc, spotters


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runs", "warm"], "--runs begins with warm, which needs a run before"),
        (["--runs", "hot"], "invalid choice: 'hot'"),
        (["--runs"], "expected at least one argument"),
        (["--config.train.steps=1"], "unrecognized arguments"),
        (["--runs", "cold", "--", "--config.train.step=1"], "the command ended with exit code 2"),
    ],
)
def test_a_slip_in_the_first_commands_arguments_is_one_sentence(arguments, said, capfd):
    assert first_command.main(arguments) == 2
    assert said in capfd.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rounds=0"], "expected a whole number above 0"),
        (["--rounds=few"], "expected a whole number above 0"),
        (["--models", "large"], "invalid choice: 'large'"),
        (["--cached=yes"], "--cached takes no value"),
    ],
)
def test_a_slip_in_the_arguments_of_malloc_is_one_sentence(arguments, said, capsys):
    assert malloc.main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_slip_in_the_arguments_of_features_is_one_sentence(capsys):
    assert features.main(["--clips", "0"]) == 2
    error = capsys.readouterr().err
    assert "expected a whole number above 0, not '0'" in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--clips=0", "expected a whole number from 1 to 500, got '0'"),
        ("--frames=4", "expected a whole number from 5"),
        ("--size=70", "expected a multiple of 6 from 36"),
        ("--clip=3", "unrecognized arguments"),
    ],
)
def test_a_slip_in_the_arguments_of_spotters_is_one_sentence(argument, said, capsys):
    assert spotters.main([argument]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_cores_that_share_one_are_worth_one():
    assert cores.worth([200.0, 200.0], [100.0, 100.0]) == 1
    assert cores.worth([200.0, 100.0], [150.0, 150.0]) == 2
