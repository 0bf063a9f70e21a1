"""A real browser without a way out: Debian's chromium, driven by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def browser(url: str) -> Iterator[tuple]:
    """Yields a page at `url` and the list of the addresses that it asked others for.

    What is asked of another machine is refused, as where there is no network.
    """
    from playwright.sync_api import sync_playwright

    strangers: list[str] = []

    def refuse(route):
        if route.request.url.startswith((url, "data:", "blob:")):
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1280, "height": 1500})
        page.route("**/*", refuse)
        page.goto(url, wait_until="load")
        yield page, strangers
        opened.close()
