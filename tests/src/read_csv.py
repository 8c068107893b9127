"""Reads CSV files with Python's csv module, strictly, and prints the records of each as JSON.

usage: read_csv.py < JOBS, a JSON array of [path, encoding, delimiter]
Prints a JSON array: for each file an array of records, or a string that says why there is none.
"""

import csv
import json
import sys


def records(path, encoding, delimiter):
    try:
        with open(path, encoding=encoding, newline="", errors="strict") as file:
            return list(csv.reader(file, delimiter=delimiter, strict=True))
    except (csv.Error, UnicodeError) as error:
        return f"{type(error).__name__}: {error}"


csv.field_size_limit(sys.maxsize)
json.dump([records(*job) for job in json.load(sys.stdin)], sys.stdout)
