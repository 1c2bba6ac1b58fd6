"""Where the rows of two aligned sentences stand, by the height that there is."""

from __future__ import annotations

from dataclasses import dataclass

# The smallest and the largest picture between which the rows grow.
_LOW, _HIGH = 92.0, 420.0
_LABELLED_LINE = 13.0  # high enough for the name of a class beside its bar
_NUMBER_LINE = 15


@dataclass(frozen=True)
class Band:
    """A row from `top` to `bottom`, in whole logical pixels."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        """The height of the row."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The middle of the row."""
        return (self.top + self.bottom) / 2

    def has(self, y: float) -> bool:
        """Whether a place is in the row."""
        return self.top <= y < self.bottom


@dataclass(frozen=True)
class AlignedLayout:
    """The rows from the top: both words, both answers, how far the states are apart, its units.

    `answer_differences` is empty where the numbers stand beside the answers' bars.
    """

    words: Band
    other_words: Band
    answers: Band
    other_answers: Band
    answer_differences: Band
    norms: Band
    units: Band

    @classmethod
    def fitted(cls, height: int, named_answers: bool) -> AlignedLayout:
        """Return the rows for a picture of a height.

        Args:
            named_answers: each answer is written, which takes a line of text.
        """
        room = min(max((height - _LOW) / (_HIGH - _LOW), 0.0), 1.0)

        def between(low: float, high: float) -> int:
            return round(low + room * (high - low))

        word, gap = between(16, 22), between(2, 10)
        answer = max(between(7, 15), round(_LABELLED_LINE) if named_answers else 0)
        line = _NUMBER_LINE if answer >= _LABELLED_LINE and room > 0.5 else 0
        bands: list[Band] = []
        top = 1
        for size, space in (
            (word, 0),
            (word, gap),
            (answer, 0),
            (answer, 0),
            (line, gap),
            (between(15, 72), gap),
        ):
            bands.append(Band(top, top + size))
            top += size + space
        words, other_words, answers, other_answers, differences, norms = bands
        units = Band(top, max(height - 1, top + 8))
        return cls(words, other_words, answers, other_answers, differences, norms, units)

    @property
    def named(self) -> bool:
        """Whether there is room for the name of each answer."""
        return self.answers.height >= _LABELLED_LINE
