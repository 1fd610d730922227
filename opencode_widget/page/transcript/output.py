"""Where the transcript stands: below the widget, as a second output of the cell that draws it.

It is added when that cell ends, as the outputs of a cell are drawn in the order in which they come. Later versions take its place. A page
that draws the widget hides it; where no widget is drawn, it is simply there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...notebook.cell import current_execution
from ...notebook.cell_output import publish
from ...sync.event_loop import HomeLoop
from .versions import Transcript

if TYPE_CHECKING:
    from ...operations.saved_transcript import SavedTranscript

# Seconds for which the end of a cell waits for the home loop's thread.
PATIENCE = 2.0


class TranscriptOutput:
    """The second output of a widget.

    Args:
        home: the home loop.
        empty: a line for a widget in which nobody has talked yet.
        output_id: by which a page knows the widget's outputs.
        changed: called when there is a new version.

    Attributes:
        transcript: its versions.
    """

    def __init__(
        self, home: HomeLoop, empty: Callable[[], str], output_id: Callable[[], str], changed: Callable[[], None]
    ) -> None:
        self.transcript = Transcript(home, lambda: f"opencode-transcript opencode-of-{output_id()}", empty, self._show)
        self._home = home
        self._output_id = output_id
        self._changed = changed
        self._cell: str | None = None
        self._is_due = self._is_there = self._is_new = False

    def widget_drawn(self) -> None:
        """A cell draws the widget. Only the first such cell gets the transcript, each time that it runs."""
        execution = current_execution()
        if execution is not None and self._cell in (None, execution.cell):
            self._cell = execution.cell
            self._is_due = True

    def cell_ended(self) -> None:
        """A cell of the notebook has run. On the notebook's thread."""
        done = threading.Event()
        self._home.call(self._update, done)
        if not self._home.is_here and not self._home.is_over:
            done.wait(PATIENCE)
        if self._is_due or (self._is_there and self._is_new):
            publish(self.transcript.version().data, self._display_id, update=not self._is_due)
            self._is_due, self._is_there, self._is_new = False, True, False

    def _update(self, done: threading.Event) -> None:
        try:
            self.transcript.update_now()
        finally:
            done.set()

    def _show(self, version: SavedTranscript) -> None:
        # A program that executes the notebook, such as nbclient, hears only what a cell publishes: the end of a cell publishes it again.
        self._is_new = True
        if self._is_there:
            publish(version.data, self._display_id, update=True)
        self._changed()

    @property
    def _display_id(self) -> str:
        return f"opencode-transcript-{self._output_id()}"
