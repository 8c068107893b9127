"""Prints every cell of a workbook that holds anything, as openpyxl reads it, in the forms that an
archive has for it. One line a cell, tab-separated: sheet, row, column (from 1), kind, value."""

import sys

from workbook_forms import beyond_a_double, form, written


def main():
    import openpyxl

    book = openpyxl.load_workbook(sys.argv[1], data_only=True)
    for sheet in book.worksheets:
        # One number with digits that a double does not hold shows that the digits of all are exact.
        is_exact = any(beyond_a_double(value) for row in sheet.iter_rows(values_only=True) for value in row)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    kind, value = form(cell.value, is_exact)
                    print(sheet.title, cell.row, cell.column, kind, written(value), sep="\t")


if __name__ == "__main__":
    main()
