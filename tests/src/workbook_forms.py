"""The forms in which an archive has the values of workbooks, and how number formats display numbers.
This shares no code with the readers of the project."""

import datetime
import re

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
    """Whether a double does not hold the digits, or would have been written with fewer."""
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    digits = str(abs(value)).rstrip("0")
    nearest = f"{float(abs(value)):.{max(len(digits) - 1, 0)}e}".split("e")[0].replace(".", "")
    return len(digits) > 15 and (len(digits) > 17 or nearest != digits)


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


def shown(value, display, is_1904):
    """A number that is displayed as a number, a date or a duration."""
    if display == "duration":
        if abs(value) >= 2_958_466 or (value == 0 and str(value).startswith("-")):
            return "real", repr(value)
        return "text", duration(datetime.timedelta(milliseconds=round(value * 86_400_000)))
    if not 0 <= value < (2_957_004 if is_1904 else 2_958_466) or str(value).startswith("-"):
        return "real", repr(value)
    days, millis = divmod(round(value * 86_400_000), 86_400_000)
    moment = datetime.datetime(1904, 1, 1) if is_1904 else datetime.datetime(1899, 12, 30)
    moment += datetime.timedelta(days=days, milliseconds=millis)
    if not is_1904 and 0 < days < 60:
        moment += datetime.timedelta(days=1)
    date = moment.date().isoformat()
    if not is_1904 and days == 60:
        # Excel has this day.
        date = "1900-02-29"
    if value >= 1 and value == int(value):
        return "text", date
    time = clock(moment.hour, moment.minute, moment.second, moment.microsecond)
    return "text", time if days == 0 else f"{date}T{time}"


# Formats that a file does not define.
BUILTIN_DATES = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59), *range(71, 79), 80, 81}
BUILTIN_DURATIONS = {46, 79}

TOKEN = re.compile(
    r'''(?P<quoted>"[^"]*("|$))|(?P<skipped>[\\_*](.|$))|(?P<bracket>\[[^\]]*(\]|$))|(?P<end>;)'''
    r'''|(?P<general>g/)|(?P<half>am/pm|a/p)|(?P<word>[a-z]+?(?=am/pm|a/p|[^a-z]|$))|(?P<digit>[0#?])|(?P<text>@)|(?P<other>.)''',
    re.IGNORECASE | re.DOTALL,
)
DATE_WORD = re.compile("(y+|m+|d+|h+|s+|e+|g+|bb+|aaa+)+", re.IGNORECASE)
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
CONDITION = re.compile(r"\[([<=>]+) *(-?[0-9.]+)\]")
COMPARISONS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<>": lambda a, b: a != b,
}


def section(tokens):
    """The condition of a section, how it displays numbers, and whether it is for texts."""
    condition = kind = None
    is_text, fraction = False, ""
    for name, token in tokens:
        if name == "bracket" and CONDITION.fullmatch(token):
            operator, number = CONDITION.fullmatch(token).groups()
            condition = condition or (operator, float(number))
        elif name == "bracket" and ELAPSED.fullmatch(token):
            kind, fraction = kind or "duration", "s"
        elif name == "half" or name == "word" and DATE_WORD.fullmatch(token):
            kind, fraction = kind or "date", token[-1].lower()
        elif name == "digit" and not (fraction == "s." and token == "0"):
            kind = "number"
        elif name == "text":
            is_text = True
        if fraction == "s" and token in (".", ",", "\\.", "\\,"):
            fraction = "s."
        elif not (fraction == "s." and token == "0" or name in ("word", "bracket")):
            fraction = ""
    return condition, kind or "number", is_text


def display(code, number):
    """Whether the format with this code displays a number as a number, a date or a duration."""
    tokens = [(match.lastgroup, match.group()) for match in TOKEN.finditer(code)]
    parts, current = [], []
    for token in [*tokens, ("end", ";")]:
        if token[0] == "end":
            parts.append(section(current))
            current = []
        else:
            current.append(token)
    if len(parts) < 4 and parts[-1][2]:
        parts.pop()
    if not parts:
        return "number"
    usual = {1: [None], 2: [(">=", 0)]}.get(len(parts), [(">", 0), ("<", 0)])
    for (condition, kind, _), default in zip(parts, [*usual, None]):
        condition = condition or default
        if condition is None or COMPARISONS[condition[0]](number, condition[1]):
            return kind
    return parts[2][1] if len(parts) > 2 else "number"


def display_of(number, defined, value):
    """The same, of a format by its number, and of the formats that the file defines."""
    if number in defined:
        return display(defined[number], value)
    if number in BUILTIN_DURATIONS:
        return "duration"
    return "date" if number in BUILTIN_DATES else "number"


def written(value):
    return value.encode("utf-8", "surrogatepass").hex()
