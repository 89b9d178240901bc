"""The book to take away: one PDF, and one zip of all its pages with the PDF in it. `make dist` runs this on a built book.

The same commit gives the same bytes on the same machine: files are packed in order, dated by the commit.
"""

import hashlib
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pdf


ROOT = Path(__file__).parent.parent
NAME = "ghost-book"
LEFT_OUT = {".buildinfo", f"{NAME}.zip"}  # what only the next build wants, and what cannot hold itself


def moment(environment):
    """When this version was made: SOURCE_DATE_EPOCH, else the time of the commit, else of the settings' file."""
    seconds = environment.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return datetime.fromtimestamp(int(seconds or (ROOT / "_config.yml").stat().st_mtime), UTC)


def reveal(html):
    """Show the links to the PDF, which the pages in the folder `html` keep hidden as long as there is none."""
    for page in html.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(f'hidden href="{NAME}.pdf"', f'href="{NAME}.pdf"'), encoding="utf-8")


def pack(html, target, moment):
    """Write all files in the folder `html` into the zip `target`, in a folder of its name, and its SHA-256 beside it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in html.rglob("*") if path.is_file() and path.name not in LEFT_OUT):
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(html).as_posix()}", moment.timetuple()[:6])
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=9)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")


def main(build):
    html, when = build / "html", moment(os.environ)
    (html / f"{NAME}.pdf").write_bytes(pdf.make(html, when))
    reveal(html)
    (build / "dist").mkdir(exist_ok=True)
    pack(html, build / "dist" / f"{NAME}.zip", when)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
