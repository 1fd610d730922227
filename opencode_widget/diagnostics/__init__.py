"""Facts about the environment: what the doctor checks, what a report contains."""
