"""The judge: every layer of rules over rows, cases and datasets."""
