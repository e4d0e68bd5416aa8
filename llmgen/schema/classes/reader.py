"""Reads a schema from Pydantic classes: a module or file is run, and the tables among its classes are found."""

from llmgen.errors import InputError
from llmgen.schema.classes.catalog import Catalog, tables_among
from llmgen.schema.classes.load import chosen
from llmgen.schema.classes.settle import settle
from llmgen.schema.model import Ignored, Schema


def read_classes(place: str) -> Schema:
    """The schema of Pydantic classes, in PostgreSQL's dialect. The Python code that holds them is run.

    `place` is `package.module:Name` (found from the working directory) or `path/models.py:Name`, where Name is a class
    or a list of classes: their tables, and those they refer to; or a file `path/models.py`: all its tables. InputError
    for what cannot be found, imported or stored, with the line; a fault in the code itself is quoted.
    """
    with chosen(place) as choice:
        catalog = Catalog(choice.origins)
        models, losses = choice.models, list[Ignored]()
        if choice.whole:
            models, losses = tables_among(models, catalog)
        if not models:
            first = f": {losses[0].text}: {losses[0].why}" if losses else ""
            raise InputError(f"{place}: none of its classes is a table{first}", "name a class: models.py:Name")
        catalog.reach(models)
        return settle(catalog, losses)
