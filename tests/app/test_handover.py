"""Files for other programs on the Predict page, run by Streamlit's own test harness."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def app():
    return AppTest.from_file(str(APP), default_timeout=60)


def opened(app, entry_id):
    app.query_params["structure"] = entry_id
    app.run()
    assert not app.exception
    return app


def labels(app):
    return {button.proto.label for button in app.get("download_button")}


def captions(app):
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def test_ordered_structures_have_all_formats_and_a_relaxation(app):
    opened(app, "lah10-fm-3m-150gpa")
    assert labels(app) >= {
        "CIF", "POSCAR", "Extended XYZ", "JSON", "3D view (HTML)", "Report (HTML)",
        "Quantum ESPRESSO relaxation",
    }  # fmt: skip
    assert "The cell is that of 150 GPa." in captions(app)
    [pressure] = app.number_input
    assert pressure.value == 150
    pressure.set_value(200.0).run()
    assert "scaled by 0.9677 to its volume at 200 GPa" in captions(app)


def test_mixed_structures_have_those_formats_that_can_say_so(app):
    opened(app, "la1p85sr0p15cuo4")
    assert {"CIF", "JSON"} <= labels(app)
    assert not {"POSCAR", "Extended XYZ", "Quantum ESPRESSO relaxation"} & labels(app)
    assert "No POSCAR, extended XYZ or Quantum ESPRESSO input" in captions(app)
