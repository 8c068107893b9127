"""Writes random xlsx or ods workbooks, and prints every cell as another reader has it (openpyxl, or the
small reader of ods below), in the forms that an archive has for it. One line a cell, tab-separated:
file, sheet, row, column (from 1), kind, value.

usage: random_xml_workbooks.py FOLDER COUNT SEED xlsx|ods
"""

import os
import random
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from xml.sax.saxutils import escape, quoteattr

from workbook_forms import beyond_a_double, display_of, form, shown, written

choose = random.Random(int(sys.argv[3]))

CHARACTERS = "abcXYZ 0189_<&>\"']" * 3 + "éÄß€" * 2 + "Жя中文客户あ고\u00a0\u2028" + "😀𠀀"
CODES = [
    "General", "GENERAL", "0", "0.00", "#,##0.00", "0%", "0.00E+00", "# ?/?", '"DM "#,##0.00', '#,##0.00 "d"',
    "0.00 DM", "DM 0.00", "Standard", "[Red][=50]General;[Blue]0", "0\\d", "_(* #,##0_);_(* (#,##0)",
    "[$-407]#,##0", "[$€-2] 0.0", "@", '"yyyy"0', "0.0_m", "[>=100]0;[<0]0.0;General", ";;;", '"yes";"no"', "0;;@",
    '[=0]"";yyyy-mm-dd', "0;yyyy", "yyyy;0", "yyyy;0;[h]", "[>1000]d;[h];0", "[<0]0;[=0]0;d", "d;@", "d;;0.0;@",
    "yyyy-mm-dd", "d", "h", "m", "dd/mm/yyyy hh:mm", "[$-409]h:mm AM/PM;@", "mm:ss.0", 'd"."m"."yy', "hAM/PM",
    'yyyy"年"m"月"d"日"', "yyyy年m月d日", "[Red]d\\-mmm", "mmm yy;@", "hh:mm:ss.000", "D/M/YYYY", "[$-804]yyyy/m/d",
    "[$-804]aaaa", "[$-411]ggge", "[h]:mm", "[hh]:mm:ss", "[mm]:ss", "[s]", "[Blue][h]:mm:ss.0", "hh:mm Uhr",
]


def some_text():
    return "".join(choose.choice(CHARACTERS) for _ in range(choose.choice([1, 2, 3, 8, 40])))


def likely(probability):
    return choose.random() < probability


def coded(text):
    """The text in XML, in one of the ways that XML allows."""
    pieces = []
    for piece in re.findall(".{1,5}", text, re.DOTALL):
        kind = choose.randrange(8)
        if kind == 0:
            pieces.append("<![CDATA[" + piece.replace("]]>", "]]]]><![CDATA[>") + "]]>")
        elif kind == 1:
            pieces.append("".join(choose.choice(["&#{};", "&#x{:X};"]).format(ord(c)) for c in piece))
        else:
            pieces.append(escape(piece, {'"': "&quot;", "'": "&apos;"} if likely(0.5) else {}))
    # Between two pieces, "]]" and ">" must not meet.
    return choose.choice(["", "", "", "<!-- c -->", "<?p i?>"]).join(pieces).replace("]]>", "]]&gt;") \
        if "<![CDATA[" not in "".join(pieces) else "".join(pieces)


def in_some_encoding(xml):
    """The bytes of a part."""
    kind = choose.randrange(12)
    if kind == 0:
        return ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16")
    if kind == 1:
        return ("\ufeff" + '<?xml version="1.0" encoding="UTF-8"?>\r\n' + xml).encode()
    declaration = choose.choice(["", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'])
    return (declaration + xml).encode()


def some_digits():
    """A number as a file may have it."""
    kind = choose.randrange(9)
    if kind == 0:
        return str(choose.randrange(0, 60_000))
    if kind == 1:
        return repr(choose.randrange(61, 60_000) + choose.randrange(86_400) / 86_400)
    if kind == 2:
        return choose.choice(["0", "1", "59", "60", "61", "60.5", "-1", "-0.0", "2958465", "2958466", "0.999999999999"])
    if kind == 3:
        return repr(choose.random())
    if kind == 4:
        return choose.choice(["1E+2", "1e-7", "1.5E3", "5e-324", "1E+300", "0.1", "0.30000000000000004", ".5", "5."])
    if kind == 5:
        return repr(choose.uniform(-1e12, 1e12))
    if kind == 6:
        return str(choose.randrange(-(10**21), 10**21))
    return str(choose.randrange(-(10**18), 10**18))


def numbers_of(cells, is_1904):
    """The forms of numbers, which depend on all numbers of a sheet: one with digits that a double does
    not hold shows that the digits of all are exact."""
    is_exact = any(kind == "number" and beyond_a_double(value) for _, kind, value in cells)
    for place, kind, value in cells:
        if kind == "number":
            yield *place, form(value, is_exact)
        elif kind in ("date", "duration"):
            yield *place, shown(float(value), kind, is_1904)
        else:
            yield *place, (kind, value)


def spaced(xml):
    """A part with white space and comments between elements that contain no text."""
    return xml.replace("><row", ">\n  <!-- row --><row").replace("><c ", ">\n\t<c ")


# ---- xlsx --------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def letters(column):
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def text_element(text):
    is_marked = text != text.strip(" \t\r\n") or likely(0.3)
    return f'<t{" xml:space=%spreserve%s" % (chr(34), chr(34)) if is_marked else ""}>{coded(text)}</t>'


def string_item():
    kind = choose.randrange(4)
    if kind == 0:
        runs = "".join(f"<r><rPr><b/></rPr>{text_element(some_text())}</r>" for _ in range(choose.randrange(1, 4)))
        return runs + choose.choice(["", '<rPh sb="0" eb="1"><t>ヨミ</t></rPh><phoneticPr fontId="0"/>'])
    if kind == 1:
        return text_element(choose.choice([
            "a\nb", "\ttab", " x ", "a&b", "'apostrophe", "=1+1", "00420", "1.23E+17", "#N/A", 
        ]))
    return text_element(some_text()) + choose.choice(["", "", "<rPh sb='0' eb='1'><t>ヨミ</t></rPh>"])


def xlsx_cell(place, codes, shared):
    style = choose.randrange(len(codes))
    head = f'r="{place}" s="{style}"'
    formula = choose.choice(["", "", "<f>A1+1</f>", '<f t="shared" si="0"/>', '<f t="shared" ref="A1:B2" si="0">A2</f>'])
    digits = some_digits()
    # A value may stand before its formula, and have white space around it.
    padded = choose.choice(["{}", "{}", "{}", " {} ", "\n{}\n"])

    def value(text):
        inside = f"<v>{text}</v>"
        after = choose.choice(["", "", "", "<extLst><ext uri='x'/></extLst>"])
        return formula + inside + after if likely(0.9) else inside + formula + after

    kind = choose.randrange(10)
    if kind in (0, 1):
        if not shared or likely(0.7):
            shared.append(string_item())
        return f'<c {head} t="s">{value(padded.format(choose.randrange(len(shared))))}</c>'
    if kind == 2:
        return f'<c {head} t="inlineStr"><is>{string_item()}</is></c>'
    if kind == 3:
        return f'<c {head} t="b">{value(choose.randrange(2))}</c>'
    if kind == 4:
        error = choose.choice(["#N/A", "#DIV/0!", "#NAME?", "#SPILL!", "#CALC!", "#GETTING_DATA", "Err:502"])
        return f'<c {head} t="e">{value(error)}</c>'
    if kind == 5:
        return f'<c {head} t="str">{value(coded(some_text()))}</c>'
    if kind == 6:
        moment = choose.choice(["2024-05-06T07:08:09", "2024-05-06", "2024-12-31T23:59:59.500"])
        return f'<c {head} t="d">{value(moment)}</c>'
    if kind == 7:
        return choose.choice([f"<c {head}/>", f'<c {head}><v/></c>', f'<c {head} t="s"/>', f"<c {head}>{formula}</c>"])
    digits = choose.choice([digits, digits, digits[:1] + "<!-- -->" + digits[1:], digits[:-1] + f"&#{ord(digits[-1])};"])
    return f'<c {head}{choose.choice(["", TYPE_OF_NUMBERS])}>{value(padded.format(digits))}</c>'


TYPE_OF_NUMBERS = ' t="n"'


def xlsx(path):
    defined, codes = {}, []
    for _ in range(choose.randrange(1, 30)):
        number, code = choose.choice([choose.randrange(0, 82), choose.randrange(1, 164), choose.randrange(164, 900)]), ""
        if number > 81 or likely(0.4):
            code = defined.setdefault(number, choose.choice(CODES))
        codes.append(number)
    is_1904, shared = likely(0.2), []
    sheets = []
    for _ in range(choose.randrange(1, 4)):
        rows, row = "", 0
        has_places = likely(0.8)
        for _ in range(choose.randrange(1, 20)):
            row += 1 if not has_places or likely(0.8) else choose.randrange(1, 20)
            cells, column = "", 0
            for _ in range(choose.randrange(0, 9)):
                column += 1 if not has_places or likely(0.8) else choose.randrange(1, 10)
                cell = xlsx_cell(f"{letters(column - 1)}{row}", codes, shared)
                if not has_places:
                    cell = re.sub(' r="[A-Za-z0-9]+"', "", cell, count=1)
                    # The library loses count after an element that it refuses.
                    cell = re.sub("<extLst>.*</extLst>", "", cell)
                    cell = re.sub('t="n"', "", cell, count=1)
                    cell = re.sub("#SPILL!|#CALC!|#GETTING_DATA|Err:502", "#REF!", cell)
                cells += cell
            rows += f'<row r="{row}">{cells}</row>' if has_places else f"<row>{cells}</row>"
        # openpyxl drops the values of all cells but the first one of a merged area.
        more = choose.choice(["", '<mergeCells count="1"><mergeCell ref="Y500:Z501"/></mergeCells>'])
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'
        sheet = spaced(sheet) if likely(0.2) else sheet
        sheets.append(prefixed(sheet) if likely(0.15) else sheet)
    formats = "".join(
        f"<numFmt numFmtId={quoteattr(str(number))} formatCode={quoteattr(code)}/>" for number, code in defined.items()
    )
    styles = "".join(f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0"/>' for number in codes)
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts><font/></fonts><fills><fill><patternFill/></fill>'
        f"</fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>"
    )
    texts = f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in shared)}</sst>'
    styles_at = choose.choice(["xl/styles.xml", "xl/look/s.xml", "s.xml"])
    texts_at = choose.choice(["xl/sharedStrings.xml", "xl/strings/t.xml", "t.xml"])
    target = choose.choice([lambda part: "/" + part, lambda part: os.path.relpath(part, "xl")])
    names = [f"xl/worksheets/sheet{n}.xml" for n in range(len(sheets))]
    lines = [("styles", "styles", styles_at), ("texts", "sharedStrings", texts_at)]
    lines += [(f"r{n}", "worksheet", name) for n, name in enumerate(names)]
    listed = "".join(
        f'<sheet name="s{n}" sheetId="{n + 1}" state="{choose.choice(["visible", "hidden", "veryHidden"]) if n else "visible"}" r:id="r{n}"/>'
        for n in range(len(sheets))
    )
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    overrides = [("xl/workbook.xml", "sheet.main"), (styles_at, "styles"), (texts_at, "sharedStrings")]
    overrides += [(name, "worksheet") for name in names]
    types = "".join(f'<Override PartName="/{part}" ContentType="{TYPES}.{kind}+xml"/>' for part, kind in overrides)
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{types}</Types>')
        file.writestr("_rels/.rels", relations(package, [("r", "officeDocument", "xl/workbook.xml")], lambda part: part))
        file.writestr("xl/_rels/workbook.xml.rels", relations(package, lines, target))
        file.writestr("xl/workbook.xml", book)
        file.writestr(styles_at, in_some_encoding(styles))
        file.writestr(texts_at, in_some_encoding(texts))
        for name, sheet in zip(names, sheets):
            file.writestr(name, in_some_encoding(sheet))
    return read_xlsx(path, styles_at, is_1904)


def relations(package, lines, target):
    lines = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target(part)}"/>' for id, kind, part in lines
    )
    return f'<Relationships xmlns="{package}/relationships">{lines}</Relationships>'


def prefixed(xml):
    """A part whose elements have a prefix."""
    outside = re.split(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", xml, flags=re.DOTALL)
    changed = [part if part.startswith("<!") else re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", part) for part in outside]
    return "".join(changed).replace("xmlns=", "xmlns:x=", 1)


def read_xlsx(path, styles_at, is_1904):
    """As openpyxl reads it, apart from dates: it decides by the first section of a format, without
    regard of words and conditions, and does not know the formats of East Asian versions. It looks for
    the styles in one place only."""
    stylesheet.ARC_STYLE = styles_at
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                place, value = (sheet.title, cell.row, cell.column), cell.value
                if value is None:
                    continue
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    number = cell._style.numFmtId
                    defined = {number: cell.number_format} if number >= 164 else {}
                    cells.append((place, display_of(number, defined, float(value)), value))
                else:
                    cells.append((place, *form(value, False)))
        yield from numbers_of(cells, is_1904)


def without_dates(archive, book):
    apply_stylesheet(archive, book)
    book._date_formats, book._timedelta_formats = set(), set()


if sys.argv[4] == "xlsx":
    import openpyxl
    from openpyxl.reader import excel
    from openpyxl.styles import stylesheet

    apply_stylesheet, excel.apply_stylesheet = excel.apply_stylesheet, without_dates


# ---- ods ---------------------------------------------------------------------------------------

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = {
    "office": ODF + "office:1.0", "table": ODF + "table:1.0", "text": ODF + "text:1.0", "draw": ODF + "drawing:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}


def spans(depth=0):
    """The inside of a paragraph."""
    pieces = []
    for _ in range(choose.randrange(0, 4)):
        kind = choose.randrange(12)
        if kind == 0:
            pieces.append(choose.choice(['<text:s text:c="3"/>', "<text:s/>", '<text:s text:c="0"/>']))
        elif kind == 1:
            pieces.append("<text:tab/>")
        elif kind == 2:
            pieces.append("<text:line-break/>")
        elif kind == 3 and depth < 2:
            pieces.append(f'<text:span text:style-name="T1">{spans(depth + 1)}</text:span>')
        elif kind == 4 and depth == 0:
            pieces.append(f'<text:a xlink:href="http://example.org/">{coded(some_text())}</text:a>')
        elif kind == 5 and depth == 0:
            base = coded(some_text())
            pieces.append(f"<text:ruby><text:ruby-base>{base}</text:ruby-base><text:ruby-text>よみ</text:ruby-text></text:ruby>")
        elif kind == 6 and depth == 0:
            pieces.append("<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note>")
        elif kind == 7:
            pieces.append(choose.choice(["\n", "  ", "\t", "<!-- c -->", "&#10;", "<text:soft-page-break/>"]))
        else:
            pieces.append(coded(some_text()))
    return "".join(pieces)


def paragraphs():
    space = choose.choice(["", "", "", "\n  "])
    lines = [f"<text:p>{spans()}</text:p>" for _ in range(choose.choice([1, 1, 1, 2, 3]))]
    note = "<office:annotation><dc:date xmlns:dc='dc'>2024-01-01</dc:date><text:p>a note</text:p></office:annotation>"
    if likely(0.1):
        lines.insert(choose.choice([0, len(lines)]), note)
    if likely(0.05):
        lines.append("<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>")
    return space + space.join(lines) + space


def ods_cell():
    name = choose.choice(["table-cell"] * 8 + ["covered-table-cell"])
    attributes, inside = [], ""
    kind = choose.randrange(12)
    if kind in (0, 1, 2):
        attributes, inside = [("office:value-type", "string")], paragraphs()
    elif kind == 3:
        attributes = [("office:value-type", "string"), ("office:string-value", some_text())]
        inside = choose.choice(["", paragraphs()])
    elif kind in (4, 5):
        type = choose.choice(["float", "float", "percentage", "currency"])
        attributes = [("office:value-type", type), ("office:value", some_digits())]
        attributes += [("office:currency", "EUR")] if type == "currency" else []
        inside = choose.choice(["", "<text:p>shown</text:p>"])
    elif kind == 6:
        moment = choose.choice(["2024-05-06", "2024-05-06T07:08:09", "1899-12-30T12:00:00", "2024-05-06T07:08:09.123"])
        attributes, inside = [("office:value-type", "date"), ("office:date-value", moment)], "<text:p>06.05.24</text:p>"
    elif kind == 7:
        attributes = [("office:value-type", "time"), ("office:time-value", choose.choice(["PT07H08M09S", "PT36H00M00.5S"]))]
    elif kind == 8:
        attributes = [("office:value-type", "boolean"), ("office:boolean-value", choose.choice(["true", "false"]))]
        inside = "<text:p>WAHR</text:p>"
    elif kind == 9:
        error = choose.choice(["#N/A", "#DIV/0!", "#REF!", "#NAME?", "Err:502", "#SPILL!"])
        inside = f"<text:p>{error}</text:p>"
        attributes = choose.choice([
            [("office:value-type", "float"), ("office:value", "0")],
            [("office:value-type", "string"), ("office:string-value", ""), ("calcext:value-type", "error")],
        ])
    elif kind == 10:
        inside = choose.choice(["", paragraphs()])
    if likely(0.2):
        attributes.append(("table:formula", "of:=[.A1]"))
    if kind != 9 and likely(0.3):
        choose.shuffle(attributes)
    if likely(0.3):
        attributes.append(("table:number-columns-repeated", str(choose.randrange(1, 6))))
    text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes)
    return f"<table:{name}{text}>{inside}</table:{name}>" if inside or likely(0.5) else f"<table:{name}{text}/>"


def ods(path):
    tables = []
    for n in range(choose.randrange(1, 4)):
        rows = []
        for _ in range(choose.randrange(1, 20)):
            cells = [ods_cell() for _ in range(choose.randrange(1, 8))]
            if likely(0.5):
                cells.append('<table:table-cell table:number-columns-repeated="1000"/>')
            more = f' table:number-rows-repeated="{choose.randrange(1, 5)}"' if likely(0.2) else ""
            space = choose.choice(["", "", "", "\n    ", "<!-- c -->"])
            row = f"<table:table-row{more}>{space}{space.join(cells)}{space}</table:table-row>"
            wrapper = choose.choice(["{}"] * 8 + [
                "<table:table-row-group>{}</table:table-row-group>", "<table:table-header-rows>{}</table:table-header-rows>",
            ])
            rows.append(wrapper.format(row))
        rows.append('<table:table-row table:number-rows-repeated="100000"><table:table-cell/></table:table-row>')
        space = choose.choice(["", "", "\n  "])
        tables.append(
            f'<table:table table:name="s{n}">{space}<table:table-column table:number-columns-repeated="9"/>'
            f"{space.join(rows)}{space}</table:table>"
        )
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    content = (
        f'<office:document-content{names} office:version="1.2"><office:automatic-styles/><office:body>'
        f'<office:spreadsheet>{"".join(tables)}</office:spreadsheet></office:body></office:document-content>'
    )
    has_type, has_manifest = choose.choice([(True, True)] * 6 + [(False, True), (True, False)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        if has_type:
            file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        file.writestr("content.xml", in_some_encoding(content))
        if has_manifest:
            manifest = ODF + "manifest:1.0"
            file.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
    return read_ods(path)


def name(space, local):
    return f"{{{NAMES[space]}}}{local}"


NO_TEXT = {name("text", "note"), name("text", "ruby-text"), name("office", "annotation")}


def text_of(element):
    """The text of a paragraph. As in LibreOffice, white space in it stays as it is."""
    if element.tag in NO_TEXT or str(element.tag).startswith(f"{{{NAMES['draw']}}}"):
        return ""
    if element.tag == name("text", "s"):
        return " " * max(1, int(element.get(name("text", "c"), 1)))
    if element.tag == name("text", "tab"):
        return "\t"
    if element.tag == name("text", "line-break"):
        return "\n"
    return (element.text or "") + "".join(text_of(child) + (child.tail or "") for child in element)


def ods_value(cell):
    """The kind and value of a cell; None for one without a value."""
    get = lambda attribute: cell.get(name("office", attribute))
    text = "\n".join(text_of(child) for child in cell if child.tag == name("text", "p"))
    type, number = get("value-type"), get("value")
    if cell.get(name("calcext", "value-type")) == "error":
        return "text", get("string-value") or text
    if type in ("float", "percentage", "currency"):
        if float(number) == 0 and re.fullmatch("#N/A|#[A-Z/0]+[!?]|Err:[0-9]+", text):
            return "text", text
        return "number", float(number) if re.search("[.eE]", number) else int(number)
    if type in ("date", "time", "boolean"):
        return "text", get(f"{type}-value")
    if type == "string":
        return "text", text if get("string-value") is None else get("string-value")
    return ("text", text) if text else None


def read_ods(path):
    with zipfile.ZipFile(path) as file:
        root = ET.fromstring(file.read("content.xml"))
    for table in root.iter(name("table", "table")):
        cells, row = [], 0
        for line in table.iter(name("table", "table-row")):
            rows = int(line.get(name("table", "number-rows-repeated"), 1))
            column = 0
            for cell in line:
                if not str(cell.tag).endswith("table-cell"):
                    continue
                columns = int(cell.get(name("table", "number-columns-repeated"), 1))
                value = ods_value(cell)
                if value is not None:
                    cells += [
                        ((table.get(name("table", "name")), r, c), *value)
                        for r in range(row + 1, row + rows + 1) for c in range(column + 1, column + columns + 1)
                    ]
                column += columns
            row += rows
        yield from numbers_of(cells, False)


folder, count, kind = sys.argv[1], int(sys.argv[2]), sys.argv[4]
for index in range(count):
    file = f"{index}.{kind}"
    for *place, (form_name, value) in {"xlsx": xlsx, "ods": ods}[kind](os.path.join(folder, file)):
        print(file, *place, form_name, written(value), sep="\t")
