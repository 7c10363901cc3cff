"""The app served and a headless Chromium, once for each file of tests that asks for them."""

import pytest
from support.browser import CHROMIUM, FLAGS, new_page, served_app


@pytest.fixture(scope="module")
def address():
    yield from served_app()


@pytest.fixture(scope="module")
def playwright():
    with pytest.importorskip("playwright.sync_api").sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium):
    page = new_page(chromium)
    yield page
    page.context.close()
