"""Chapters in other forms than the book's: what `jupyter nbconvert` needs to know of their pictures."""

import base64
import html


def describe_pictures(notebook, resources):
    """A preprocessor of nbconvert: every drawing of a cell with the words that its metadata have for it.

    Without it, an SVG comes into the page as a picture with no text alternative, and nbconvert warns.

    Parameters
    ----------
    notebook : NotebookNode
        An executed chapter; its drawings get a form as HTML, which nbconvert prefers.
    resources : dict
        Handed on as it is.
    """
    for cell in notebook.cells:
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        for output in cell.get("outputs", []) if alt else []:
            drawing = output.get("data", {}).get("image/svg+xml")
            if drawing:
                code = base64.b64encode(drawing.encode()).decode()
                picture = f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{code}">'
                output["data"]["text/html"] = picture
    return notebook, resources
