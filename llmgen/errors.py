"""Every error that llmgen raises on purpose, each with the exit code that it ends the program with.

    LlmgenError
      InputError      2  what was given is wrong: a flag, a file, a schema, a scenario
      DataError       1  the data is wrong or short
      RecordingError  3  replay wants a recording that is missing or damaged
      ModelError      4  the model failed, refused or cannot be asked
      DatabaseError   5  a database said no

A Violation (llmgen.violation) is not an error: bad data is a value until nobody can mend it.
"""


class LlmgenError(Exception):
    """What went wrong and where (`message`), and what to do next (`hint`): the two lines a reader sees."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(LlmgenError):
    """Something the user gave cannot be used."""


class DataError(LlmgenError):
    """The data is wrong, or fewer rows came out than were asked for."""

    exit_code = 1


class RecordingError(LlmgenError):
    """A recording is missing in replay, or damaged."""

    exit_code = 3


class ModelError(LlmgenError):
    """The model could not be asked, failed, or refused."""

    exit_code = 4


class DatabaseError(LlmgenError):
    """A database refused or could not be reached."""

    exit_code = 5
