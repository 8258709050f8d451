"""The wheel, built from this tree and installed into an environment of its own."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    """Run a command with nothing of this process's surroundings, and return what it said."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own command
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", **environ},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    out = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    run(sys.executable, "-c", build, out, cwd=ROOT)
    (built,) = out.glob("tsunagari-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment outside this tree with the wheel in it; returns its folder.

    What the product leans on is lent from the tests' environment by name of its folder, which
    gives the libraries but not the checkout (a folder lent so does not run its own .pth files).
    """
    home = tmp_path_factory.mktemp("opt") / "tsunagari"
    venv.create(home, symlinks=True, with_pip=False)
    python = home / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", where, cwd=home).strip())
    install = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index")
    run(*install, "--no-deps", "--disable-pip-version-check", wheel, cwd=home)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home
