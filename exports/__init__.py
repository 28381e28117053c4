"""Tables, figures and their provenance as files: exactly what is on screen. No Streamlit."""
