//! A valid archive made by hand. A forgery changes one thing, and everything that depends on it is
//! computed after the change, so that there is no other error.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::table::{Cell, TableDraft};
use super::tar::Member;
use crate::layers::{Frame, packed, with_table};

/// A change during the making of the archive.
type Change<T> = Option<Box<dyn FnOnce(&mut T)>>;

/// A file of an archive.
#[derive(Clone)]
pub struct FileDraft {
    /// The source's path.
    pub path: String,
    /// The path of its member, below the top folder.
    pub member: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its role.
    pub role: &'static str,
}

/// A manifest that is much longer than its text: at the place of `@`, a pattern is repeated for this many
/// times two megabytes.
#[derive(Clone, Copy)]
pub struct Stretch {
    /// The repeated pattern; its length divides two megabytes.
    pub pattern: &'static [u8],
    /// How many frames of two megabytes.
    pub frames: usize,
}

const FRAME_BYTES: usize = 2 << 20;

impl Stretch {
    fn frame(&self) -> Vec<u8> {
        self.pattern.repeat(FRAME_BYTES / self.pattern.len())
    }
}

/// The tar, and the starts of its frames.
pub struct Tar {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The starts of the frames, except the first.
    pub cuts: Vec<usize>,
}

/// An archive in the making.
pub struct Draft {
    /// The top folder.
    pub top: String,
    /// The tables.
    pub tables: Vec<TableDraft>,
    /// The files.
    pub files: Vec<FileDraft>,
    /// Makes the manifest longer.
    pub stretch: Option<Stretch>,
    payload: Change<Vec<Member>>,
    manifest: Change<Value>,
    package: Change<Vec<u8>>,
    contents: Change<Vec<u8>>,
    lines: Change<String>,
    tags: Change<String>,
    info: Change<String>,
    members: Change<Vec<Member>>,
    tar: Change<Tar>,
    frames: Change<Vec<Frame>>,
    compressed: Change<Vec<u8>>,
}

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident: $field:ident, $of:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&mut self, change: impl FnOnce(&mut $of) + 'static) {
            assert!(self.$field.is_none(), "one change is enough");
            self.$field = Some(Box::new(change));
        }
    )*};
}

impl Draft {
    changes! {
        /// Changes the members before `contents.jsonl`; offsets and digests follow.
        payload: payload, Vec<Member>;
        /// Changes the manifest; `contents.jsonl` and all digests follow.
        manifest: manifest, Value;
        /// Changes the text of the manifest; its digest follows.
        package: package, Vec<u8>;
        /// Changes `contents.jsonl`; its digest follows.
        contents: contents, Vec<u8>;
        /// Changes `manifest-sha256.txt`; its digest follows.
        lines: lines, String;
        /// Changes `tagmanifest-sha256.txt`.
        tags: tags, String;
        /// Changes `bag-info.txt`; its digest follows.
        info: info, String;
        /// Changes the members; nothing else follows.
        members: members, Vec<Member>;
        /// Changes the tar and the starts of its frames.
        tar: tar, Tar;
        /// Changes the frames; the seek table follows.
        frames: frames, Vec<Frame>;
        /// Changes the frames and the seek table.
        compressed: compressed, Vec<u8>;
    }

    /// Changes one member before `contents.jsonl`.
    pub fn member(&mut self, path: &'static str, change: impl FnOnce(&mut Member) + 'static) {
        self.payload(move |members| change(find(members, path)));
    }

    /// The digest of a member before any change.
    pub fn digest_of(&self, path: &str) -> String {
        sha256(&find(&mut self.payload_members(), path).content)
    }

    /// The archive before encryption.
    pub fn build(mut self) -> Vec<u8> {
        let mut payload = self.payload_members();
        apply(self.payload.take(), &mut payload);
        let manifest = self.described(&payload);
        let before: usize = payload.iter().map(Member::len).sum();
        let (tail, stretched) = self.tail(&payload, manifest, before);
        let mut members = payload;
        members.extend(tail);
        apply(self.members.take(), &mut members);
        let mut tar = cut(&members, stretched);
        apply(self.tar.take(), &mut tar);
        let edges = [&[0], &tar.cuts[..], &[tar.bytes.len()]].concat();
        let mut frames: Vec<Frame> =
            edges.windows(2).map(|edge| packed(&tar.bytes[edge[0]..edge[1]])).collect();
        if let (Some(stretch), Some(at)) = (self.stretch, stretched) {
            let at = tar.cuts.iter().position(|cut| *cut == at).expect("it is cut there");
            frames.splice(at + 1..at + 1, vec![packed(&stretch.frame()); stretch.frames]);
        }
        apply(self.frames.take(), &mut frames);
        let mut compressed = with_table(&frames);
        apply(self.compressed.take(), &mut compressed);
        compressed
    }

    fn payload_members(&self) -> Vec<Member> {
        let own = [("bagit.txt", BAGIT), ("README.txt", "A bag of the tests.\n")];
        let own = own.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        let parts = self.tables.iter().flat_map(|table| {
            let texts = table.texts().into_iter().enumerate();
            texts.map(|(part, text)| (part_path(&table.slug, part), text))
        });
        let files = self.files.iter().map(|file| (file.member.clone(), file.bytes.clone()));
        let all = own.into_iter().chain(parts).chain(files);
        all.map(|(path, bytes)| Member::new(&self.top, &path, bytes)).collect()
    }

    /// The manifest of these members, one after the other.
    fn described(&self, payload: &[Member]) -> Value {
        let mut offset = 0;
        let spans: Vec<_> = payload
            .iter()
            .map(|member| {
                offset += member.len();
                (&member.path, offset - member.len())
            })
            .collect();
        let at = |path: &str| spans.iter().find(|(known, _)| *known == path).map_or(0, |s| s.1);
        let resources: Vec<_> = self.tables.iter().map(|table| resource(table, &at)).collect();
        let file = |file: &FileDraft| {
            json!({
                "path": file.path, "member": file.member, "offset": at(&file.member),
                "bytes": file.bytes.len(), "sha256": sha256(&file.bytes), "role": file.role,
            })
        };
        let files: Vec<_> = self.files.iter().map(file).collect();
        json!({
            "profile": "data-package",
            "resources": resources,
            "backup": {
                "format": 1, "tool": "forge", "created": "2026-01-01T00:00:00Z",
                "sources": self.sources(), "files": files, "ledger": [],
            },
        })
    }

    fn sources(&self) -> Vec<Value> {
        let mut sources = Vec::new();
        if let Some(table) = self.tables.iter().find(|table| table.origin.0 == Some("accounts.csv"))
        {
            let text = joined(&table.texts());
            sources.push(json!({
                "name": "accounts.csv", "kind": "csv",
                "bytes": text.len(), "sha256": sha256(&text),
                "original": {"recipe": {
                    "encoding": "utf-8", "bom": false, "delimiter": ",", "newline": "\n",
                    "header_quotes": "needed", "quotes": "needed", "final_newline": true,
                }},
            }));
        }
        if let Some(file) = self.files.iter().find(|file| file.role == "original") {
            sources.push(json!({
                "name": "crm.sqlite", "kind": "sqlite",
                "bytes": file.bytes.len(), "sha256": sha256(&file.bytes),
                "original": {"kept": file.path},
                "details": {"encoding": "UTF-8", "rowids": true, "user_version": 7},
            }));
        }
        sources
    }

    /// The members from `contents.jsonl` on, and the position in the tar where the manifest is stretched.
    fn tail(
        &mut self,
        payload: &[Member],
        mut manifest: Value,
        before: usize,
    ) -> (Vec<Member>, Option<usize>) {
        apply(self.manifest.take(), &mut manifest);
        let mut contents = contents_of(&manifest);
        apply(self.contents.take(), &mut contents);
        let mut package = serde_json::to_vec(&manifest).expect("it is JSON");
        apply(self.package.take(), &mut package);
        let contents = Member::new(&self.top, "data/contents.jsonl", contents);
        let offset = before + contents.len();
        let (package, package_digest, stretched) = self.stretched(package);
        let package_bytes = package.content.len() + stretched.map_or(0, |(_, more)| more);
        let at = stretched.map(|(within, _)| offset + package.head.len() + within);

        let data = payload.iter().filter(|member| member.path.starts_with("data/"));
        let data = data.chain([&contents]);
        let digests = data.map(|member| (sha256(&member.content), member.path.clone()));
        let mut lines = lines_of(digests.chain([(package_digest, package.path.clone())]));
        apply(self.lines.take(), &mut lines);
        let lines = Member::new(&self.top, "manifest-sha256.txt", lines.into_bytes());

        let mut info = info(&manifest, contents.content.len() + package_bytes, offset);
        apply(self.info.take(), &mut info);
        let info = Member::new(&self.top, "bag-info.txt", info.into_bytes());
        let own = payload.iter().filter(|member| !member.path.starts_with("data/"));
        let own = own.chain([&info, &lines]);
        let mut tags = lines_of(own.map(|own| (sha256(&own.content), own.path.clone())));
        apply(self.tags.take(), &mut tags);
        let tags = Member::new(&self.top, "tagmanifest-sha256.txt", tags.into_bytes());
        (vec![contents, package, lines, tags, info], at)
    }

    /// The manifest's member without the repeated pattern, its digest with the pattern, and the position and
    /// length of the pattern.
    fn stretched(&self, text: Vec<u8>) -> (Member, String, Option<(usize, usize)>) {
        const PATH: &str = "data/datapackage.json";
        let Some(stretch) = self.stretch else {
            let digest = sha256(&text);
            return (Member::new(&self.top, PATH, text), digest, None);
        };
        let at = text.iter().position(|byte| *byte == b'@').expect("it says where");
        let (begin, end) = (&text[..at], &text[at + 1..]);
        let mut hash = Sha256::new();
        hash.update(begin);
        let frame = stretch.frame();
        (0..stretch.frames).for_each(|_| hash.update(&frame));
        hash.update(end);
        let mut member = Member::new(&self.top, PATH, [begin, end].concat());
        let more = stretch.frames * FRAME_BYTES;
        let size = format!("{:011o}\0", member.content.len() + more);
        member.field(super::tar::at::SIZE, size.as_bytes());
        (member, hex(&hash.finalize()), Some((at, more)))
    }
}

const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

fn apply<T>(change: Change<T>, to: &mut T) {
    if let Some(change) = change {
        change(to);
    }
}

/// The member of this path.
pub fn find<'m>(members: &'m mut [Member], path: &str) -> &'m mut Member {
    let found = members.iter_mut().find(|member| member.path == path);
    found.unwrap_or_else(|| panic!("there is {path}"))
}

/// A digest in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn part_path(slug: &str, part: usize) -> String {
    format!("data/tables/{slug}/part-{:08}.csv", part + 1)
}

/// A table's text: the header line once, then all records.
fn joined(texts: &[Vec<u8>]) -> Vec<u8> {
    let mut joined = texts[0].clone();
    for text in &texts[1..] {
        let header = text.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        joined.extend_from_slice(&text[header..]);
    }
    joined
}

fn resource(table: &TableDraft, at: &dyn Fn(&str) -> usize) -> Value {
    let texts = table.texts();
    let text = joined(&texts);
    let part = |(number, bytes): (usize, &Vec<u8>)| {
        json!({
            "offset": at(&part_path(&table.slug, number)), "bytes": bytes.len(),
            "rows": table.parts[number].len(), "sha256": sha256(bytes),
        })
    };
    let parts: Vec<_> = texts.iter().enumerate().map(part).collect();
    let field = |(name, title): &(String, Option<String>)| {
        let mut field = json!({"name": name, "type": table.kind});
        if let Some(title) = title {
            field["title"] = json!(title);
        }
        field
    };
    let rows: usize = table.parts.iter().map(Vec::len).sum();
    let mut backup = json!({"rows": rows, "parts": parts, "columns": table.counts()});
    let (source, sheet) = table.origin;
    for (key, value) in [("source", source), ("sheet", sheet)] {
        if let Some(value) = value {
            backup[key] = json!(value);
        }
    }
    let path = |part| part_path(&table.slug, part)["data/".len()..].to_owned();
    json!({
        "name": table.slug, "title": table.title,
        "path": (0..texts.len()).map(path).collect::<Vec<_>>(),
        "profile": "tabular-data-resource", "scheme": "file", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8",
        "hash": format!("sha256:{}", sha256(&text)), "bytes": text.len(),
        "dialect": {
            "delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"", "doubleQuote": true,
            "skipInitialSpace": false, "header": true, "skipBlankRows": true,
        },
        "schema": {
            "fields": table.labels.iter().map(field).collect::<Vec<_>>(), "missingValues": [""],
        },
        "backup": backup,
    })
}

/// The `contents.jsonl` that follows from the manifest, as far as possible.
fn contents_of(manifest: &Value) -> Vec<u8> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let table = |resource: &Value| {
        let column = |field: &Value| {
            let label = field.get("title").unwrap_or(&field["name"]);
            let kind = if field["type"] == "string" { "text" } else { "any" };
            format!("[{label},\"{kind}\"]")
        };
        let fields = list(&resource["schema"]["fields"]);
        let columns = fields.iter().map(column).collect::<Vec<_>>().join(",");
        let (hash, title) = (&resource["hash"], &resource["title"]);
        let rows = &resource["backup"]["rows"];
        format!("{{\"columns\":[{columns}],\"csv\":{hash},\"name\":{title},\"rows\":{rows}}}\n")
    };
    let file = |file: &Value| {
        let (bytes, path, sha256) = (&file["bytes"], &file["path"], &file["sha256"]);
        format!("{{\"bytes\":{bytes},\"path\":{path},\"sha256\":{sha256}}}\n")
    };
    let tables = list(&manifest["resources"]);
    let files = list(&manifest["backup"]["files"]);
    let mut lines: Vec<_> = tables.iter().map(table).chain(files.iter().map(file)).collect();
    lines.sort_unstable();
    lines.concat().into_bytes()
}

fn lines_of(digests: impl Iterator<Item = (String, String)>) -> String {
    digests.map(|(digest, path)| format!("{digest}  {path}\n")).collect()
}

/// `bag-info.txt`, for a payload as long as the manifest states.
fn info(manifest: &Value, own_bytes: usize, offset: usize) -> String {
    let bytes = |value: &Value| value["bytes"].as_u64().unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let parts: Vec<_> = list(&manifest["resources"])
        .iter()
        .flat_map(|resource| list(&resource["backup"]["parts"]))
        .collect();
    let files = list(&manifest["backup"]["files"]);
    let sum = parts.iter().chain(&files).map(bytes).fold(own_bytes as u64, u64::saturating_add);
    let count = parts.len() + files.len() + 2;
    format!(
        "Payload-Oxum: {sum}.{count}\nBagging-Date: 2026-01-01\nBag-Software-Agent: forge\n\
         Backup-Format: 1\nManifest-Offset: {offset}\n"
    )
}

/// The tar of these members: a frame up to `contents.jsonl`, one up to `bag-info.txt`, and one for
/// the rest.
fn cut(members: &[Member], stretched: Option<usize>) -> Tar {
    let (mut bytes, mut cuts) = (Vec::new(), Vec::new());
    for (number, member) in members.iter().enumerate() {
        let last = number + 1 == members.len();
        if !bytes.is_empty() && (member.path == "data/contents.jsonl" || last) {
            cuts.push(bytes.len());
        }
        for piece in [&member.head, &member.content, &member.padding] {
            bytes.extend_from_slice(piece);
        }
    }
    bytes.extend_from_slice(&[0; 1024]);
    cuts.extend(stretched);
    cuts.sort_unstable();
    let edges = [&[0], &cuts[..], &[bytes.len()]].concat();
    for edge in edges.windows(2) {
        cuts.extend((edge[0]..edge[1]).step_by(FRAME_BYTES).skip(1));
    }
    cuts.sort_unstable();
    Tar { bytes, cuts }
}

/// The archive that every forgery changes. It has a table of text in two parts, from which a CSV file is
/// restored; a table of every kind of cell, from a database that is kept with its definitions; and a file.
pub fn whole() -> Draft {
    use Cell::{Blob, Integer, Null, Raw, Real, Text};
    let labels = |labels: &[&str]| labels.iter().map(|label| ((*label).into(), None)).collect();
    let accounts = TableDraft {
        slug: "0001-accounts".into(),
        title: "accounts".into(),
        kind: "string",
        labels: labels(&["id", "name", "note"]),
        parts: vec![
            vec![
                vec![Text("0001"), Text("Ng, Ltd"), Text("")],
                vec![Text("0002"), Null, Text("say \"hi\"")],
            ],
            vec![vec![Text("0003"), Text("Ærø"), Text("two\nlines")]],
        ],
        edits: Vec::new(),
        origin: (Some("accounts.csv"), None),
    };
    let contacts = TableDraft {
        slug: "0002-contacts".into(),
        title: "contacts".into(),
        kind: "any",
        labels: labels(&["id", "name", "value", "note"]),
        parts: vec![vec![
            vec![Integer(-42), Text("Ada"), Real("0.5"), Null],
            vec![Integer(1), Text(""), Real("1e+21"), Blob(&[0xde, 0xad])],
            vec![Integer(3), Raw(&[0xff]), Real("-0.0"), Text("1")],
        ]],
        edits: Vec::new(),
        origin: (Some("crm.sqlite"), Some("contacts")),
    };
    let file = |path: &str, member: &str, bytes: &str, role| FileDraft {
        path: path.into(),
        member: member.into(),
        bytes: bytes.into(),
        role,
    };
    let definition = "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name, value, note);\n";
    Draft {
        top: "crm".into(),
        tables: vec![accounts, contacts],
        files: vec![
            file("report.pdf", "data/files/report.pdf", "%PDF of the tests", "attachment"),
            file("crm.sqlite", "data/files/crm.sqlite", "SQLite, says the forger", "original"),
            file(SCHEMA, "data/schema/crm.sqlite.schema.sql", definition, "schema"),
        ],
        stretch: None,
        payload: None,
        manifest: None,
        package: None,
        contents: None,
        lines: None,
        tags: None,
        info: None,
        members: None,
        tar: None,
        frames: None,
        compressed: None,
    }
}

/// The path of the database's definitions.
pub const SCHEMA: &str = "crm.sqlite.schema.sql";
