"""Reads a .bacpac without any code of this project, and prints for each table its name, the number of its records, and
the SHA-256 that an archive has for it, tab-separated. Checks the checksum of the model, the list of the parts and the
total number of records.

usage: read_bacpac.py FILE.bacpac"""

import datetime
import hashlib
import re
import struct
import sys
import uuid
import xml.etree.ElementTree as ElementTree
import zipfile
from decimal import Decimal
from urllib.parse import unquote

DAC = "{http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02}"
RAW = {
    "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8, "real": 4, "float": 8, "datetime": 8, "smalldatetime": 4,
    "date": 3, "money": 8, "smallmoney": 4, "time": 5, "datetime2": 8, "datetimeoffset": 10,
}
COUNTED = {"bit": 1, "uniqueidentifier": 16, "decimal": 19, "numeric": 19}
TEXTS = {"char", "varchar", "nchar", "nvarchar", "text", "ntext", "xml"}
EIGHT = {"xml", "hierarchyid", "geography", "geometry"}
FOUR = {"text", "ntext", "image", "sql_variant"}


def parts(name):
    return [part.replace("]]", "]") for part in re.findall(r"\[((?:[^\]]|\]\])*)\]", name)]


def properties(element):
    return {found.get("Name"): found.get("Value") for found in element.findall(DAC + "Property")}


def relationship(element, name):
    return next(found for found in element.findall(DAC + "Relationship") if found.get("Name") == name)


def referred(element, name):
    return [found.get("Name") for found in relationship(element, name).iter(DAC + "References")]


def tables_of(model):
    elements = model.find(DAC + "Model").findall(DAC + "Element")
    aliases = {
        element.get("Name"): (referred(element, "Type")[0], properties(element))
        for element in elements
        if element.get("Type") == "SqlUserDefinedDataType"
    }
    for table in elements:
        if table.get("Type") != "SqlTable":
            continue
        columns = []
        for entry in relationship(table, "Columns").findall(DAC + "Entry"):
            column = entry.find(DAC + "Element")
            if column.get("Type") == "SqlComputedColumn":
                continue
            specifier = relationship(column, "TypeSpecifier").find(DAC + "Entry").find(DAC + "Element")
            name, declared = referred(specifier, "Type")[0], properties(specifier)
            name, declared = aliases.get(name, (name, declared))
            kind = parts(name)[-1]
            if kind == "float" and int(declared.get("Precision", 53)) <= 24:
                kind = "real"
            nullable = properties(column).get("IsNullable") != "False"
            columns.append((parts(column.get("Name"))[-1], kind, declared, nullable))
        yield ".".join(parts(table.get("Name"))), columns


class Part:
    def __init__(self, content):
        self.content, self.at = content, 0

    def take(self, count):
        assert self.at + count <= len(self.content), "the part ends early"
        self.at += count
        return self.content[self.at - count : self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "little")

    def cell(self, kind, declared, nullable):
        if kind in RAW:
            if nullable:
                count = self.number(1)
                if count == 0xFF:
                    return ""
                assert count == RAW[kind]
            return value(kind, declared, self.take(RAW[kind]))
        if kind in COUNTED:
            count = self.number(1)
            if nullable and count == 0xFF:
                return ""
            assert count == COUNTED[kind]
            return value(kind, declared, self.take(count))
        if kind == "char" and not nullable:
            return quoted(self.take(2 * int(declared.get("Length", 1))).decode("utf-16-le"))
        width = 8 if kind in EIGHT or declared.get("IsMax") == "True" else 4 if kind in FOUR else 2
        count = self.number(width)
        if count == 256**width - 1:
            assert nullable
            return ""
        if width == 8 and count == 256**8 - 2:
            content = b""
            while piece := self.number(4):
                content += self.take(piece)
        else:
            content = self.take(count)
        return quoted(content.decode("utf-16-le")) if kind in TEXTS else "\\x" + content.hex()


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def real(number):
    """ECMAScript's form of a number, of which Python's differs in the exponents from which it is used."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    digits, minus = "".join(map(str, digits)), "-" if sign else ""
    point = len(digits) + exponent
    if number == 0:
        return minus + "0.0"
    if 0 < point <= 21:
        whole = digits[:point].ljust(point, "0")
        return minus + whole + "." + (digits[point:] or "0")
    if -6 < point <= 0:
        return minus + "0." + "0" * -point + digits
    mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
    return f"{minus}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def shortest(number, content):
    for precision in range(1, 10):
        short = float(f"{number:.{precision}g}")
        if struct.pack("<f", short) == content:
            return short
    raise ValueError(number)


def clock(units, digits):
    seconds, fraction = divmod(units, 10**7)
    assert seconds < 86400 and fraction % 10 ** (7 - digits) == 0
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{fraction:07}"[: digits + 1] if digits else "")


def day(number, first=(1, 1, 1)):
    return (datetime.date(*first) + datetime.timedelta(number)).isoformat()


def value(kind, declared, content):
    signed = int.from_bytes(content, "little", signed=True)
    unsigned = int.from_bytes(content, "little")
    digits = int(declared.get("Scale", 7))
    if kind in ("tinyint", "bit"):
        return str(unsigned)
    if kind in ("smallint", "int", "bigint"):
        return str(signed)
    if kind == "real":
        return real(shortest(struct.unpack("<f", content)[0], content))
    if kind == "float":
        return real(struct.unpack("<d", content)[0])
    if kind in ("money", "smallmoney"):
        if kind == "money":
            signed = int.from_bytes(content[4:] + content[:4], "little", signed=True)
        return quoted(f"{Decimal(signed).scaleb(-4):.4f}")
    if kind in ("decimal", "numeric"):
        scale, magnitude = int(declared.get("Scale", 0)), int.from_bytes(content[3:], "little")
        assert content[:2] == bytes([int(declared.get("Precision", 18)), scale]) and content[2] in (0, 1)
        text = str(magnitude).rjust(scale + 1, "0")
        text = text[: len(text) - scale] + ("." + text[len(text) - scale :] if scale else "")
        return quoted(("-" if magnitude and not content[2] else "") + text)
    if kind == "uniqueidentifier":
        return quoted(str(uuid.UUID(bytes_le=content)).upper())
    if kind == "datetime":
        days, ticks = struct.unpack("<iI", content)
        return quoted(day(days, (1900, 1, 1)) + "T" + clock((ticks * 10 + 1) // 3 * 10000, 3))
    if kind == "smalldatetime":
        days, minutes = struct.unpack("<HH", content)
        return quoted(day(days, (1900, 1, 1)) + "T" + clock(minutes * 60 * 10**7, 0))
    if kind == "date":
        return quoted(day(unsigned))
    units = int.from_bytes(content[:5], "little")
    if kind == "time":
        return quoted(clock(units, digits))
    days = int.from_bytes(content[5:8], "little")
    if kind == "datetime2":
        return quoted(day(days) + "T" + clock(units, digits))
    assert kind == "datetimeoffset", kind
    offset = int.from_bytes(content[8:], "little", signed=True)
    days, units = divmod(days * 864 * 10**9 + units + offset * 60 * 10**7, 864 * 10**9)
    sign, offset = "-" if offset < 0 else "+", abs(offset)
    return quoted(f"{day(days)}T{clock(units, digits)}{sign}{offset // 60:02}:{offset % 60:02}")


def header(names):
    return ",".join(quoted(name) if re.search('[,"\r\n]', name) else name for name in names) + "\n"


def main():
    package = zipfile.ZipFile(sys.argv[1])
    model = package.read("model.xml")
    origin = ElementTree.fromstring(package.read("Origin.xml"))
    checksums = {found.get("Uri"): found.text for found in origin.iter() if found.tag.endswith("Checksum")}
    assert checksums["/model.xml"] == hashlib.sha256(model).hexdigest().upper()
    listed = ElementTree.fromstring(package.read("_rels/.rels"))
    listed = {unquote(relation.get("Target").lstrip("/")) for relation in listed}
    held = {unquote(name): name for name in package.namelist() if name.startswith("Data/")}
    assert listed == set(held), listed ^ set(held)
    total = 0
    for name, columns in tables_of(ElementTree.fromstring(model)):
        digest, rows = hashlib.sha256(header([column[0] for column in columns]).encode()), 0
        own = [part for part in held if part.split("/")[1] == name]
        for path in sorted(own, key=lambda path: [int(number) for number in re.findall(r"\d+", path.split("/")[-1])]):
            part = Part(package.read(held.pop(path)))
            while part.at < len(part.content):
                record = ",".join(part.cell(*column[1:]) for column in columns)
                digest.update((record + "\n").encode())
                rows += 1
        total += rows
        print(name, rows, digest.hexdigest(), sep="\t")
    assert not held, held
    stated = [found.text for found in origin.iter() if found.tag.endswith("TableRowCountTotalTag")]
    assert stated in ([], [str(total)]), (stated, total)


if __name__ == "__main__":
    main()
