"""Read lines of comma-separated values."""


def split(line: str, separator: str = ",") -> list[str]:
    """Split a line at its separators; one that stands between double quotes does not count."""
    fields = [""]
    quoted = False
    for character in line:
        if character == '"':
            quoted = True
        elif character == separator and not quoted:
            fields.append("")
        else:
            fields[-1] += character
    return fields


def count(line: str) -> int:
    """Return how many fields a line has."""
    return len(split(line))
