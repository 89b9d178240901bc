"""The look that all figures share."""

import io
import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt


@pytest.mark.usefixtures("book_style")
def test_a_figure_saved_as_pdf_embeds_truetype():
    saved = io.BytesIO()
    figure, axes = plt.subplots()
    axes.set_title("κ")
    with mpl.rc_context({"pdf.compression": 0}):
        figure.savefig(saved, format="pdf")
    assert b"/CIDFontType2" in saved.getvalue()
    assert b"/Type3" not in saved.getvalue()


def test_without_matplotlib_the_extra_is_named():
    code = "import sys; sys.modules['matplotlib'] = None; import ghostlib.plots"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr.endswith("ImportError: ghostlib.plots needs matplotlib: pip install ghostlib[plots]\n")
