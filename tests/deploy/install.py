"""nginx for the tests: find it, or install Debian's package. `python -m tests.deploy.install`"""

from __future__ import annotations

import os
import shutil
import sys

from tests.browser.install import PACKAGE_SECONDS, succeeds


def find() -> str | None:
    """The path of nginx, or None."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def from_debian() -> bool:
    if not shutil.which("apt-get"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print("No nginx for the tests found. Installing Debian's package nginx-light ...", flush=True)
    apt = [*as_root, "apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", "nginx-light"]
    return succeeds([*apt, "update"], seconds=PACKAGE_SECONDS) and succeeds(install, seconds=PACKAGE_SECONDS)


def main() -> int:
    if find() or (from_debian() and find()):
        return 0
    print(
        "Không tìm và không cài được nginx; các kiểm thử về nhiều máy chủ sẽ bị bỏ qua.\n"
        "No nginx was found and none could be installed; the tests of several servers are skipped.",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
