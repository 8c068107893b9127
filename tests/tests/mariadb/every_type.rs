//! Every type of MariaDB 10.11.

/// A table with a column of every type, with usual values, extreme values, and nulls.
pub(super) fn every_type() -> String {
    let text = "'客户 😀', 'a\\0b\\nc\\rd\\\\e\\'f\\\"g\\Zh', '', ' x '";
    let columns: [(&str, &str); 62] = [
        ("tinyint", "-128, 127"),
        ("tinyint unsigned", "0, 255"),
        ("smallint", "-32768, 32767"),
        ("smallint unsigned", "65535"),
        ("mediumint", "-8388608, 8388607"),
        ("mediumint unsigned", "16777215"),
        ("int", "-2147483648, 2147483647"),
        ("int unsigned", "4294967295"),
        ("int(6) unsigned zerofill", "42"),
        ("bigint", "-9223372036854775808, 9223372036854775807"),
        ("bigint unsigned", "0, 9223372036854775807, 9223372036854775808, 18446744073709551615"),
        ("bigint unsigned zerofill", "5, 10000000000000000000"),
        ("boolean", "true, false"),
        ("decimal(65,30)", "-12345678901234567890123456789012345.1, 1e-30, 0"),
        ("decimal(10,2) zerofill", "5.5"),
        ("float", "0.1, 3.4e38, -1.5e-38, -0e0"),
        ("float(7,3)", "1234.5678"),
        ("float unsigned zerofill", "2.5"),
        ("double", "0.1, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, -0e0, 1e22"),
        ("double(12,4)", "1.23456"),
        ("bit(1)", "b'0', b'1'"),
        ("bit(7)", "b'1100001', b'0'"),
        ("bit(64)", "0, 1, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff"),
        ("date", "'0000-00-00', '2024-02-29', '9999-12-31', '2024-00-00'"),
        ("time", "'-838:59:59', '838:59:59', '00:00:00'"),
        ("time(6)", "'23:59:59.999999', '-00:00:00.000001'"),
        ("datetime", "'0000-00-00 00:00:00', '2024-01-01 23:59:59'"),
        ("datetime(3)", "'2024-01-01 00:00:00.125'"),
        ("timestamp null", "'1970-01-02 00:00:01', '2024-07-01 12:00:00', 0"),
        ("timestamp(6) null", "'2024-01-01 00:00:00.000001'"),
        ("year", "0, 1901, 2155"),
        ("char(5)", "'ab', 'a b  ', ''"),
        ("char(9) character set latin1", "'é€ß'"),
        ("varchar(30)", text),
        ("varchar(30) character set latin1", "'é€', 'a\\\\b', ''"),
        ("varchar(30) character set utf16", "'客户 😀'"),
        ("tinytext", text),
        ("text", text),
        ("text character set gbk", "'客户', '\\\\'"),
        ("text character set latin1", "'Ærø'"),
        ("mediumtext", text),
        ("longtext compressed", "'客户', ''"),
        ("binary(4)", "'ab', x'00ff275c'"),
        ("varbinary(9)", "'', x'00ff275c0a0d1a22'"),
        ("char(3) byte", "x'ff'"),
        ("tinyblob", "'', x'00ff'"),
        ("blob", "'', x'00ff5c270a', '客户'"),
        ("mediumblob", "x'80'"),
        ("longblob", "repeat(x'ff', 70000)"),
        ("enum('a', '客', '')", "'a', '客', 0"),
        ("enum('é') character set latin1", "'é'"),
        ("set('a', 'b c', '客')", "'', 'a', 'a,客'"),
        ("json", "'{\"a\": [1,  \"客\"]}', 'null'"),
        ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
        ("inet6", "'::1', '2001:db8::ff00:42:8329'"),
        ("inet4", "'10.0.0.255'"),
        ("geometry", "point(1.5, -2)"),
        ("point", "point(0, 0)"),
        ("linestring", "st_geomfromtext('LINESTRING(0 0,1 1)', 4326)"),
        ("polygon", "st_geomfromtext('POLYGON((0 0,1 1,1 0,0 0))')"),
        ("multipoint", "st_geomfromtext('MULTIPOINT(0 0,1 1)')"),
        ("geometrycollection", "st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1))')"),
    ];
    let mut sql = String::from("CREATE TABLE every_type (id int PRIMARY KEY");
    for (number, (kind, _)) in columns.iter().enumerate() {
        sql.push_str(&format!(", c{number} {kind}"));
    }
    sql.push_str(
        ", twice bigint GENERATED ALWAYS AS (id * 2) STORED, \
         named varchar(9) GENERATED ALWAYS AS (concat('n', id)) VIRTUAL); \
         INSERT INTO every_type (id) VALUES (-1);",
    );
    for (number, (_, values)) in columns.iter().enumerate() {
        for (at, value) in values_of(values).into_iter().enumerate() {
            let id = number * 10 + at;
            sql.push_str(&format!(
                "INSERT INTO every_type (id, c{number}) VALUES ({id}, {value});"
            ));
        }
    }
    sql
}

/// The values in a list, which are separated by commas outside of quotes and parentheses.
fn values_of(list: &str) -> Vec<&str> {
    let (mut values, mut start, mut depth, mut quoted, mut escaped) = (vec![], 0, 0, false, false);
    for (at, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                values.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    values.push(&list[start..]);
    values
}
