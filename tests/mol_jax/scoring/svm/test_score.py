"""The score command and flow_svm.csv: found, named, unknown, of other clips; in all formats."""

import csv
import io
import json

import pytest

from mol_jax.score import main

HEADER = "dataset,subject,clip,fold,trial,seed,true,pred\n"
CLIPS = [("s0", "a", "x"), ("s0", "b", "y"), ("s1", "a", "x"), ("s1", "b", "y")]


def text(says, *, trial=0, clips=CLIPS):
    """Returns the lines of a table, one clip per letter of `says`."""
    rows = zip(clips, says, strict=True)
    return "".join(f"d,{who},{clip},{who},{trial},0,{t},{p}\n" for (who, clip, t), p in rows)


@pytest.fixture
def run(tmp_path):
    """Returns a function that writes a folder with predictions and what stands beside them."""

    def make(name="run", *, ours="xxxx", svm="xyxx", trials=(), floor="flow_svm.csv"):
        folder = tmp_path / name
        folder.mkdir()
        more = "".join(text(says, trial=k + 1) for k, says in enumerate(trials))
        (folder / "predictions.csv").write_text(HEADER + text(ours) + more)
        if svm:
            (folder / floor).write_text(HEADER + text(svm))
        return folder

    return make


def answer(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_stands_beside_the_file_is_read(run, capsys):
    _, page, _ = answer(capsys, run() / "predictions.csv")
    assert "| Acc | 50.00 | [50.0, 50.0] | 75.00 [50.0, 100.0] | " in page
    assert (
        "A linear SVM on the clips' own flow reaches UF1 73.33 [33.3, 100.0]; this table " in page
    )
    assert "A network that does not beat a linear SVM" in page
    assert "same folds" in page and "is not known" not in page


def test_json_csv_and_latex_have_it_too(run, capsys):
    path = run() / "predictions.csv"
    found = json.loads(answer(capsys, path, "--format=json")[1])
    assert found["baselines"]["flow_svm"]["acc"] == 0.75
    assert found["floor"]["against"]["difference"] == pytest.approx(1 / 3 - 11 / 15)
    assert "reaches UF1 73.33" in found["floor_note"]
    lines = list(csv.reader(io.StringIO(answer(capsys, path, "--format=csv")[1])))
    values = {(line[2], line[3], line[6]): line[7] for line in lines[1:]}
    assert values["baseline", "flow_svm", "acc"] == "0.75"
    assert float(values["compare", "flow_svm", "uf1_difference"]) == pytest.approx(-0.4)
    latex = answer(capsys, path, "--format=latex")[1]
    assert r"flow + SVM & 4 & 75.00 & " in latex and "[50.0, 100.0]" in latex
    assert "% A linear SVM on the clips' own flow reaches UF1 73.33" in latex


def test_a_file_can_be_named(run, capsys, tmp_path):
    ours, other = run(svm=None), run("other", svm="yyyy", floor="theirs.csv")
    _, page, _ = answer(capsys, ours / "predictions.csv", f"--floor={other / 'theirs.csv'}")
    assert "| Acc | 50.00 | [50.0, 50.0] | 50.00 [50.0, 50.0] | " in page
    svm = run("third", svm="xyxy")
    _, page, _ = answer(capsys, svm / "predictions.csv", f"--floor={other / 'theirs.csv'}")
    assert (
        "| Acc | 50.00 | [50.0, 50.0] | 50.00 [50.0, 50.0] | " in page
    )  # the named one comes first


def test_without_one_every_format_says_so(run, capsys):
    path = run(svm=None) / "predictions.csv"
    words = "flow + SVM: not known, no flow_svm.csv beside it."
    for form in ("md", "json", "csv", "latex"):
        code, out, _ = answer(capsys, path, f"--format={form}")
        assert code == 0 and words in out.replace(r"\_", "_"), form
    assert "| Acc | 50.00 | [50.0, 50.0] | – | " in answer(capsys, path)[1]


def test_another_trial_has_its_own_difference(run, capsys):
    path = run(trials=("xyxy",)) / "predictions.csv"
    assert "trial 0 " in answer(capsys, path)[1].partition("reaches UF1")[2]
    page = answer(capsys, path, "--trial=1")[1]
    assert "; trial 1 cannot be told apart from it: UF1 differs by +26.67" in page
    assert "| flow + SVM | 75.00 [50.0, 100.0] |" in page  # among the trials


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        (text("xyx", clips=CLIPS[:3]), "flow_svm.csv holds other clips: 1 are lacking"),
        (text("xyxy", clips=[*CLIPS[:3], ("s1", "b", "x")]), "flow_svm.csv holds other labels"),
        ("d,s0,a\n", "line 2: got 3 cells, expected 8"),
        ("", "has a header but no prediction"),
        (text("xyxy") + text("xyxy", trial=1), "predicts 4 clips again"),
    ],
)
def test_a_file_that_does_not_fit_gives_a_reason_and_named_an_error(run, capsys, beside, words):
    folder = run(svm=None)
    (folder / "flow_svm.csv").write_text(HEADER + beside)
    code, page, _ = answer(capsys, folder / "predictions.csv")
    assert code == 0 and "| UF1 | 33.33 |" in page
    assert "flow + SVM: not known, " in page and words in page
    floor = f"--floor={folder / 'flow_svm.csv'}"
    code, page, error = answer(capsys, folder / "predictions.csv", floor)
    assert (code, page) == (2, "") and words in error and len(error.splitlines()) == 1


def test_bad_uses_of_floor_are_refused(run, capsys, tmp_path):
    path = run() / "predictions.csv"
    for arguments, words in (
        ((path, "--floor=nowhere.csv"), "nowhere.csv could not be read"),
        ((path, f"--floor={tmp_path}"), "which is no file: name the SVM's predictions"),
        ((path, "--floor="), "--floor is '', which is no file"),
        ((path, f"--floor={path}"), "the very predictions that are scored"),
        ((path, "--floor"), "expected one argument"),
        (("--tasks", "--floor=x"), "--tasks takes no --floor"),
        (("--feasible", "uf1=80,uar=70,counts=7/5/4", "--floor=x"), "takes no --floor"),
    ):
        code, _, error = answer(capsys, *arguments)
        assert code == 2 and words in error and len(error.splitlines()) == 1


def test_the_svms_own_file_is_no_floor_of_itself(run, capsys):
    page = answer(capsys, run() / "flow_svm.csv")[1]
    assert "| Acc | 75.00 |" in page
    assert "flow + SVM: not known, this is the SVM's own file." in page


def test_runs_side_by_side_have_a_line_for_each_svm(run, capsys):
    one, same = run("one"), run("same", ours="xyxy")
    other, unknown = run("other", svm="yyyy"), run("unknown", svm=None)
    files = [folder / "predictions.csv" for folder in (unknown, one, same, other)]
    page = answer(capsys, *files)[1]
    lines = [line.split(" | ")[3] for line in page.splitlines() if line.startswith("| flow + SVM")]
    assert lines == ["75.00 [50.0, 100.0]", "50.00 [50.0, 50.0]"]
    assert "unknown: flow + SVM: not known, no flow_svm.csv beside it." in page
    assert page.count("A network that does not beat a linear SVM on the same flow") == 3
    assert page.count("A linear SVM on the clips' own flow reaches UF1 73.33") == 2  # two runs


def test_a_floor_of_other_folds_is_refused_and_beside_it_is_a_reason(run, capsys):
    folder = run(svm=None)
    (folder / "flow_svm.csv").write_text(
        HEADER + text("xyxx").replace(",a,s", ",a,video_s")  # every video a fold of its own
    )
    path = folder / "predictions.csv"
    code, page, _ = answer(capsys, path)
    assert (
        code == 0 and "flow + SVM: not known, " in page and "is of other folds: clip b of" in page
    )
    code, page, error = answer(capsys, path, f"--floor={folder / 'flow_svm.csv'}")
    assert (code, page) == (2, "") and "flow_svm.csv is of other folds" in error


def test_a_table_of_subjects_and_clips_alone_has_the_floor_and_what_is_not_known(run, capsys):
    folder = run()
    bare = folder / "bare.csv"
    bare.write_text("subject,clip,true,pred\n" + "".join(f"{','.join(c)},x\n" for c in CLIPS))
    for form in ("md", "json", "csv", "latex"):
        code, out, _ = answer(capsys, bare, f"--format={form}", f"--floor={folder}/flow_svm.csv")
        assert code == 0 and ("75.00" in out or "0.75" in out), form
        assert "whether its folds are those of the table is not known, the table names none" in out


COMPOSITE = [("d", *clip) for clip in CLIPS] + [("e", *clip) for clip in CLIPS]


def composite(says):
    """Returns a table of two datasets, one clip per letter of `says`."""
    rows = zip(COMPOSITE, says, strict=True)
    lines = (f"{of},{who},{clip},{of}/{who},0,0,{t},{p}\n" for (of, who, clip, t), p in rows)
    return HEADER + "".join(lines)


@pytest.fixture
def composites(tmp_path):
    """Returns two runs of the same two datasets; beside the second there is no SVM."""
    for name in ("known", "unknown"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "predictions.csv").write_text(composite("xxxxxyxy"))
    (tmp_path / "known" / "flow_svm.csv").write_text(composite("xyxyyyyy"))
    return [tmp_path / name / "predictions.csv" for name in ("known", "unknown")]


def test_each_dataset_has_the_svm_beside_it_in_the_page_and_the_csv(composites, capsys):
    page = answer(capsys, composites[0])[1].split("## Per dataset")[1]
    lines = [line.split(" | ")[:5] for line in page.splitlines() if "flow + SVM" in line]
    assert [line[0] for line in lines] == ["| d, flow + SVM", "| e, flow + SVM"]
    assert [line[3].split()[0] for line in lines] == ["100.00", "50.00"]
    lines = list(csv.reader(io.StringIO(answer(capsys, composites[0], "--format=csv")[1])))
    values = {(line[2], line[3], line[6]): line for line in lines[1:]}
    assert values["dataset flow_svm", "d", "acc"][7:10] == ["1", "1", "1"]
    assert values["dataset flow_svm", "e", "acc"][7:10] == ["0.5", "0.5", "0.5"]
    assert values["dataset", "e", "acc"][7] == "1" and values["dataset", "d", "acc"][7] == "0.5"


@pytest.mark.parametrize("form", ["md", "latex"])
def test_runs_of_several_datasets_have_the_svm_in_each_and_the_warning(composites, capsys, form):
    page = answer(capsys, *composites, f"--format={form}")[1]
    sign, end = (" | ", " |") if form == "md" else (" & ", r" \\")
    svm = sign.join(("known, flow + SVM", "73.33", "75.00", "100.00", "100.00", "33.33", "50.00"))
    assert f"{svm}{end}" in page and "unknown, flow + SVM" not in page
    assert "A network that does not beat a linear SVM" in page
    said = page.replace(r"\_", "_")
    assert "unknown: flow + SVM: not known, no flow_svm.csv beside it." in said


def test_a_comment_of_latex_has_no_markdown(run, capsys):
    page = answer(capsys, run() / "predictions.csv", "--format=latex")[1]
    comments = [line for line in page.splitlines() if line.startswith("%")]
    assert any("A network that does not beat" in line for line in comments)
    assert not [line for line in comments if "**" in line]
