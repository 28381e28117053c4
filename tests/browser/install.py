"""The browser that the tests drive: find one, or install one. `python -m tests.browser.install`

Taken in this order: the program that CHROMIUM names, a Chromium or Chrome on the path, the one that Playwright
brought earlier, a new one from Playwright, and Debian's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

NAMES = (
    "chromium-headless-shell",  # the same engine without the windows around it: a page costs half the processor's time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
DOWNLOAD_SECONDS = 300
PACKAGE_SECONDS = 900


def find() -> str | None:
    """The path of a browser that starts, or None."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def starts(path: str) -> bool:
    """Some paths hold a stub that only asks for a package, or a browser without its libraries."""
    return succeeds([path, "--version", "--no-sandbox"], seconds=60, quiet=True)


def succeeds(command: list[str], *, seconds: int, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def from_playwright() -> bool:
    print("No browser for the tests found. Downloading Playwright's Chromium ...", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    return succeeds(command, seconds=DOWNLOAD_SECONDS, quiet=True) and find() is not None


def from_debian() -> bool:
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        as_root = []
    elif shutil.which("sudo") and succeeds(["sudo", "-n", "true"], seconds=30, quiet=True):
        as_root = ["sudo", "-n"]
    else:
        print("Debian's chromium package needs an administrator.", flush=True)
        return False
    print("That did not work. Installing Debian's package chromium-headless-shell ...", flush=True)
    apt = [*as_root, "apt-get", "-qq"]
    return (
        succeeds([*apt, "update"], seconds=PACKAGE_SECONDS)
        and succeeds(
            [*apt, "install", "-y", "--no-install-recommends", "chromium-headless-shell"],
            seconds=PACKAGE_SECONDS,
        )
        and find() is not None
    )


def main() -> int:
    if find() or from_playwright() or from_debian():
        return 0
    print(
        "Không tìm và không cài được trình duyệt cho kiểm thử. Hãy cài Chromium hoặc Chrome, "
        "hoặc đặt CHROMIUM=/đường/dẫn.\n"
        "No browser for the tests was found, and none could be installed. Install Chromium or Chrome, "
        "or set CHROMIUM=/path/to/it.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
