"""What is on screen: one value, from which everything else follows.

    Manager.selection -> event Viewed for each instance -> State.viewed -> Patch.shown -> the transcript that pages get
    Manager.selection -> traits `active_instance`, `active_session`

Each instance also remembers its own last session (`InstanceRuntime.selected`), to which the user returns with that instance. The
selection holds the session of the active instance.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """The instance and the session on screen.

    Attributes:
        instance: the id of the active instance; None if no instance is open.
        session: the id of the session whose transcript the pages show; None if none is selected.
    """

    instance: str | None = None
    session: str | None = None

    def session_of(self, instance_id: str) -> str | None:
        """The session of this instance that is on screen; None if another instance is, or no session."""
        return self.session if instance_id == self.instance else None
