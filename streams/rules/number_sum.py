"""Adds up the parts of a number: "two hundred and two thousand", "three lakh crore"."""

import math


class Sum:
    """A number while its parts are added: what is settled by scales, and the group below them."""

    def __init__(self, value: float, last: float) -> None:
        settled = last >= 1000
        self.total = value if settled else 0.0
        self.group = None if settled else value
        self.scale = last if settled else math.inf

    @property
    def value(self) -> float:
        """The number so far."""
        return self.total + (self.group or 0.0)

    def multiply(self, factor: float) -> bool:
        """Take a scale: "hundred" for the group, "thousand" to settle it, "crore" after "lakh"."""
        if factor == 100:
            if self.group is None or self.group >= 100:
                return False
            self.group *= 100
        elif self.group is not None and factor < self.scale:
            self.total, self.scale, self.group = self.total + self.group * factor, factor, None
        elif self.group is None and factor >= 1e5:
            self.total, self.scale = self.total * factor, factor
        else:
            return False
        return True

    def takes(self, part: float, ahead: float | None, *, joined: bool, hyphen: bool) -> bool:
        """Whether a part may follow: "hundred and six", "twenty-one", "thousand three hundred"; not "two three".

        `ahead` is the scale after the part: "3 hundred and 2 hundred" are two numbers.
        """
        if ahead is not None and (
            (self.total and ahead >= self.scale) or (self.group is not None and ahead == 100)
        ):
            return False
        if self.group is None:
            return self.total > 0 and not hyphen and part < 1000
        if self.group >= 100 and self.group % 100 == 0:
            return part < 100 and not hyphen
        tens = self.group % 100
        return 20 <= tens <= 90 and tens % 10 == 0 and 0 < part < 10 and (hyphen or not joined)

    def add(self, part: float) -> None:
        """Take a part into the group."""
        self.group = (self.group or 0.0) + part
