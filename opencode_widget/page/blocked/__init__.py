"""Pages while a cell blocks the notebook's loop: drawn unheard, and found again after a reload."""
