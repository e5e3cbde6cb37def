"""What may link two reports, found in plain words: a module for each form in which people write it."""
