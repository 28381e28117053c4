"""Outlines of today's wards: fetched or read, repaired, simplified with shared borders kept, checked, stored.

The project carries no outlines. ``python -m etl boundaries`` writes them to ``data/boundaries/ward_outline.csv``, and
the next build takes them in.
"""
