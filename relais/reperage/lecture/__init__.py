"""From the bytes of a file to the people it tells of: no base, no key, nothing stored."""
