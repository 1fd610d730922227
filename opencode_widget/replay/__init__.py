"""Recordings of what the servers said, and widgets that replay them without a server, a key or a program.

1. A recording keeps the server's own JSON: the events of the stream, and the answers that say how everything stood. It is decoded when it
   is replayed, by the dialects of that time: so a later version of the package can read it, and shows what it has learned to read since.
2. The recorder has a client of its own (`recorder.py`). It fetches anew whenever the kernel has fetched, so that a recording may begin at
   any time, and does not depend on what the kernel asks of a server, and when.
3. A replay has a *shadow* (`shadow.py`): the state of the recorded server, which the same reducer changes. The widget's own runtime
   connects to a client that answers from the shadow (`player.py`). So everything that a page or Python reads works as with a server.
4. The shadow applies an event right before the runtime gets it, and only while the runtime fetches nothing. A fetch therefore can neither
   lose nor repeat an event.
5. What changes anything is refused by `sync/access.py` and `page/commands/`, before anything is shown of it.
"""
