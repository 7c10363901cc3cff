"""A page of the app in Streamlit's test harness, opened by a link."""

from streamlit.testing.v1 import AppTest
from support.browser import ROOT

KINDS = ("markdown", "caption", "subheader", "info", "error")


def page(page_name, **query):
    """Open a page by the name of its file and the values of its address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run().switch_page(f"pages/{page_name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def text_of(app, kinds=KINDS):
    """Return all texts of some kinds."""
    return "\n".join(element.value for kind in kinds for element in getattr(app, kind))
