"""The book to take away, once it is built: one PDF, and one zip of all its pages with the PDF in it.

The same commit gives the same bytes on the same machine: files are packed in order, dated by the commit.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pdf


ROOT = Path(__file__).parent.parent
NAME = "ghost-book"
BEGINNING = 315_532_800  # 1980; a zip knows no time before
LEFT_OUT = {".buildinfo"}  # what only the next build wants


def moment(environment):
    """When this version was made: SOURCE_DATE_EPOCH, else the time of the commit, else the first that a zip knows."""
    asked = ["git", "log", "-1", "--format=%ct"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return datetime.fromtimestamp(int(environment.get("SOURCE_DATE_EPOCH") or commit or BEGINNING), UTC)


def reveal(html):
    """Show the links to the PDF, which the pages in the folder `html` keep hidden as long as there is none."""
    for page in html.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(f' hidden href="{NAME}.pdf"', f' href="{NAME}.pdf"'), encoding="utf-8")


def pack(html, target, moment):
    """Write all files of the folder `html` into the zip `target`, in a folder of its name; its SHA-256 beside it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in html.rglob("*") if path.is_file() and path.name not in LEFT_OUT):
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(html).as_posix()}", moment.timetuple()[:6])
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=9)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")


def main(build):
    html, target, when = build / "html", build / "dist", moment(os.environ)
    target.mkdir(exist_ok=True)
    (target / f"{NAME}.pdf").write_bytes(pdf.make(html, when))
    shutil.copyfile(target / f"{NAME}.pdf", html / f"{NAME}.pdf")
    reveal(html)
    pack(html, target / f"{NAME}.zip", when)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
