"""The front room: what offices really send becomes rows of a contract, or a reason why not.

``read_file(path, reference)`` takes one file of any usual shape and gives an ``Intake``: what was understood, the
rows of each table in the contract's own columns, and findings. Nothing here touches the warehouse.
"""

from etl.intake.reading import read_file
from etl.intake.record import Intake
from etl.intake.reference import Reference, load_reference

__all__ = ["Intake", "Reference", "load_reference", "read_file"]
