"""What may be used up and is filled again drop by drop, so that nobody is locked out for good."""

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """What is left of something that comes back with time.

    Attributes:
        largest: What a full one holds.
        per_second: What comes back in a second.
        left: What was left when it was looked at last.
        at: When that was, in seconds of a clock that only goes forward.
    """

    largest: float
    per_second: float
    left: float
    at: float

    @classmethod
    def full(cls, largest: float, per_second: float, now: float) -> "Bucket":
        """A bucket that nothing was taken from."""
        return cls(largest, per_second, largest, now)

    def take(self, amount: float, now: float) -> float:
        """Take an amount if it is there.

        Returns:
            0 where it was taken; else the seconds until it is there, and nothing is taken.
        """
        self.left = min(self.largest, self.left + (now - self.at) * self.per_second)
        self.at = now
        if amount > self.left:
            return (amount - self.left) / self.per_second
        self.left -= amount
        return 0.0

    def give_back(self, amount: float) -> None:
        """Put back what was taken and not used."""
        self.left = min(self.largest, self.left + amount)
