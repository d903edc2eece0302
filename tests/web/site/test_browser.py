"""The pages in a real browser: light, dark and phone, without JavaScript, from `file://`.

Screenshots go to `test-artefacts/site/` (not committed): look at them after a change of style.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from shapely import MultiPolygon

from catalog.cli.context import CommandContext
from catalog.cli.importing import import_fronts
from tests.conftest import REPOSITORY
from tests.factories import AMERY_LINE, make_front
from tests.web.site.samples import calving, shelf_content, site_content, write_release
from web.cli.site import build_from_catalogue
from web.site.build import build_site

pytestmark = pytest.mark.browser

SCREENSHOTS = REPOSITORY / "test-artefacts" / "site"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PAGES = {
    "home": "index.html",
    "shelf": "shelves/Amery/index.html",
    "imported": "shelves/Ross/index.html",
    "simulated": "shelves/Bach/index.html",
    "release": "releases/2026.11/index.html",
    "latest": "releases/latest/index.html",
    "releases": "releases/index.html",
}
MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "light",
        "device_scale_factor": 2,
    },
}


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium_path), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    content = site_content(folder / "releases")
    entry = write_release(folder / "releases", has_simulated=True)
    simulated = shelf_content("Bach", [make_front(unit="Bach", shelf="Bach")])
    lost = MultiPolygon([AMERY_LINE.buffer(1_500.0)])
    calved = replace(content.shelves[0], events=(calving(polygon=lost, area_km2=124.0),))
    shelves = (calved, simulated, content.shelves[2])
    build_site(replace(content, shelves=shelves, releases=(entry,)), folder / "site")
    return folder / "site"


def opened(browser: Browser, address: str, **mode: Any) -> Page:
    page = browser.new_context(**mode).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_complete_without_javascript(
    browser: Browser, site: Path, name: str, mode: str
) -> None:
    context = browser.new_context(java_script_enabled=False, **MODES[mode])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith("file:") else None)
    page.goto((site / PAGES[name]).as_uri())
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}-{mode}.png"), full_page=True)
    assert page.locator("h1").is_visible()
    assert page.locator("footer").is_visible()
    assert faults == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(browser: Browser, site: Path, name: str) -> None:
    page = opened(browser, (site / PAGES[name]).as_uri())
    for width in (360, 390, 768, 1360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize(("mode", "shown"), [("light", "wide"), ("phone", "narrow")])
def test_each_screen_gets_the_chart_that_it_can_read(
    browser: Browser, site: Path, mode: str, shown: str
) -> None:
    page = opened(browser, (site / PAGES["shelf"]).as_uri(), **MODES[mode])
    visible = [
        name for name in ("wide", "narrow") if page.locator(f"svg.chart.{name}").is_visible()
    ]
    assert visible == [shown]
    tick = page.locator(f"svg.chart.{shown} text.tick").first.bounding_box()
    assert tick is not None
    assert tick["height"] >= 11  # pixels on the screen: small, but letters
    page.context.close()


@pytest.mark.parametrize("mode", ["light", "phone"])
def test_the_names_on_the_map_can_be_read(browser: Browser, site: Path, mode: str) -> None:
    page = opened(browser, (site / PAGES["home"]).as_uri(), **MODES[mode])
    heights = [
        box["height"]
        for name in page.locator("svg.polar text.shelf-name").all()
        if name.is_visible() and (box := name.bounding_box())
    ]
    assert len(heights) == 3
    assert min(heights) >= 11
    page.context.close()


def test_dark_mode_turns_the_page_and_the_map_dark(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / PAGES["home"]).as_uri(), **MODES["dark"])
    colours = page.evaluate(
        "['body', 'svg.polar .sea'].map(s => { const c = getComputedStyle("
        "document.querySelector(s)); return s === 'body' ? c.backgroundColor : c.fill })"
    )
    assert colours == ["rgb(11, 21, 29)", "rgb(13, 27, 38)"]
    page.context.close()


def test_the_fonts_come_with_the_site(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / PAGES["shelf"]).as_uri(), **MODES["light"])
    loaded = page.evaluate(
        "document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded')"
        ".map(x => (x.family + ' ' + x.weight).replaceAll('\\u0022', '')).sort())"
    )
    assert loaded == ["Plex Mono 400", "Plex Sans 400", "Plex Sans 600"]
    page.context.close()


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site below a path of a plain file server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Quiet, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}"
        server.shutdown()
        thread.join()


def test_a_reader_with_a_keyboard_gets_from_home_to_a_download(
    browser: Browser, address: str
) -> None:
    page = opened(browser, f"{address}/", **MODES["light"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Download and cite":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/releases/2026.11/index.html")
    link = page.locator("#files a[download]").first
    link.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "icelines-fronts.gpkg"
    page.context.close()


def test_paper_shows_the_values_and_no_navigation(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / PAGES["shelf"]).as_uri(), **MODES["light"])
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.locator("#area table").is_visible()
    page.screenshot(path=str(SCREENSHOTS / "shelf-print.png"), full_page=True)
    page.context.close()


def test_an_event_leads_to_its_fronts_and_back_to_the_map(browser: Browser, site: Path) -> None:
    page = opened(browser, (site / PAGES["shelf"]).as_uri(), **MODES["phone"])
    page.locator("#calving a", has_text="May").click()
    row = page.locator(":target")
    assert row.evaluate("element => element.tagName") == "TR"
    assert row.is_visible()
    page.locator("#map figcaption a").click()
    assert page.locator(":target").get_attribute("id") == "calving"
    page.context.close()


@pytest.mark.long
def test_the_real_fronts_of_27_shelves_make_pages_to_look_at(
    browser: Browser, shared_data: Path, tmp_path: Path
) -> None:
    context = CommandContext(tmp_path)
    fronts = str(shared_data / "fronts" / "greene2022_fronts_epsg3031.gpkg")
    import_fronts.main([fronts, "--source", "greene2022"], standalone_mode=False, obj=context)
    report = build_from_catalogue(context)
    assert report.failures == ()
    for mode, options in MODES.items():
        for name in ("index.html", "shelves/LarsenC/index.html", "shelves/Ross/index.html"):
            page = opened(browser, (report.folder / name).as_uri(), **options)
            width = options["viewport"]["width"]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            label = name.removesuffix("/index.html").replace("/", "-").removesuffix(".html")
            page.screenshot(path=str(SCREENSHOTS / f"real-{label}-{mode}.png"), full_page=True)
            page.context.close()
    home = opened(browser, (report.folder / "index.html").as_uri(), **MODES["light"])
    assert home.locator("table.shelves tbody tr").count() == 26  # Ross comes in two halves
    home.context.close()
