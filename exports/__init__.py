"""Tables, figures and their provenance as files: exactly what is on screen. No Streamlit.

A ``Table`` is made from what a screen shows; a writer takes it, a path and, where words are in one language only, the
reader's language. Writers tell their progress, and leave no file where they fail.
"""

from exports.csv import write_csv, write_csv_zip
from exports.files import Progress
from exports.geojson import NoUnits, TooManyFigures, write_geojson
from exports.json import write_json
from exports.package import package_name, write_package
from exports.parquet import write_parquet
from exports.reading import FAILURES
from exports.table import Column, Table, file_name, from_asked, from_frame, from_query, from_warehouse
from exports.text import Text
from exports.warehouse_file import warehouse_name, write_warehouse
from exports.xlsx import write_xlsx

__all__ = [
    "FAILURES",
    "Column",
    "NoUnits",
    "Progress",
    "Table",
    "Text",
    "TooManyFigures",
    "file_name",
    "from_asked",
    "from_frame",
    "from_query",
    "from_warehouse",
    "package_name",
    "warehouse_name",
    "write_csv",
    "write_csv_zip",
    "write_geojson",
    "write_json",
    "write_package",
    "write_parquet",
    "write_warehouse",
    "write_xlsx",
]
