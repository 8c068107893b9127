//! Every type of PostgreSQL 15.

/// A table with a column of every type, with usual values, extreme values, and nulls.
pub(super) fn every_type() -> String {
    let columns: [(&str, &[&str]); 61] = [
        ("smallint", &["-32768", "32767"]),
        ("integer", &["-2147483648", "2147483647"]),
        ("bigint", &["-9223372036854775808", "9223372036854775807"]),
        ("oid", &["0", "4294967295"]),
        ("numeric", &["'NaN'", "'Infinity'", "'-Infinity'", "1e-20", "12345678901234567890.10"]),
        ("numeric(12,4)", &["-0.0001", "12345678.9000"]),
        ("real", &["'NaN'", "'-Infinity'", "0.1", "'-0'", "1.17549435e-38"]),
        ("double precision", &["'NaN'", "'Infinity'", "0.1", "'-0'", "5e-324", "1e300"]),
        ("money", &["'-1.50'", "'92233720368547758.07'"]),
        ("boolean", &["true", "false"]),
        ("char(5)", &["'ab'", "''", "'客户'"]),
        ("varchar(9)", &["'ab  '", "''", "'客户 😀'"]),
        (
            "text",
            &[
                "E'a\\tb\\nc\\rd\\\\e'",
                "''",
                "'\\N'",
                "'\\.'",
                "'客户, \"x\"'",
                "E'\\b\\f\\v\\x01'",
            ],
        ),
        ("\"char\"", &["'a'"]),
        ("name", &["'pg'"]),
        ("bytea", &["'\\x00ff5c0a09'", "''"]),
        ("date", &["'2024-02-29'", "'infinity'", "'0044-03-15 BC'"]),
        ("time", &["'23:59:59.999999'", "'24:00'"]),
        ("time(0)", &["'12:00'"]),
        ("timetz", &["'12:00:00.5+08'"]),
        ("timestamp", &["'2024-01-01 00:00:00.000001'", "'-infinity'"]),
        ("timestamptz", &["'2024-01-01 00:00:00+08'", "'infinity'", "'0001-01-01 BC'"]),
        ("interval", &["'1 year -2 months 3 days 04:05:06.7'", "'-1 day'"]),
        ("uuid", &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]),
        ("json", &["'{\"a\": [1,  2]}'"]),
        ("jsonb", &["'{\"b\":1, \"a\":[1,2]}'"]),
        ("jsonpath", &["'$.a[*]'"]),
        ("xml", &["'<a>客&amp;</a>'"]),
        ("inet", &["'1.2.3.4'", "'::1/64'"]),
        ("cidr", &["'10.0.0.0/8'"]),
        ("macaddr", &["'08:00:2b:01:02:03'"]),
        ("macaddr8", &["'08:00:2b:01:02:03:04:05'"]),
        ("bit(3)", &["B'101'"]),
        ("bit varying", &["B''", "B'1'"]),
        ("tsvector", &["'a:1 b:2'::tsvector"]),
        ("tsquery", &["'a & b'::tsquery"]),
        ("point", &["'(1.5,-2)'"]),
        ("line", &["'{1,2,3}'"]),
        ("lseg", &["'[(0,0),(1,1)]'"]),
        ("box", &["'(1,1),(0,0)'"]),
        ("path", &["'((0,0),(1,1))'"]),
        ("polygon", &["'((0,0),(1,1),(1,0))'"]),
        ("circle", &["'<(0,0),1>'"]),
        ("int4range", &["'[1,5)'", "'empty'"]),
        ("int8range", &["'(,5)'"]),
        ("numrange", &["'[1.5,2]'"]),
        ("daterange", &["'[2024-01-01,)'"]),
        ("tsrange", &["'[2024-01-01 10:00,2024-01-01 11:00)'"]),
        ("tstzrange", &["'[2024-01-01 10:00+08,)'"]),
        ("int4multirange", &["'{[1,2),[5,6)}'"]),
        ("integer[]", &["'{1,NULL,3}'", "'{}'", "'[0:1]={7,8}'"]),
        ("varchar(9)[]", &["ARRAY['a']"]),
        ("text[]", &["'{\"a,b\",\"NULL\",NULL,\"c\\\\\\\"d\"}'"]),
        ("bytea[]", &["ARRAY['\\x00'::bytea]"]),
        ("mood", &["'sad'", "'高兴'"]),
        ("mood[]", &["'{sad}'"]),
        ("positive", &["7"]),
        ("pair", &["ROW(1,'a,b')"]),
        ("pg_lsn", &["'16/B374D848'"]),
        ("regclass", &["'pg_class'"]),
        ("xid8", &["'18446744073709551615'"]),
    ];
    let mut sql = String::from(
        "CREATE TYPE mood AS ENUM ('sad', '高兴'); CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
         CREATE TYPE pair AS (a integer, b text); CREATE TABLE every_type (id serial PRIMARY KEY",
    );
    for (number, (kind, _)) in columns.iter().enumerate() {
        sql.push_str(&format!(", c{number} {kind}"));
    }
    sql.push_str(", twice integer GENERATED ALWAYS AS (id * 2) STORED); INSERT INTO every_type DEFAULT VALUES;");
    for (number, (_, values)) in columns.iter().enumerate() {
        for value in *values {
            sql.push_str(&format!("INSERT INTO every_type (c{number}) VALUES ({value});"));
        }
    }
    sql
}
