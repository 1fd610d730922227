"""Text of any content: well-formed Unicode, bounded length."""
