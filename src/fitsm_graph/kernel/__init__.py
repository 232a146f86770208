"""What every room may use: identifiers, clock, errors, canonical form, text. Standard library only."""
