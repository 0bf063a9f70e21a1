"""The README is short, and what it and the pages name is there: links, files, commands, rooms."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
BESIDE = [page for name in ("data_builders", "benchmarks") for page in (ROOT / name).rglob("*.md")]
PAGES = [README, *DOCS, *sorted(BESIDE)]
FOLDERS = "mol_jax|data_builders|configs|launch|benchmarks|tests|docs"
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/(?:[\w./-]*\w\.(?:py|md|png|csv|bib)\b|(?:\w+/)*)")
COMMAND = re.compile(r"python -m\s+((?:mol_jax|data_builders|launch|benchmarks)(?:\.\w+)*)")
IMPORT = re.compile(r"^ *(?:from|import) ((?:mol_jax|data_builders)[\w.]*)", re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Returns what a link may have behind its #, of the headings, as GitHub makes it."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads(page: Path, link: str) -> bool:
    """Tells whether a relative link of a page leads to a file, and to a heading if it names one."""
    place, _, anchor = link.partition("#")
    target = page.parent / place if place else page
    return target.exists() and (not anchor or anchor in anchors(target))


def is_module(module: str, within: str = "__init__.py") -> bool:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / within).is_file()


def is_command(module: str) -> bool:
    return is_module(module, "__main__.py")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_file_command_and_module_of_a_page_is_there(page):
    links = [link for link in LINK.findall(FENCED.sub("", text(page))) if "://" not in link]
    assert [link for link in links if not leads(page, link)] == []
    assert [file for file in FILE.findall(text(page)) if not (ROOT / file).exists()] == []
    assert [module for module in COMMAND.findall(text(page)) if not is_command(module)] == []
    assert [module for module in IMPORT.findall(text(page)) if not is_module(module)] == []


def test_what_a_page_names_is_found():
    assert len(PAGES) > 15
    assert LINK.findall("[a](docs/a.md#b) and ![](c.png)") == ["docs/a.md#b", "c.png"]
    said = "`mol_jax/score.py`, `mol_jax/scoring/` and x/docs/no.md, `configs/a/b.py`."
    assert FILE.findall(said) == ["mol_jax/score.py", "mol_jax/scoring/", "configs/a/b.py"]
    assert COMMAND.findall("python -m\nmol_jax.paper.attainable") == ["mol_jax.paper.attainable"]
    assert IMPORT.findall("    from mol_jax.data import x") == ["mol_jax.data"]
    assert leads(README, "#limits") and not leads(README, "#no-such-heading")
    assert not leads(README, "docs/no_such_page.md")
    assert is_command("mol_jax.dense") and not is_command("mol_jax.scoring")
    assert is_module("mol_jax.scoring") and not is_module("mol_jax.no_such_room")


def test_the_readme_is_short_and_leads_to_every_page():
    assert text(README).count("\n") <= 200
    linked = {link.partition("#")[0] for link in LINK.findall(text(README))}
    assert {name(page) for page in DOCS} - linked == set()


def test_the_readme_has_the_test_command_that_ci_looks_for():
    assert len(re.findall(r"^pip install.* pytest$", text(README), re.MULTILINE)) == 1
    assert "^pip install.* pytest$" in text(ROOT / ".ci" / "run")


@pytest.mark.parametrize("package", ["mol_jax", "data_builders"])
def test_the_tree_names_every_room(package):
    named = text(ROOT / "docs" / "tree.md")
    rooms = sorted(path.parent.name for path in (ROOT / package).glob("*/__init__.py"))
    assert [room for room in rooms if f"`{package}/{room}/`" not in named] == []
    assert len(rooms) > 5
