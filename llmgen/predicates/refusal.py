"""The one error of this package: an expression that may not or cannot be judged."""

from llmgen.errors import InputError


class Refused(InputError):
    """An expression was not accepted. The message says what it holds that is wrong, so that its author can mend it."""
