"""Lets `python -m llmgen` be the program."""

from llmgen.cli import main

main()
