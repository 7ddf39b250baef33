"""The report in a real browser, at the width of a desk and of a phone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.reports.data_quality import write_data_quality
from pipelines.reports.page import write_report
from tests.pipelines.reports.small_report import evidence, scorecard, section
from tests.pipelines.reports.test_data_quality import findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium here: apt-get install chromium chromium-driver")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lead = section(scorecard=scorecard(entity="lead"), version="7", champion=None, decision=None)
    return write_report([section(), lead], tmp_path_factory.mktemp("report") / "report.html")


def opened(browser: Any, report: Path, width: int, height: int) -> set[str]:
    """Open the report at a width and give every address that the browser asked for."""
    phone = width < 500
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone},
    )
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(report.as_uri())
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}


#: What sticks out of the page to the right, unless it stands in a box that scrolls; and words that lie on words.
STICKING_OUT = """
const wide = document.documentElement.clientWidth, found = [];
for (const e of document.querySelectorAll('body *')) {
  const box = e.getBoundingClientRect();
  if (box.width && box.right > wide + 0.5 && !e.closest('.scroll'))
    found.push(`${e.tagName} ${e.textContent.slice(0, 30)}`);
}
return found;
"""
ON_EACH_OTHER = """
const found = [];
for (const plot of document.querySelectorAll('svg.plot')) {
  const all = [...plot.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
  const words = all.filter(([said, box]) => box.width);
  words.forEach(([a, p], i) => words.slice(i + 1).forEach(([b, q]) => {
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const tall = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 1 && tall > 3) found.push(`${plot.getAttribute('aria-label')}: ${a} on ${b}`);
  }));
}
return found;
"""


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_page_is_quiet_fits_and_says_what_the_evidence_says(
    browser: Any, report: Path, width: int, height: int
) -> None:
    assert report.stat().st_size < 1_000_000
    asked = opened(browser, report, width, height)
    assert {address for address in asked if not address.startswith("data:")} == {report.as_uri()}
    assert browser.get_log("browser") == []
    assert browser.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth") == 0
    assert browser.execute_script(STICKING_OUT) == []
    assert browser.execute_script(ON_EACH_OTHER) == []

    found = evidence().comparison
    headline = browser.execute_script("return document.querySelector('#account h1').innerText")
    for name in ("closedwon", "mql"):
        money = (found.rankings[name].measures["revenue_captured"].value or 0.0) * found.revenue / 2
        said = browser.execute_script(
            "return document.querySelector(arguments[0]).innerText", f'[data-figure="account.{name}.brought"]'
        )
        assert said in headline
        assert float(said.replace(",", "")) == pytest.approx(money, rel=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_page_on_data_quality_is_quiet_fits_and_is_light_or_dark(
    browser: Any, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    page = write_data_quality(findings(), tmp_path / "quality.html")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    asked = opened(browser, page, width, height)
    assert {address for address in asked if not address.startswith("data:")} == {page.as_uri()}
    assert browser.get_log("browser") == []
    assert browser.execute_script("const e = document.documentElement; return e.scrollWidth - e.clientWidth") == 0
    assert browser.execute_script(STICKING_OUT) == []
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 31)"}[scheme]
