"""What becomes of a file that is given: sealed, read, compared with who is kept, confirmed."""
