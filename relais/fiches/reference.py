"""References of fiches: random, without meaning, easy to read aloud."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L


def nouvelle_reference() -> str:
    """Eight random characters as `K7QF-3MWP` (about 39 bits)."""
    tirage = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{tirage[:4]}-{tirage[4:]}"
