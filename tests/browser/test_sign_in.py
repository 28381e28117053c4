"""Signing in against a real provider: who may send files, and who may not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.browser import sign_in_server
from tests.browser.conftest import CONTEXT, settle
from tests.conftest import ONE_ROW, reference_only
from tests.serving import ROOT, Server, free_port, start_server

ACCOUNTS = {
    "officer": {"email": "officer@example.org", "email_verified": True},
    "viewer": {"email": "viewer@example.org", "email_verified": True},
    "unverified": {"email": "steward@example.org", "email_verified": False},
}
ROLES = {"officer@example.org": "officer", "viewer@example.org": "viewer", "steward@example.org": "steward"}
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a-long-secret-that-only-this-test-knows"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, warehouse_empty: Path) -> Iterator[Server]:
    """A server of its own with sign-in, over a data folder that the test may change."""
    why = sign_in_server.missing()
    if why:
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("signed")
    data = reference_only(folder / "data")
    shutil.copytree(warehouse_empty, data / "warehouse")
    port = free_port()
    secrets, access = folder / ".streamlit" / "secrets.toml", folder / "access.yml"
    secrets.parent.mkdir()
    address = f"http://127.0.0.1:{port}"
    secrets.write_text(
        SECRETS.format(client=sign_in_server.CLIENT, secret=sign_in_server.SECRET, provider=address),
        encoding="utf-8",
    )
    people = [{"email": email, "role": role} for email, role in ROLES.items()]
    access.write_text(yaml.safe_dump({"people": people}), encoding="utf-8")
    server = start_server(
        ROOT,
        folder / "server.txt",
        WAREHOUSE_DIR=str(data / "warehouse"),
        DATA_DIR=str(data),
        ACCESS_FILE=str(access),
        HOME=str(folder),  # Streamlit looks for secrets there too
        INTAKE_LOCAL="steward",
    )
    try:
        with sign_in_server.provider(port, f"{server.url}/oauth2callback", ACCOUNTS, folder / "provider.txt"):
            yield server
    finally:
        server.stop()


@pytest.fixture
def visitor(browser: Browser, signed: Server) -> Iterator[Callable[[], Page]]:
    """`visitor()` opens the submit page for somebody who has not signed in."""
    contexts = []

    def open_it() -> Page:
        contexts.append(browser.new_context(**CONTEXT))
        page = contexts[-1].new_page()
        page.goto(f"{signed.url}/nop-so-lieu")
        settle(page)
        return page

    yield open_it
    for context in contexts:
        context.close()


def sign_in(page: Page, login: str) -> None:
    """Through the provider's own pages, back to the dashboard and on to the submit page."""
    page.get_by_role("button", name="Đăng nhập").click()
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(str(ACCOUNTS[login]["email"]))).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Về số liệu").click()
    page.get_by_role("link", name="Nộp số liệu").click()
    expect(page.get_by_role("heading", name="Nộp số liệu")).to_be_visible()
    settle(page)


def assert_read_only(page: Page, why: str) -> None:
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(page.get_by_text("Lịch sử", exact=True)).to_have_count(0)


def test_signed_out_only_looks_and_an_officer_publishes(visitor: Callable[[], Page], tmp_path: Path) -> None:
    page = visitor()
    assert_read_only(page, "Bạn chưa đăng nhập")

    sign_in(page, "officer")
    report = tmp_path / "ba-dinh.csv"
    report.write_text(ONE_ROW, encoding="utf-8")
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(report)
    page.get_by_role("button", name="Kiểm tra 1 tệp").click()
    page.get_by_role("button", name="Công bố tất cả (1 tệp)").click(timeout=60_000)
    expect(page.get_by_text("Biên nhận: R")).to_be_visible(timeout=60_000)
    settle(page)
    page.get_by_text("Lịch sử", exact=True).click()
    expect(page.get_by_text("Những gì bạn đã gửi")).to_be_visible()
    expect(page.get_by_role("button", name="Hoàn tác…")).to_have_count(0)  # a steward's


def test_a_viewer_and_an_unverified_address_only_look(visitor: Callable[[], Page]) -> None:
    viewer = visitor()
    sign_in(viewer, "viewer")
    assert_read_only(viewer, "vai trò người xem")

    unverified = visitor()
    sign_in(unverified, "unverified")
    assert_read_only(unverified, "chưa xác minh địa chỉ thư này")
