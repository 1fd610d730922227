"""All that the kernel displays or exports is drawn here.

A cell's output is trusted: JupyterLab runs what stands in it with all rights of the user. What an agent, a server or a file wrote
must therefore come out as letters and nothing else, in every format.

    Message, request, session ... -> blocks (`conversation.py`, `cards.py`)
    Markdown in them -> a tree that has no node for raw HTML, pictures or other addresses
    (`model/render/prose/parser.py`, `model/render/prose/tree.py`)
    blocks and trees -> HTML, through a sanitiser (`html.py`); Markdown (`markdown.py`); text (`plain.py`)

`rich.py` gives objects their place in a notebook. The libraries behind `model/render/prose/parser.py` and `html.py`
are imported when something is drawn.
"""
