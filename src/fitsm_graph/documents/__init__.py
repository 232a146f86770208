"""Outputs of the processes as documents: what each kind says, composed from questions, rendered."""
