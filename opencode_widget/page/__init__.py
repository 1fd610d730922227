"""The kernel's side of the page: instances on screen, numbered frames, commands."""
