"""OpenCode in marimo: `marimo edit notebooks/marimo_quickstart.py`, or `marimo run` for an app in which each visitor has a server."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    from opencode_widget import OpenCode

    return OpenCode, mo


@app.cell
def _(mo):
    mo.md("""
    # OpenCode in marimo

    The widget below starts a real OpenCode server in a small sample project. It needs neither an API key nor the internet: a scripted model
    answers. `OpenCode()` instead of `OpenCode.demo()` works in your own folder, with your own models.

    When the cell runs again, is changed or deleted, the server ends with it.
    """)
    return


@app.cell
def _(OpenCode, mo):
    oc = OpenCode.demo()
    widget = mo.ui.anywidget(oc)
    widget
    return oc, widget


@app.cell
def _(mo, oc, widget):
    # This cell runs again when you select another session above.
    mo.md(f"On screen: {[session.title for session in oc.sessions if session.id == widget.active_session]}")
    return


@app.cell
async def _(oc):
    await oc.ready()
    session = await oc.new_session("From a cell")
    reply = await session.ask("Why does test_split fail?")
    return reply, session


@app.cell
def _(mo, reply):
    mo.md(reply.text)
    return


@app.cell
def _(session):
    session
    return


if __name__ == "__main__":
    app.run()
