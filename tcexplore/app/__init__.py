"""The Streamlit parts of the pages; the only folder that knows Streamlit."""
