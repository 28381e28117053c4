"""A virtual environment for each of the others, made once and kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def environment(name: str, cache: Path) -> Path:
    """The folder of programs of the environment that requirements-<name>.txt describes; installed from PyPI if new."""
    wanted = (HERE / f"requirements-{name}.txt").read_text(encoding="utf-8")
    folder = cache / name
    done = folder / "installed.txt"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        print(f"Installing {name} into {folder} ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(HERE / f"requirements-{name}.txt")], check=True)
        done.write_text(wanted, encoding="utf-8")
    return folder / "bin"
