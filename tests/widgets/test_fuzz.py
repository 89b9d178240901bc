"""A thousand states of each widget, most of them hostile: by address, box, slider, key and button.

No time is asserted of one state alone, since another program may have had the processor: a state counts as a hang when
it takes too long every time that it is repeated. In most states a training is given the time of a few epochs only.
"""

from pathlib import Path

import pytest

from ghostlib.widgets._bundle import names
from ghostlib.widgets._page import kinds


pytestmark = pytest.mark.usefixtures("untrained")

STATES, SEED = 1000, 1
FUZZ = (Path(__file__).parent / "fuzz.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_a_thousand_states_are_drawn_or_refused(show, name):
    page = show(kinds()[name]())
    page.set_default_timeout(0)
    page.add_style_tag(content=".ghost-shell { will-change: transform; opacity: 0 }")  # laid out, but not painted
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    assert page.evaluate(FUZZ, [name, STATES, SEED]) == {"problems": [], "hangs": []}
    assert complaints == []
