"""One file of HTML: what is in it, and what is not."""

import re
import shutil
from html.parser import HTMLParser

import pytest

from mol_jax import report
from mol_jax.errors import UserError
from mol_jax.reporting import html_page
from mol_jax.reporting.page import write_report
from tests.mol_jax.fake_run import make_run


class Page(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """A run with its report."""
    folder = make_run(tmp_path_factory.mktemp("reported") / "run")
    write_report(folder)
    return folder


@pytest.fixture
def folder(reported, tmp_path):
    """A copy of it for each test."""
    return shutil.copytree(reported, tmp_path / "run")


def test_it_needs_no_other_file(folder, tmp_path):
    text = shutil.copy(folder / "report.html", tmp_path / "alone.html").read_text()
    page = Page(text)
    inside = ("#", "data:image/png;base64,")
    assert page.links and all(link.startswith(inside) for link in page.links)
    assert text.count("data:image/png") == len(list((folder / "figures").glob("*.png")))
    assert not {"script", "link", "iframe", "object"} & set(page.tags)


def test_it_says_what_the_report_says(folder):
    markdown, text = ((folder / f"report.{form}").read_text() for form in ("md", "html"))
    for heading in re.findall(r"^## (.*)$", markdown, re.M):
        assert re.search(rf'<h2 id="s\d+">{re.escape(heading)}</h2>', text)
    assert text.count("<details>") == text.count("</details>") == markdown.count("<details>") > 0
    assert "&lt;details" not in text and "<summary>Every setting" in text
    assert len(Page(text).tags) > 50 and "<table>" in text


def test_names_are_text_and_never_tags(tmp_path):
    hostile = "# a run\n\n## Subjects\n\n| who |\n| --- |\n| <script>alert(1)</script> |\n\n"
    hostile += "<img src=x onerror=alert(1)> and [here](javascript:alert(1))\n"
    page = Page(html_page.page(hostile, tmp_path))
    assert not {"script", "img"} & set(page.tags)
    assert not any("javascript" in link for link in page.links)


def test_faces_come_with_a_warning_where_they_are_peoples(tmp_path):
    faces = "<h2>Faces</h2><figure></figure>"
    shown = html_page.page("# a\n\n## b\n", tmp_path, faces=faces)
    assert "This page shows people" in shown and shown.index("This page") < shown.index("<h1>")
    drawn = html_page.page("# a\n", tmp_path, faces=faces, people=False)
    assert "This page shows people" not in drawn and "<figure>" in drawn
    assert "This page shows people" not in html_page.page("# a\n", tmp_path)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "required: workdir"),
        (["absent"], "absent"),
        (["RUN", "--subjects=sub01"], "give --faces too"),
        (["RUN", "--faces", "--subjects=nobody"], "whom this run has not tested; it has sub0"),
        (["RUN", "--faces"], "--faces needs --subjects"),
        (["RUN", "--faces", "--subjects=sub01", "--data_dir=nowhere"], "is not built in nowhere"),
        (["RUN", "--out=RUN"], "RUN"),
        (["RUN", "--out=RUN/report.md/page.html"], "report.md"),
        (["RUN", "--out=RUN/predictions.csv"], "there already and no page: name another file"),
        (["RUN", "--page"], "unrecognized arguments"),
    ],
)
def test_bad_input_is_one_sentence(folder, capsys, words, says):
    words = [word.replace("RUN", str(folder)) for word in words]
    assert report.main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1
    assert says.replace("RUN", str(folder)) in err


def test_a_damaged_run_is_one_sentence(folder, capsys):
    (folder / "metrics.json").write_text("{")
    assert report.main([str(folder)]) == 2
    assert "metrics.json is not JSON" in capsys.readouterr().err


def test_a_report_that_is_missing_is_named(tmp_path):
    with pytest.raises(UserError, match=r"report\.md"):
        html_page.write_page(tmp_path)


def test_a_page_elsewhere_leaves_the_workdir_as_it_is(folder, tmp_path, capsys):
    for name in ("report.md", "report.html"):
        (folder / name).unlink()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert report.main([str(folder), f"--out={tmp_path / 'page.html'}"]) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    text = (tmp_path / "page.html").read_text()
    assert text.count("data:image/png") == len(list((folder / "figures").glob("*.png"))) > 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "page.html")
    assert report.main([str(folder), f"--out={tmp_path}"]) == 2
    assert "a folder: name the page in it" in capsys.readouterr().err
    assert report.main([str(folder)]) == 0
    assert (folder / "report.html").read_text() == text
