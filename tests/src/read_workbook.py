"""Prints every cell of a workbook that holds anything, as openpyxl reads it, in the forms that an
archive has for it. One line a cell, tab-separated: sheet, row, column (from 1), kind, value."""

import datetime
import sys

LARGEST = 2**53


def clock(hour, minute, second, microsecond):
    text = f"{hour:02}:{minute:02}:{second:02}"
    return text if microsecond == 0 else f"{text}.{microsecond // 1000:03}"


def duration(value):
    millis = round(value / datetime.timedelta(milliseconds=1))
    sign, millis = ("-", -millis) if millis < 0 else ("", millis)
    seconds, millis = divmod(millis, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = "" if millis == 0 else f".{millis:03}"
    return f"{sign}PT{hours:02}H{minutes:02}M{seconds:02}{fraction}S"


def beyond_a_double(value):
    is_int = isinstance(value, int) and not isinstance(value, bool)
    return is_int and int(float(value)) != value


def form(value, is_exact):
    if isinstance(value, bool):
        return "text", "true" if value else "false"
    if is_exact and isinstance(value, int) and abs(value) > LARGEST:
        return "integer" if -(2**63) <= value < 2**63 else "text", str(value)
    if isinstance(value, (int, float)):
        number = float(value)
        minus_zero = number == 0 and number.hex().startswith("-")
        if number.is_integer() and abs(number) <= LARGEST and not minus_zero:
            return "integer", str(int(number))
        return "real", repr(number)
    if isinstance(value, datetime.datetime):
        time = value.time()
        date = value.date().isoformat()
        if time == datetime.time():
            return "text", date
        return "text", f"{date}T{clock(time.hour, time.minute, time.second, time.microsecond)}"
    if isinstance(value, datetime.date):
        return "text", value.isoformat()
    if isinstance(value, datetime.time):
        return "text", clock(value.hour, value.minute, value.second, value.microsecond)
    if isinstance(value, datetime.timedelta):
        return "text", duration(value)
    return "text", str(value)


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
                    value = value.encode("utf-8", "surrogatepass").hex()
                    print(sheet.title, cell.row, cell.column, kind, value, sep="\t")


if __name__ == "__main__":
    main()
