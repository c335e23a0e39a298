"""How the key of a slice is written for people: so that a shell takes it back as it is, whatever a file is called."""

import shlex


def spelled(key: str) -> str:
    """A word of a POSIX shell; one with characters that no terminal shows as they are is in bash's ``$'…'``."""
    if key.isprintable():
        return shlex.quote(key)
    return f"$'{''.join(map(_escaped, key))}'"


def printable(text: str) -> str:
    """The text as it is, unless it has characters that no terminal shows: then as `spelled` has it."""
    return text if text.isprintable() else spelled(text)


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode())
