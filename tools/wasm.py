"""The compiled core of the checks in the page, built again from its source: `python tools/wasm.py`.

The binary is kept beside the source, so that neither the book nor its tests need a compiler of 400 MB; whoever changes
the source installs it by the extra ``wasm``. The same version of it gives the same bytes everywhere.
"""

import subprocess
import sys
from pathlib import Path


SOURCE = Path(__file__).parent.parent / "ghostlib" / "widgets" / "wasm" / "rankone.c"
EXPORTS = ("train", "room", "m", "n", "b", "dm", "dn", "db", "loss", "norm", "accuracy")
FLAGS = ["-target", "wasm32-freestanding", "-msimd128", "-O3", "-Wall", "-Wextra", "-Werror", "-nostdlib", "-s"]


def build(target, source=SOURCE):
    """Compile `source` into the WebAssembly module `target`; a CalledProcessError if the compiler refuses it."""
    linked = [f"-Wl,{option}" for option in ("--no-entry", *(f"--export={name}" for name in EXPORTS))]
    subprocess.run([sys.executable, "-m", "ziglang", "cc", *FLAGS, *linked, "-o", target, source], check=True)


if __name__ == "__main__":
    build(SOURCE.with_suffix(".wasm"))
