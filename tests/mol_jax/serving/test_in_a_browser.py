"""The page in Debian's chromium without a network: a clip goes in, intervals and files come out.

Skipped where Gradio, Playwright or the browser are not installed.
"""

import dataclasses
import http.client
from pathlib import Path

import pytest

from mol_jax.predicting.shown import film
from mol_jax.serving.server import HOST, Serving, listening
from tests.mol_jax.predicting import results
from tests.mol_jax.serving.browsing import CHROMIUM, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
]
for needed in ("gradio", "playwright"):
    pytest.importorskip(needed)
MS = 120_000  # of patience


def predict(frames, faces):
    """Answers as a run would of the drawn recording."""
    result, _ = results.made(frames.recording.size)
    source = frames.recording.source
    recording = dataclasses.replace(result.recording, source=source, notes=(f"faces: {faces}",))
    return dataclasses.replace(result, recording=recording), {"all": 1.0}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    result, frames = results.made()
    times = result.recording.times
    path = tmp_path_factory.mktemp("clips") / "mine.mp4"
    film.write(path, map(frames.picture, range(len(times))), times)
    return path


@pytest.fixture(scope="module")
def serving():
    with Serving(results.ABOUT, predict, listening(None)) as one:
        yield one
    assert not one._folder.exists(), "nothing is left behind"


def ask(serving, host):
    connection = http.client.HTTPConnection(HOST, int(serving.url.rpartition(":")[2]))
    connection.request("GET", "/", headers={"Host": host})
    return connection.getresponse()


def test_other_sites_get_nothing(serving):
    assert ask(serving, f"{HOST}:1").getheader("content-security-policy").startswith("default-src")
    assert ask(serving, "evil.example").status == 400


def uploads(serving) -> list[Path]:
    return list(serving._folder.rglob("mine*")) + list(serving._folder.rglob("bad*"))


def test_a_clip_is_predicted_its_files_can_be_had_and_it_is_deleted(serving, clip, tmp_path):
    with browser(serving.url) as (page, strangers):
        page.wait_for_selector("#start", timeout=MS)
        assert "GENERATED FACES ONLY" in page.inner_text("h1")
        page.set_input_files("#recording input[type=file]", clip)
        page.wait_for_selector("#recording video", timeout=MS)
        assert uploads(serving)
        page.click("text=each")
        page.click("#start")
        page.wait_for_selector("#said >> text=surprise 80 %", timeout=MS)
        assert "faces: all" in page.inner_text("#said")
        page.wait_for_selector("#timeline img", timeout=MS)
        page.wait_for_function(
            "document.querySelector('#video video')?.videoWidth === 560", timeout=MS
        )
        with page.expect_download() as download:
            page.click("#files a[download='predictions.csv']")
        table = Path(download.value.path()).read_text()
        page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert table.startswith("kind,face,start") and "interval,0,0.200" in table
    assert uploads(serving) == [] and strangers == []


def test_a_bad_file_and_no_file_are_refused_in_the_page(serving, tmp_path):
    (tmp_path / "bad.mp4").write_text("no video at all\n" * 40)
    with browser(serving.url) as (page, _):
        page.wait_for_selector("#start", timeout=MS)
        page.click("#start")
        page.wait_for_selector("#said >> text=there is no recording yet", timeout=MS)
        page.set_input_files("#recording input[type=file]", tmp_path / "bad.mp4")
        page.wait_for_selector("#recording video", timeout=MS)
        page.click("#start")
        page.wait_for_selector("#said >> text=bad.mp4", timeout=MS)
        assert "Not predicted" in page.inner_text("#said")
    assert uploads(serving) == []


def test_the_drawn_recording_is_tried_by_a_click(serving):
    with browser(serving.url) as (page, _):
        page.click("#trial", timeout=MS)
        page.wait_for_selector("#said >> text=1 interval spotted", timeout=MS)
        page.wait_for_selector("#video video", timeout=MS)
