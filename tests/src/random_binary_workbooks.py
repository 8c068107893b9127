"""Writes random xls and xlsb workbooks, and prints every cell as xlrd and pyxlsb read it, in the forms
that an archive has for it. One line a cell, tab-separated: file, sheet, row, column (from 1), kind, value.

usage: random_binary_workbooks.py FOLDER COUNT SEED xls|xlsb
"""

import os
import random
import re
import struct
import sys
import zipfile

import pyxlsb
import xlrd
from workbook_forms import display_of, form as form_of, shown, written

NUMBER_CODES = [
    "General", "0", "0.00", "#,##0.00", "0%", "0.00E+00", "# ?/?", '"DM "#,##0.00', '#,##0.00 "d"',
    "[Red][=50]General;[Blue]0", "0\\d", "_(* #,##0_);_(* (#,##0)", "[$-407]#,##0", "[$€-2] 0.0",
    "@", '"yyyy"0', "0.0_m", "0.00 DM", "Standard", "DM 0.00", ";;;", '"yes";"no"', "0;;@", "[>=100]0;[<0]0.0;General", "#,##0\\ [$kr-41D]",
]
DATE_CODES = [
    "yyyy-mm-dd", "d", "h", "m", "dd/mm/yyyy hh:mm", "[$-409]h:mm AM/PM;@", "mm:ss.0", 'd"."m"."yy',
    'yyyy"年"m"月"d"日"', "[Red]d\\-mmm", "mmm yy;@", "hh:mm:ss.000", "D/M/YYYY", "[$-804]yyyy/m/d",
]
SECTION_CODES = [
    '[=0]"";yyyy-mm-dd', "0;yyyy", "yyyy;0", "yyyy;0;[h]", "[>1000]d;[h];0", "[<0]0;[=0]0;d", "d;@", "d;;0.0;@",
]
DURATION_CODES = ["[h]:mm", "[hh]:mm:ss", "[mm]:ss", "[s]", "[Blue][h]:mm:ss.0"]
# The code pages, with the name in Python.
SINGLE = [
    (1250, "cp1250"), (1251, "cp1251"), (1252, "cp1252"), (1253, "cp1253"), (1254, "cp1254"),
    (1257, "cp1257"), (437, "cp437"), (850, "cp850"), (852, "cp852"), (855, "cp855"),
    (857, "cp857"), (866, "cp866"), (10000, "mac_roman"), (10006, "mac_greek"),
    (10007, "mac_cyrillic"), (10029, "mac_latin2"), (10079, "mac_iceland"), (10081, "mac_turkish"),
    (32768, "mac_roman"), (32769, "cp1252"),
]
DOUBLE = [(932, "cp932"), (936, "gbk"), (949, "cp949"), (950, "cp950")]
CHARACTERS = "abcXYZ 0189_<&\"'\t\n" * 3 + "éÄßø£½" * 2 + "Жя€中文客户あア고\u2028\ufffc" + "😀𠀀"
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}

choose = random.Random(int(sys.argv[3]))


def form(value):
    return form_of(value, is_exact=False)


def number_form(value, number, defined, is_1904):
    display = display_of(number, defined, value)
    return form(value) if display == "number" else shown(value, display, is_1904)


def some_text(characters=CHARACTERS):
    return "".join(choose.choice(characters) for _ in range(choose.choice([1, 3, 8, 40, 400])))


def some_number():
    return choose.choice(
        [
            float(choose.randrange(0, 60_000)),
            float(choose.choice([0, 1, 59, 60, 61, -1, 2_958_465, 2_958_466])),
            choose.choice([-0.0, 1e300, 5e-324, 0.1 + 0.2, -0.5, 1.5]),
            choose.randrange(61, 60_000) + choose.randrange(86_400) / 86_400,
            choose.random(),
            choose.randrange(-(2**29), 2**29) / 100,
            choose.uniform(-1e12, 1e12),
        ]
    )


def some_formats():
    """The format of each cell format, and the formats that the file defines."""
    defined, used = {}, []
    for _ in range(choose.randrange(1, 30)):
        code = choose.choice(NUMBER_CODES + DATE_CODES + SECTION_CODES + DURATION_CODES)
        if choose.random() < 0.3:
            used.append(choose.randrange(0, 82))
        else:
            used.append(choose.choice([choose.randrange(1, 164), choose.randrange(164, 1200)]))
            defined[used[-1]] = code
    return used, defined


# ---- xls ---------------------------------------------------------------------------------------


def record(kind, data):
    assert len(data) < 8225, "a record is too long"
    return struct.pack("<HH", kind, len(data)) + data


def wide(text, length="<H"):
    units = text.encode("utf-16-le")
    is_narrow = all(character < "\u0100" for character in text) and choose.random() < 0.7
    body = b"\0" + text.encode("latin-1") if is_narrow else b"\1" + units
    return struct.pack(length, len(units) // 2) + body


class Pieces:
    """The table of texts, in a record and those that continue it."""

    def __init__(self):
        self.records, self.piece, self.most = [], bytearray(8), choose.choice([60, 500, 8224])
        self.count = 0

    def split(self):
        self.records.append(bytes(self.piece))
        self.piece, self.most = bytearray(), choose.choice([60, 500, 8224])

    def whole(self, data):
        if len(self.piece) + len(data) > self.most:
            self.split()
        self.piece += data

    def text(self, text):
        self.count += 1
        units = text.encode("utf-16-le")
        count, runs = len(units) // 2, choose.choice([0, 0, 0, 1, 5])
        phonetic = choose.choice([0, 0, 0, 12])
        narrow = self.is_narrow(units)
        head = struct.pack("<HB", count, (not narrow) | (8 if runs else 0) | (4 if phonetic else 0))
        head += struct.pack("<H", runs) if runs else b""
        head += struct.pack("<i", phonetic) if phonetic else b""
        self.whole(head)
        at = 0
        while at < count:
            width = 1 if narrow else 2
            here = min(count - at, (self.most - len(self.piece)) // width)
            if here < count - at and here > 0 and 0xD8 <= units[2 * (at + here) - 1] <= 0xDB:
                here -= 1
            part = units[2 * at : 2 * (at + here)]
            self.piece += part[::2] if narrow else part
            at += here
            if at < count:
                self.split()
                narrow = self.is_narrow(units[2 * at :]) if narrow else choose.random() < 0.5 and self.is_narrow(units[2 * at :])
                self.piece += b"\0" if narrow else b"\1"
        for _ in range(runs):
            self.whole(b"\0\0\0\0")
        if phonetic:
            self.whole(bytes(phonetic))

    @staticmethod
    def is_narrow(units):
        return not any(units[1::2]) and choose.random() < 0.8

    def finish(self):
        self.split()
        self.records[0] = struct.pack("<II", self.count, self.count) + self.records[0][8:]
        kinds = [0xFC] + [0x3C] * len(self.records)
        return b"".join(record(kind, data) for kind, data in zip(kinds, self.records))


def packed(value):
    """The number in packed forms that hold it."""
    forms = []
    if abs(value) > 1e12 or str(value) == "-0.0":
        return forms
    if value == int(value) and abs(value) < 2**29:
        forms.append((int(value) << 2 | 2) & 0xFFFFFFFF)
    hundred = round(value * 100)
    if abs(hundred) < 2**29 and hundred / 100 == value:
        forms.append((hundred << 2 | 3) & 0xFFFFFFFF)
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    if bits & 0x3FFFFFFFF == 0:
        forms.append(bits >> 32)
    return forms


def xls(path):
    is_biff5 = choose.random() < 0.5
    page, encoding = choose.choice(SINGLE + DOUBLE)
    is_double = (page, encoding) in DOUBLE
    used, defined = some_formats()
    is_1904 = choose.random() < 0.2

    def short_text():
        """The bytes of a text of BIFF5."""
        if choose.random() < 0.3:
            return b"plain text"
        if is_double:
            return "".join(choose.choice("ab中日本") for _ in range(choose.randrange(1, 30))).encode(encoding, "replace")
        letters = [byte for byte in range(0xC3, 0xF9) if bytes([byte]).decode(encoding, "ignore")]
        letters += list(b"abc ")
        return bytes(choose.choice(letters) for _ in range(choose.randrange(1, 60)))

    def text_of(head, characters=CHARACTERS):
        if is_biff5:
            # xlrd counts characters, not bytes, in the texts of formulas.
            text = short_text() if head or not is_double else b"plain text"
            return head + struct.pack("<H", len(text)) + text
        return head + wide(some_text(characters))

    table, texts, styles = Pieces(), 0, {}
    cells = b""
    for row in range(choose.randrange(1, 40)):
        column = 0
        while column < 8:
            style = choose.randrange(len(used))
            styles[row, column] = used[style]
            head = struct.pack("<HHH", row, column, style)
            value = some_number()
            kind = choose.randrange(12)
            if kind == 0:
                cells += record(0x0203, head + struct.pack("<d", value))
            elif kind == 1 and packed(value):
                cells += record(0x027E, head + struct.pack("<I", choose.choice(packed(value))))
            elif kind == 2 and packed(value):
                width = choose.randrange(1, 5)
                body = b""
                for place in range(column, column + width):
                    style = choose.randrange(len(used))
                    styles[row, place] = used[style]
                    body += struct.pack("<HI", style, choose.choice(packed(value)))
                last = struct.pack("<H", column + width - 1)
                cells += record(0xBD, head[:4] + body + last)
                column += width - 1
            elif kind in (3, 4) and not is_biff5:
                table.text(some_text())
                cells += record(0xFD, head + struct.pack("<I", texts))
                texts += 1
            elif kind in (3, 4, 5):
                runs = b"\1\0\0\0\0\0" if choose.random() < 0.3 and not is_biff5 else b""
                cells += record(0xD6 if runs else 0x0204, text_of(head) + runs)
            elif kind == 6:
                cells += record(0x0205, head + bytes([choose.randrange(2), 0]))
            elif kind == 7:
                cells += record(0x0205, head + bytes([choose.choice(list(ERRORS)), 1]))
            elif kind == 8:
                tokens = bytes(6) + struct.pack("<H", 3) + b"\x1e\1\0"
                cells += record(0x06, head + struct.pack("<d", value) + tokens)
            elif kind == 9:
                result = choose.choice([bytes([1, 0, 1]), bytes([2, 0, 0x2A]), bytes([1, 0, 0])])
                tokens = bytes(6) + struct.pack("<H", 3) + b"\x1e\1\0"
                cells += record(0x06, head + result + b"\0\0\0\xff\xff" + tokens)
            elif kind == 10:
                tokens = bytes(6) + struct.pack("<H", 3) + b"\x1e\1\0"
                cells += record(0x06, head + bytes(6) + b"\xff\xff" + tokens)
                # xlrd does not read characters beyond U+FFFF here.
                cells += record(0x0207, text_of(b"", CHARACTERS[:-2]))
            else:
                cells += record(0x0201, head)
            column += 1
    version = 0x0500 if is_biff5 else 0x0600
    begin = record(0x0809, struct.pack("<HHHHII", version, 5, 0, 1997, 0, 0))
    before = begin + record(0x42, struct.pack("<H", page if is_biff5 else choose.choice([1200, 936, 1252, 437])))
    before += record(0x22, struct.pack("<H", is_1904))
    for number, code in defined.items():
        if is_biff5:
            code = code.encode("ascii", "ignore")
            code = bytes([len(code)]) + code
        else:
            code = wide(code)
        before += record(0x041E, struct.pack("<H", number) + code)
    for number in used:
        before += record(0xE0, struct.pack("<HH", 0, number) + bytes(16 if not is_biff5 else 12))
    name = b"\1s" if is_biff5 else b"\1\0s"
    shared = b"" if is_biff5 else table.finish()
    end = record(0x0A, b"")
    at = len(before) + 4 + 6 + len(name) + len(shared) + len(end)
    before += record(0x85, struct.pack("<IBB", at, 0, 0) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", version, 0x10, 0, 1997, 0, 0)) + cells + end
    with open(path, "wb") as file:
        file.write(before + shared + end + sheet)
    book = xlrd.open_workbook(path, logfile=open(os.devnull, "w"))
    sheet = book.sheet_by_index(0)
    for row in range(sheet.nrows):
        for column in range(sheet.ncols):
            cell = sheet.cell(row, column)
            if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                # xlrd decides by all sections of a format between number and date.
                yield row, column, number_form(cell.value, styles[row, column], defined, is_1904)
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                yield row, column, form(bool(cell.value))
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                yield row, column, ("text", ERRORS[cell.value])
            elif cell.ctype == xlrd.XL_CELL_TEXT:
                yield row, column, ("text", cell.value)


# ---- xlsb --------------------------------------------------------------------------------------


def record12(kind, data=b""):
    out = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(data)
    while length >= 0x80:
        out += bytes([length & 0x7F | 0x80])
        length >>= 7
    return out + bytes([length]) + data


def wide12(text):
    units = text.encode("utf-16-le")
    return struct.pack("<I", len(units) // 2) + units


def relationships(targets):
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    lines = "".join(
        f'<Relationship Id="{id}" Type="{office}/{kind}" Target="{target}"/>'
        for id, kind, target in targets
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{package}">{lines}</Relationships>'


def xlsb(path):
    used, defined = some_formats()
    is_1904 = choose.random() < 0.2
    texts, styles = [], {}
    rows, last_row = b"", choose.randrange(40)
    for row in range(last_row + 1):
        rows += record12(0, struct.pack("<I", row) + bytes(13))
        for column in range(8):
            style = choose.randrange(len(used))
            styles[row, column] = used[style]
            head = struct.pack("<II", column, style | choose.choice([0, 1 << 24]))
            value, kind = some_number(), choose.randrange(11)
            # pyxlsb does not read texts that are not shared.
            tokens = struct.pack("<HI", 0, 3) + b"\x1e\1\0" + bytes(4)
            if kind == 0:
                rows += record12(5, head + struct.pack("<d", value))
            elif kind in (1, 2) and packed(value):
                rows += record12(2, head + struct.pack("<I", choose.choice(packed(value))))
            elif kind in (3, 4):
                texts.append(some_text())
                rows += record12(7, head + struct.pack("<I", len(texts) - 1))
            elif kind == 5:
                rows += record12(4, head + bytes([choose.randrange(2)]))
            elif kind == 6:
                rows += record12(3, head + bytes([choose.choice(list(ERRORS))]))
            elif kind == 7:
                rows += record12(8, head + wide12(some_text()) + tokens)
            elif kind == 8:
                rows += record12(9, head + struct.pack("<d", value) + tokens)
            elif kind == 9:
                rows += record12(10, head + bytes([choose.randrange(2)]) + tokens)
            else:
                rows += record12(1, head)
    sheet = record12(0x81) + record12(0x94, struct.pack("<IIII", 0, last_row, 0, 7)) + record12(0x91) + rows
    sheet += record12(0x92) + record12(0x82)
    book = record12(0x83) + record12(0x99, bytes([is_1904]) + bytes(7)) + record12(0x8F)
    book += record12(0x9C, struct.pack("<II", 0, 1) + wide12("rId1") + wide12("s"))
    book += record12(0x90) + record12(0x84)
    shared = record12(0x9F, struct.pack("<II", len(texts), len(texts)))
    for text in texts:
        rich = choose.random() < 0.2
        runs = struct.pack("<IHH", 1, 0, 0) if rich else b""
        shared += record12(0x13, bytes([rich]) + wide12(text) + runs)
    shared += record12(0xA0)
    formats = record12(0x116) + record12(0x267, struct.pack("<I", len(defined)))
    for number, code in defined.items():
        formats += record12(0x2C, struct.pack("<H", number) + wide12(code))
    formats += record12(0x268) + record12(0x2B, choose.randbytes(choose.randrange(60)))
    formats += record12(0x272, struct.pack("<I", 1)) + record12(0x2F, bytes(16)) + record12(0x273)
    formats += record12(0x269, struct.pack("<I", len(used)))
    for number in used:
        formats += record12(0x2F, struct.pack("<HH", 0, number) + bytes(12))
    formats += record12(0x26A)
    styles_at = choose.choice(["styles.bin", "look/styles3.bin"])
    targets = [("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "styles", styles_at)]
    targets.append(("rId3", "sharedStrings", "sharedStrings.bin"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("_rels/.rels", relationships([("r", "officeDocument", "xl/workbook.bin")]))
        file.writestr("xl/_rels/workbook.bin.rels", relationships(targets))
        file.writestr("xl/workbook.bin", book)
        file.writestr("xl/worksheets/sheet1.bin", sheet)
        file.writestr("xl/" + styles_at, formats)
        file.writestr("xl/sharedStrings.bin", shared)
    with pyxlsb.open_workbook(path) as book, book.get_sheet(1) as sheet:
        for cells in sheet.rows(sparse=True):
            for cell in cells:
                number = styles[cell.r, cell.c]
                if cell.v is None:
                    continue
                if isinstance(cell.v, str) and re.fullmatch("0x[0-9a-f]+", cell.v):
                    yield cell.r, cell.c, ("text", ERRORS[int(cell.v, 16)])
                elif isinstance(cell.v, (bool, str)):
                    yield cell.r, cell.c, form(cell.v)
                else:
                    yield cell.r, cell.c, number_form(float(cell.v), number, defined, is_1904)


folder, count, kind = sys.argv[1], int(sys.argv[2]), sys.argv[4]
for index in range(count):
    name = f"{index}.{kind}"
    for row, column, (form_name, value) in {"xls": xls, "xlsb": xlsb}[kind](os.path.join(folder, name)):
        print(name, "s", row + 1, column + 1, form_name, written(value), sep="\t")
