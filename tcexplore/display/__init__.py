"""Results as figures, tables and sentences, one file a subject; no Streamlit."""
