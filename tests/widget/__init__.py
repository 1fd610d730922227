"""The widget and what it stands on: connector, conversations, sessions, manager, commands, frames."""
