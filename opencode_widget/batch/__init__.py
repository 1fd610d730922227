"""Many prompts at once: `oc.batch` and `oc.compare`.

    prompts, frame or dicts --given--> Prompts --jobs--> Job, Job, ... --run--> Answer, Answer, ... --table--> BatchTable
                                                  |                      |
                                     checked against the catalogue    journal (JSON lines)

1. A *job* is one prompt to one model and agent in one folder; it has a session of its own. All jobs are known and checked before the first
   prompt is sent.
2. An *answer* is what came of a job, an error included. It is written to the journal before the next job begins.
3. A folder that is not that of the active instance is reached through the same server, by an instance that is open as long as jobs need it.
4. Stop ends the turns that run, on the server too. A journal always ends with a whole answer.
"""
