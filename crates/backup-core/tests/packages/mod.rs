//! A small writer of `.bacpac` files. It shares no code with the reader.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::fmt::Write as _;

use backup_core::record::Digest;
use backup_core::source::bacpac::BacpacSource;

pub use crate::books::zip;

/// How the length of a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Not at all, or in one byte if the column has nulls.
    Raw,
    /// In one byte.
    Counted,
    /// Not at all, or in two bytes if the column has nulls: `char`.
    Fixed,
    Two,
    Four,
    Eight,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// The name in the model, with brackets.
    pub type_name: String,
    /// Properties of the type: `Length`, `Precision`, `Scale`, `IsMax`.
    pub properties: Vec<(&'static str, String)>,
    pub framing: Framing,
    pub is_nullable: bool,
}

/// A column that has no nulls.
pub fn column(name: &str, type_name: &str, framing: Framing) -> Column {
    let type_name = format!("[{type_name}]");
    let (name, properties) = (name.to_owned(), Vec::new());
    Column { name, type_name, properties, framing, is_nullable: false }
}

impl Column {
    pub fn with(mut self, property: &'static str, value: impl ToString) -> Self {
        self.properties.push((property, value.to_string()));
        self
    }

    pub fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }

    fn write(&self, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let width = match self.framing {
            Framing::Raw => usize::from(self.is_nullable),
            Framing::Counted => 1,
            Framing::Fixed => 2 * usize::from(self.is_nullable),
            Framing::Two => 2,
            Framing::Four => 4,
            Framing::Eight => 8,
        };
        let length = value.map_or([0xff; 8], |value| (value.len() as u64).to_le_bytes());
        out.extend(&length[..width]);
        out.extend(value.unwrap_or_default());
    }

    fn model(&self, table: &str) -> String {
        let mut properties = String::new();
        for (name, value) in &self.properties {
            let _ = write!(properties, r#"<Property Name="{name}" Value="{value}" />"#);
        }
        let nullable = match self.is_nullable {
            true => "",
            false => r#"<Property Name="IsNullable" Value="False" />"#,
        };
        let specifier = relation("Type", &reference(&self.type_name));
        let specifier =
            format!(r#"<Element Type="SqlTypeSpecifier">{properties}{specifier}</Element>"#);
        let specifier = relation("TypeSpecifier", &specifier);
        let name = format!("{table}.{}", quoted(&self.name));
        format!(
            r#"<Entry><Element Type="SqlSimpleColumn" Name="{name}">{nullable}{specifier}</Element></Entry>"#
        )
    }
}

/// Columns, the target table and its columns.
type Reference = (Vec<String>, (String, String), Vec<String>);

#[derive(Debug, Clone)]
pub struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// The names of computed columns. They come before the others in the model.
    pub computed: Vec<String>,
    /// The primary key and other unique columns.
    pub keys: Vec<Vec<String>>,
    pub references: Vec<Reference>,
    /// The number and the bytes of each data part.
    pub parts: Vec<(u32, Vec<u8>)>,
}

pub fn table(name: &str, columns: Vec<Column>) -> Table {
    Table {
        schema: "dbo".into(),
        name: name.into(),
        columns,
        computed: Vec::new(),
        keys: Vec::new(),
        references: Vec::new(),
        parts: Vec::new(),
    }
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Table {
    pub fn key(mut self, columns: &[&str]) -> Self {
        self.keys.push(strings(columns));
        self
    }

    pub fn refers(mut self, columns: &[&str], to: &str, target: &[&str]) -> Self {
        self.references.push((strings(columns), ("dbo".into(), to.into()), strings(target)));
        self
    }

    /// Begins the data part with this number.
    pub fn part(mut self, number: u32) -> Self {
        self.parts.push((number, Vec::new()));
        self
    }

    /// Appends a record to the last data part.
    pub fn row(mut self, values: &[Option<&[u8]>]) -> Self {
        assert_eq!(values.len(), self.columns.len(), "a record with another width");
        if self.parts.is_empty() {
            self.parts.push((0, Vec::new()));
        }
        let (_, part) = self.parts.last_mut().expect("there is a part");
        for (column, value) in self.columns.iter().zip(values) {
            column.write(*value, part);
        }
        self
    }

    fn qualified(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    fn path(&self, number: u32) -> String {
        let folder = percent(&format!("{}.{}", self.schema, self.name));
        format!("Data/{folder}/TableData-{number:03}-00000.BCP")
    }

    fn model(&self, out: &mut String) {
        let name = self.qualified();
        let computed = self.computed.iter().map(|column| {
            let column = quoted(column);
            format!(r#"<Entry><Element Type="SqlComputedColumn" Name="{name}.{column}" /></Entry>"#)
        });
        let columns = self.columns.iter().map(|column| column.model(&name));
        let columns: String = computed.chain(columns).collect();
        let _ = write!(
            out,
            r#"<Element Type="SqlTable" Name="{name}"><Relationship Name="Columns">{columns}</Relationship></Element>"#
        );
        let kinds =
            ["SqlPrimaryKeyConstraint"].into_iter().chain(std::iter::repeat("SqlUniqueConstraint"));
        for (key, kind) in self.keys.iter().zip(kinds) {
            let columns = key.iter().map(|column| {
                let column = reference(&format!("{name}.{}", quoted(column)));
                let column = relation("Column", &column);
                format!(r#"<Entry><Element Type="SqlIndexedColumnSpecification">{column}</Element></Entry>"#)
            });
            let columns: String = columns.collect();
            let _ = write!(
                out,
                r#"<Element Type="{kind}"><Relationship Name="ColumnSpecifications">{columns}</Relationship>{}</Element>"#,
                relation("DefiningTable", &reference(&name)),
            );
        }
        for (columns, (schema, target), others) in &self.references {
            let target = format!("{}.{}", quoted(schema), quoted(target));
            let entries = |table: &str, columns: &[String]| -> String {
                let entry = |column: &String| {
                    format!("<Entry>{}</Entry>", reference(&format!("{table}.{}", quoted(column))))
                };
                columns.iter().map(entry).collect()
            };
            let _ = write!(
                out,
                r#"<Element Type="SqlForeignKeyConstraint" Name="[dbo].[FK]"><Relationship Name="Columns">{}</Relationship>{}<Relationship Name="ForeignColumns">{}</Relationship>{}</Element>"#,
                entries(&name, columns),
                relation("DefiningTable", &reference(&name)),
                entries(&target, others),
                relation("ForeignTable", &reference(&target)),
            );
        }
    }
}

fn reference(name: &str) -> String {
    let name = name.replace('&', "&amp;").replace('"', "&quot;");
    format!(r#"<References Name="{name}" />"#)
}

fn relation(name: &str, content: &str) -> String {
    format!(r#"<Relationship Name="{name}"><Entry>{content}</Entry></Relationship>"#)
}

fn quoted(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

fn percent(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}

/// A package. Its fields can be changed before it is written.
#[derive(Debug, Clone)]
pub struct Package {
    pub tables: Vec<Table>,
    /// The name of an alias type, its base and its length.
    pub aliases: Vec<(String, String, u32)>,
    /// The number of records that it states.
    pub total: Option<u64>,
    /// Added to the model, before the tables.
    pub more: String,
}

impl Package {
    pub fn of(tables: Vec<Table>, total: u64) -> Self {
        Self { tables, aliases: Vec::new(), total: Some(total), more: String::new() }
    }

    fn model(&self) -> String {
        let mut model = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<DataSchemaModel xmlns=\"http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02\"><Model>{}",
            self.more
        );
        for (name, base, length) in &self.aliases {
            let _ = write!(
                model,
                r#"<Element Type="SqlUserDefinedDataType" Name="{name}"><Property Name="IsNullable" Value="False" /><Property Name="Length" Value="{length}" />{}</Element>"#,
                relation("Type", &reference(base)),
            );
        }
        self.tables.iter().for_each(|table| table.model(&mut model));
        model + "</Model></DataSchemaModel>"
    }

    /// The members of the ZIP file.
    pub fn members(&self) -> Vec<(String, Vec<u8>)> {
        let model = self.model();
        let digest = Digest::of(model.as_bytes()).to_string().to_uppercase();
        let total = self
            .total
            .map(|total| format!("<TableRowCountTotalTag>{total}</TableRowCountTotalTag>"));
        let origin = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><DacOrigin><PackageProperties><ContainsExportedData>true</ContainsExportedData></PackageProperties><ExportStatistics>{}</ExportStatistics><Checksums><Checksum Uri=\"/model.xml\">{digest}</Checksum></Checksums></DacOrigin>",
            total.unwrap_or_default(),
        );
        let (mut list, mut data) = (String::from("<Relationships>"), Vec::new());
        for table in &self.tables {
            for (number, part) in &table.parts {
                let path = table.path(*number);
                for (kind, name) in [("table", &table.name), ("schema", &table.schema)] {
                    let name = name.replace('&', "&amp;");
                    let _ = write!(
                        list,
                        r#"<Relationship Type="{kind}={name}" Target="/{path}" Id="R{}" />"#,
                        list.len()
                    );
                }
                data.push((path, part.clone()));
            }
        }
        list.push_str("</Relationships>");
        let mut members = vec![("model.xml".to_owned(), model.into_bytes())];
        members.append(&mut data);
        members.push(("_rels/.rels".into(), list.into_bytes()));
        members.push(("Origin.xml".into(), origin.into_bytes()));
        members
    }

    pub fn write(&self) -> Vec<u8> {
        write(&self.members())
    }
}

/// A ZIP file of these members.
pub fn write(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    zip::zip(&members)
}

/// UTF-16, as all text in a package.
pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A package on the disk.
pub struct Fixture {
    pub folder: tempfile::TempDir,
}

impl Fixture {
    pub fn new(bytes: &[u8]) -> Self {
        let fixture = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        fixture.replace(bytes);
        fixture
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("crm.bacpac")
    }

    pub fn replace(&self, bytes: &[u8]) {
        std::fs::write(self.path(), bytes).expect("a file");
    }

    pub fn source(&self) -> BacpacSource {
        BacpacSource::new(self.path(), "crm.bacpac")
    }
}

/// Customers and their orders, with a composite key, a reference in each direction, a computed
/// column, and parts whose numbers have holes.
pub fn orders() -> Package {
    use Framing::{Counted, Eight, Raw, Two};
    let int = |number: i32| number.to_le_bytes().to_vec();
    let customers = table(
        "Customers",
        vec![
            column("Id", "int", Raw),
            column("Name", "nvarchar", Two).with("Length", 50),
            column("Balance", "decimal", Counted).with("Precision", 9).with("Scale", 2).nullable(),
            column("Note", "nvarchar", Eight).with("IsMax", "True").nullable(),
        ],
    );
    let balance = |hundredths: u8| {
        let mut value = vec![9, 2, 1, hundredths];
        value.resize(19, 0);
        value
    };
    let customers = customers
        .key(&["Id"])
        .row(&[Some(&int(1)), Some(&utf16("Ann")), Some(&balance(150)), None])
        .part(3)
        .row(&[Some(&int(2)), Some(&utf16("三一 😀")), None, Some(&utf16("a\nb"))]);
    let mut orders = table(
        "Order Lines",
        vec![
            column("OrderId", "bigint", Raw),
            column("Line", "tinyint", Raw),
            column("CustomerId", "int", Raw).nullable(),
            column("Follows", "bigint", Raw).nullable(),
            column("FollowsLine", "tinyint", Raw).nullable(),
        ],
    );
    orders.computed.push("Total".into());
    let orders = orders
        .key(&["OrderId", "Line"])
        .refers(&["CustomerId"], "Customers", &["Id"])
        .refers(&["Follows", "FollowsLine"], "Order Lines", &["OrderId", "Line"])
        .row(&[Some(&[7, 0, 0, 0, 0, 0, 0, 0]), Some(&[1]), Some(&int(2)), None, None])
        .row(&[
            Some(&[7, 0, 0, 0, 0, 0, 0, 0]),
            Some(&[2]),
            None,
            Some(&[7, 0, 0, 0, 0, 0, 0, 0]),
            Some(&[1]),
        ]);
    let empty = table("Empty", vec![column("Id", "int", Raw)]);
    Package::of(vec![customers, orders, empty], 4)
}
