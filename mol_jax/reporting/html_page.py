"""report.html: the report as one file, with its figures inside, to be sent or archived.

It is made from report.md, so that both say the same. Faces are in it only if they are asked for:
see `mol_jax.reporting.faces`.
"""

import base64
import html
import re
from pathlib import Path

from markdown_it import MarkdownIt

from mol_jax.files.whole import read_text, write_text
from mol_jax.text.tables import unescaped

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; background: #fff; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #ddd; text-align: left; }
img { max-width: 100%; height: auto; } pre { overflow-x: auto; background: #f5f5f5; padding: 1rem; }
blockquote { margin: 1rem 0; padding: 0.5rem 1rem; border-left: 4px solid #D55E00;
             background: #fdf3ec; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
code { overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; }
               pre { white-space: pre-wrap; overflow-wrap: anywhere; }
               .wide { overflow-x: visible; } table { font-size: 0.75rem; }
               th, td { padding: 0.2rem 0.4rem; overflow-wrap: break-word; }
               nav { display: none; } }
"""
FACES = (
    "<blockquote><p><strong>This page shows people.</strong> Do not publish it or pass it on "
    "unless the licence of the dataset and the people shown allow it.</p></blockquote>"
)
_IMAGE = re.compile(r'<img src="(figures/[^"]+\.png)"')
_SUMMARY = re.compile(r"<p>&lt;details&gt;&lt;summary&gt;([^<&]*)&lt;/summary&gt;</p>")
_HEADING = re.compile(r"<h2>(.*?)</h2>")


def page(markdown: str, folder: Path, *, faces: str = "", people: bool = True) -> str:
    """Returns a page of HTML that needs no other file.

    markdown: a report, in which HTML is text. folder: where its figures/*.png lie. faces: HTML to
    put at the end. people: whether those are people's, which the page then begins with.
    """
    # No HTML of its own: names of clips and subjects are anybody's.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = _IMAGE.sub(lambda found: _inline(folder / found[1]) or found[0], body)
    # The report's own folds, which are the only HTML in it.
    for tag in ("details", "/details"):
        body = body.replace(f"<p>&lt;{tag}&gt;</p>", f"<{tag}>")
    body = _SUMMARY.sub(r"<details><summary>\1</summary>", body)
    body = body.replace("<table>", '<div class="wide"><table>')
    body = body.replace("</table>", "</table></div>")
    body += faces
    titles = _HEADING.findall(body)
    for number, title in enumerate(titles):
        body = body.replace(f"<h2>{title}</h2>", f'<h2 id="s{number}">{title}</h2>', 1)
    links = "".join(f'<li><a href="#s{n}">{title}</a></li>' for n, title in enumerate(titles))
    head = html.escape(unescaped(markdown.partition("\n")[0].lstrip("# ")))
    warning = FACES if faces and people else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{head}</title>\n<style>{STYLE}</style></head>\n<body>\n"
        f"{warning}<nav><ul>{links}</ul></nav>\n{body}</body></html>\n"
    )


def write_page(workdir: Path, *, faces: str = "", people: bool = True) -> Path:
    """Writes the page of a workdir's report.md to report.html beside it.

    Raises UserError where there is no report, or the page cannot be written.
    """
    path = workdir / "report.html"
    write_text(path, page(read_text(workdir / "report.md"), workdir, faces=faces, people=people))
    return path


def _inline(image: Path) -> str:
    """Returns the start of an <img> that holds the image itself, "" where there is none."""
    if not image.is_file():
        return ""
    data = base64.b64encode(image.read_bytes()).decode()
    return f'<img src="data:image/png;base64,{data}"'
