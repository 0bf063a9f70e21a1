"""The score command: what it prints, what it refuses, and that it needs no JAX."""

import json
import os
import subprocess
import sys

import pytest

from mol_jax.score import main

FULL = "dataset,subject,clip,fold,trial,seed,true,pred\n"


@pytest.fixture
def table(tmp_path):
    """Returns a function that writes a table of four subjects and returns its path."""

    def write(name="p.csv", pred="xyyxyxyx", seeds=(0,), rename=lambda clip: clip):
        lines = [
            f"d,s{i // 2},{rename(f'c{i}')},s{i // 2},0,{seed},{'xy'[i % 2]},{letter}\n"
            for seed in seeds
            for i, letter in enumerate(pred)
        ]
        (tmp_path / name).write_text(FULL + "".join(lines))
        return str(tmp_path / name)

    return write


def test_importing_and_running_it_needs_no_jax_and_less_than_two_seconds(table):
    code = (
        "import sys; from mol_jax.score import main; code = main(sys.argv[1:]);"
        "heavy = {'jax', 'flax', 'matplotlib', 'pandas', 'scipy', 'cv2'} & set(sys.modules);"
        "assert not heavy, heavy; sys.exit(code)"
    )
    before = os.times().children_user  # processor time: a busy machine makes it no slower
    subprocess.run([sys.executable, "-c", code, table()], check=True, capture_output=True)
    assert os.times().children_user - before < 2


def test_markdown_shows_score_baselines_classes_and_counts(table, capsys):
    assert main([table()]) == 0
    text = capsys.readouterr().out
    assert "8 clips of 4 subjects, 2 classes, 4 folds, 1 seed." in text
    assert "| Acc | 25.00 | [0.0, 75.0] | 50.00 |" in text
    assert "| x | 4 | 25.00 | 25.00 | 25.00 |" in text
    assert "| x | 1 | 3 |" in text


def test_json_is_the_metrics_and_the_details(table, capsys):
    assert main([table(), "--format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pooled"]["acc"] == 0.25
    assert found["confusion"] == [[1, 3], [3, 1]]
    assert found["per_class"]["x"] == {"clips": 4, "precision": 0.25, "recall": 0.25, "f1": 0.25}


def test_latex_is_one_tabular(table, capsys):
    assert main([table(), "--format=latex"]) == 0
    text = capsys.readouterr().out
    assert text.count(r"\begin{tabular}") == 1
    assert "25.00 [0.0, 75.0]" in text


def test_seeds_are_shown_with_their_spread(table, capsys):
    assert main([table(seeds=(3, 4))]) == 0
    text = capsys.readouterr().out
    assert "Scores are means over the seeds." in text
    assert "| trial 0, mean ± sd | 25.00 ± 0.00 |" in text
    assert "| trial 0, seed 4 | 25.00 |" in text


def test_three_columns_are_enough(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("subject,true,pred\n1,happy,happy\n1,sad,happy\n2,sad,sad\n")
    assert main([str(path)]) == 0
    assert "3 clips of 2 subjects" in capsys.readouterr().out


def test_two_tables_are_compared_on_the_same_clips(table, capsys):
    ours, theirs = table(), table("theirs.csv", pred="xyxyxyxy")
    assert main([ours, "--compare", theirs, "--format=json"]) == 0
    test = json.loads(capsys.readouterr().out)["compare"]
    assert test["difference"] == pytest.approx(-0.75)
    assert 0 < test["p"] <= 1
    assert main([ours, "--compare", theirs]) == 0
    assert "UF1 differs by -75.00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rename": lambda clip: clip + "f"}, "holds other clips or labels (16 differ"),
        ({"pred": "xyxyxy"}, "holds other clips or labels (2 differ"),
        ({"seeds": (0, 1)}, "compare runs of as many seeds"),
    ],
)
def test_a_comparison_of_different_things_is_refused(table, capsys, change, says):
    assert main([table(), "--compare", table("theirs.csv", **change)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "could not be read (No such file or directory)"),
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff\x00", "is not a text file"),
        (b"subject,true,pred\n", "has a header but no prediction"),
        (b"subject,pred\n1,2\n", "no column true"),
    ],
)
def test_a_bad_file_is_one_sentence_and_exit_code_2(tmp_path, capsys, content, says):
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    assert main([str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {path}")
    assert says in err
    assert err.count("\n") == 1
