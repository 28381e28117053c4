"""The show for a hall, over the whole window."""

from ui import presentation
from ui.context import view, warehouse_of

current = view()
presentation.show(current, warehouse_of(current))
