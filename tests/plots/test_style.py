"""The look that all figures share."""

import io

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
