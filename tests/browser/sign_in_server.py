"""A real OpenID Connect provider for the tests of signing in: npm's certified `oidc-provider`, on this machine.

`python -m tests.browser.sign_in_server` installs it from its lock file beside its script; it needs Node and npm.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "identity"
CLIENT = "dashboard"
SECRET = "only-for-tests-on-this-machine"
START_SECONDS = 30
INSTALL_SECONDS = 120


def missing() -> str | None:
    """What keeps the provider from starting, in words; None where it can start."""
    if shutil.which("node") is None:
        return "Node is not installed: the tests of signing in need it (Debian: apt-get install nodejs npm)."
    if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return "The sign-in provider is not installed: run `make setup-dev`."
    return None


def install() -> None:
    """Install the provider as its lock file says, where it is not there yet; says so where that cannot be."""
    npm = shutil.which("npm")
    if npm is None:
        print("Node and npm are missing: the tests of signing in will be skipped.", flush=True)
        return
    if missing() is None:
        return
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=FOLDER, stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        print("The sign-in provider could not be installed: its tests will be skipped.", flush=True)


@contextmanager
def provider(
    port: int, redirect_uri: str, accounts: Mapping[str, Mapping[str, Any]], log: Path
) -> Iterator[str]:
    """The provider's address while it runs. ``accounts``: login name → claims."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", "provider.mjs", str(port), redirect_uri, json.dumps(accounts)],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{port}/.well-known/openid-configuration", timeout=2
            ).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the sign-in provider did not start:\n{log.read_text(errors='replace')}")


if __name__ == "__main__":
    install()
