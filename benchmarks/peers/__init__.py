"""The dashboard beside what else could be used: Apache Superset, and Streamlit as its tutorials write it."""
