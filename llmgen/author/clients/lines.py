"""Gathers a reply's text as it arrives, announces its finished lines, and stops where it grows beyond all reason."""

from collections.abc import Callable

from llmgen.author.exchange import LineListener

TEXT_LIMIT = 8_000_000
"""Characters of a reply that are read at most: some 30 times the longest reply a model gives."""


class Lines:
    """A reply's text under way. `clean` is applied to each line before anybody sees it."""

    def __init__(self, on_line: LineListener, clean: Callable[[str], str] = str) -> None:
        self._on_line = on_line
        self._clean = clean
        self._finished: list[str] = []
        self._open: list[str] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """Whether the limit is reached, so that nothing more should be read."""
        return self._size >= TEXT_LIMIT

    @property
    def any_finished(self) -> bool:
        """Whether a line with something on it has been finished."""
        return any(line.strip() for line in self._finished)

    def feed(self, piece: str) -> None:
        """Takes the next piece of text; lines that it finishes are announced without their line end."""
        piece = piece[: TEXT_LIMIT - self._size]
        self._size += len(piece)
        first, *rest = piece.split("\n")
        self._open.append(first)
        for following in rest:
            line = self._clean("".join(self._open))
            self._finished.append(line + "\n")
            self._open = [following]
            self._on_line(line.removesuffix("\r"))

    def end(self) -> str:
        """The whole text of a reply that ended of itself; its last line counts as finished."""
        last = self._clean("".join(self._open))
        if last:
            self._on_line(last)
        return self.finished() + last

    def cut(self) -> str:
        """The whole text of a reply that stopped half-way; its last line is not announced."""
        return self.finished() + self._clean("".join(self._open))

    def finished(self) -> str:
        """The finished lines alone."""
        return "".join(self._finished)
