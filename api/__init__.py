"""The read-only HTTP interface to the published figures, in the same server as the screens. No Streamlit."""
