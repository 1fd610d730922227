"""Context by name: what a prompt names in the user's notebook is described, and goes with the prompt.

    await session.ask("Why is @var:df skewed? @cell:12 @error @fig", attach=[model])

The way of a name, from the prompt to the server:

    prompt, attach -> `names.mentioned`: the names in the text              Name(kind, value)
                   -> `names.found`: what each stands for in the namespace  Target(title, value, describer)
                   -> `work.described`: a describer's work on a thread      Description(kind, text, pictures, omitted)
                   -> `sending.attachments`: files of the prompt            Attachment: text/plain, image/png

The prompt keeps its words. What is described follows it as files, so every dialect, "Try again" and the transcript know it already.

Naming is consent, and nothing else is: the namespace is a mapping from which one name is read. The only other look at it is at names and
types: for the near names of an error, and for the figure that `@fig` stands for where matplotlib's own list is empty.

A describer is a function from an object to a `Description`, or to Markdown. `registry.describes` registers it for types, or for the
names of types of libraries, which are looked up only in libraries that are loaded. A package registers its own by an entry point of the
group "opencode_widget.describers"; the entry point is loaded when an object of its package is described for the first time.

Bounds: a text of `description.TEXT_BYTES` and pictures of `description.PICTURE_BYTES` for each object, `sending.TOTAL_TOKENS` and
`sending.TOTAL_BYTES` for a prompt; a describer says what it left out. A describer has `work.LIMIT` seconds on a thread of its own. It is
called once: where it fails or takes longer, the object is refused in words (`CannotDescribe`) and nothing is sent.
"""
