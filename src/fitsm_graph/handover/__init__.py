"""Acts that lead from one process to another: one file for each kind of record they make."""
