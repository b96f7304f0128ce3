"""What may be written to a terminal."""


def printable(text: str) -> str:
    """Others choose their words: none of them gets to steer the terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
