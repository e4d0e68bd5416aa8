"""The shape of the data, read from whatever source describes it."""
