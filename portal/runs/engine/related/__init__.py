"""What goes into the database beside a row itself: what its look-ups add, and what its lists and nested rows hold.

`Delivery` brings the good rows of a chunk in, with all of it.
"""

from portal.runs.engine.related.delivering import Delivery

__all__ = ["Delivery"]
