"""The server: the pages of `app.py` and the web API in one process. Run it with `make app`."""

import streamlit as st

from tcexplore.app.same_process import api_routes, service_running

app = st.App("app.py", routes=api_routes(), lifespan=service_running)
