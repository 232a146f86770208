"""What every room may use: identifiers, clock, errors, text. Standard library only."""
