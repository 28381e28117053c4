"""The spreadsheet program that the tests open files with: find one, or install one. `python -m tests.exports.office`

Taken in this order: the program that SOFFICE names, LibreOffice on the path, and Debian's packages.
Without any of them the tests that need it are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

NAMES = ("soffice", "libreoffice")
PACKAGES = ("libreoffice-calc", "libreoffice-impress")
PACKAGE_SECONDS = 180
CONVERT_SECONDS = 120


def find() -> str | None:
    """The path of a LibreOffice that starts and has its parts for spreadsheets and slides, or None."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[str]:
    if chosen := os.environ.get("SOFFICE"):
        yield chosen
    for name in NAMES:
        if path := shutil.which(name):
            yield path


def starts(path: str) -> bool:
    """A LibreOffice without these parts answers to `--version` too, so their libraries are looked for beside it."""
    program = Path(path).resolve().parent
    parts = all(any(program.glob(f"{library}.*")) for library in ("libsclo", "libsdlo"))
    return parts and succeeds([path, "--version"], seconds=60, quiet=True)


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


def converted(
    office: str, files: list[Path], to: str, folder: Path, read_as: str | None = None
) -> list[Path]:
    """Files opened by LibreOffice and saved again as ``to``, all in one start; ``read_as`` is its filter for reading.

    It gets a profile of its own, so that several tests can run at once and nobody's settings count. Raises
    CalledProcessError and TimeoutExpired.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [office, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        command += [f"--infilter={read_as}"] if read_as else []
        command += ["--convert-to", to, "--outdir", str(folder), *map(str, files)]
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=CONVERT_SECONDS,
            check=True,
        )
    return [folder / f"{file.stem}.{to}" for file in files]


def from_debian() -> bool:
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        as_root = []
    elif shutil.which("sudo") and succeeds(["sudo", "-n", "true"], seconds=30, quiet=True):
        as_root = ["sudo", "-n"]
    else:
        print(f"Debian's packages {', '.join(PACKAGES)} need an administrator.", flush=True)
        return False
    print(f"No LibreOffice for the tests found. Installing Debian's {', '.join(PACKAGES)} ...", flush=True)
    apt = [*as_root, "apt-get", "-qq"]
    return (
        succeeds([*apt, "update"], seconds=PACKAGE_SECONDS)
        and succeeds([*apt, "install", "-y", "--no-install-recommends", *PACKAGES], seconds=PACKAGE_SECONDS)
        and find() is not None
    )


def main() -> int:
    if find():
        return 0
    started, free = time.monotonic(), shutil.disk_usage("/").free
    if from_debian():
        taken = (free - shutil.disk_usage("/").free) / 2**20
        print(f"{', '.join(PACKAGES)}: {time.monotonic() - started:.0f} s, {taken:.0f} MiB on disk")
        return 0
    print(
        "Không tìm và không cài được LibreOffice cho kiểm thử. Hãy cài LibreOffice Calc và Impress, "
        "hoặc đặt SOFFICE=/đường/dẫn.\n"
        "No LibreOffice for the tests was found, and none could be installed. Install LibreOffice Calc and Impress, "
        "or set SOFFICE=/path/to/it.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
