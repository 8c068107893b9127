//! The manifest: any JSON as the `datapackage.json` of an archive. The other members are adapted to it, as
//! a forger who knows the public key would do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backup_core::archive::contents::Contents;
use backup_core::model::{Manifest, Resource};
use backup_core::record::{Column, Digest, Table};

use super::samples::{self, Sample};
use super::{Input, Seed, archive, tar};

fn table(resource: &Resource) -> Table {
    let columns = resource.schema.fields.iter().map(|field| {
        let label = field.title.as_ref().unwrap_or(&field.name);
        if field.kind == "string" { Column::text(label) } else { Column::any(label) }
    });
    Table::new(resource.title.as_str(), columns)
}

/// What the bag and the content id must state for this manifest.
#[derive(Default)]
struct Agreeing {
    payload: BTreeMap<String, Digest>,
    contents: Vec<u8>,
    bytes: u64,
}

impl Agreeing {
    fn with(package: &[u8]) -> Self {
        let (mut agreeing, mut contents) = (Self::default(), Contents::new());
        if let Ok(manifest) = serde_json::from_slice::<Manifest>(package) {
            for resource in &manifest.resources {
                for (path, part) in resource.path.iter().zip(&resource.backup.parts) {
                    agreeing.member(format!("data/{path}"), part.sha256, part.bytes);
                }
                let hash = resource.hash.strip_prefix("sha256:").unwrap_or_default().parse();
                if let Ok(hash) = hash {
                    contents.table(&table(resource), resource.backup.rows, hash);
                }
            }
            for file in &manifest.backup.files {
                agreeing.member(file.member.clone(), file.sha256, file.bytes);
                contents.file(&file.path, file.bytes, file.sha256);
            }
        }
        agreeing.contents = contents.into_bytes();
        let made =
            [("contents.jsonl", agreeing.contents.clone()), ("datapackage.json", package.into())];
        for (name, bytes) in made {
            agreeing.member(format!("data/{name}"), Digest::of(&bytes), bytes.len() as u64);
        }
        agreeing
    }

    fn member(&mut self, path: String, digest: Digest, bytes: u64) {
        self.payload.insert(path, digest);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

fn lines<'a>(digests: impl IntoIterator<Item = (&'a String, &'a Digest)>) -> Vec<u8> {
    let mut text = String::new();
    for (path, digest) in digests {
        writeln!(text, "{digest}  {path}").expect("a String takes every write");
    }
    text.into_bytes()
}

/// The archive with another manifest.
fn forged(sample: &Sample, package: &[u8]) -> Vec<u8> {
    let whole = sample.tar();
    let find = |name: &str| tar::find(&whole, name).expect("every archive has this member");
    let header = |name: &str| &whole[find(name)..];
    let agreeing = Agreeing::with(package);
    // The parts and the files stay at their places; contents and manifest come after them.
    let mut forged = whole[..find("/data/contents.jsonl")].to_vec();
    tar::push(header("/data/contents.jsonl"), &agreeing.contents, &mut forged);
    let offset = forged.len();
    tar::push(header("/data/datapackage.json"), package, &mut forged);
    let payload = lines(&agreeing.payload);
    tar::push(header("/manifest-sha256.txt"), &payload, &mut forged);

    let info = tar::content(&whole, find("/bag-info.txt"));
    let info: String = String::from_utf8_lossy(info)
        .lines()
        .map(|line| match line.split_once(": ") {
            Some(("Payload-Oxum", _)) => {
                format!("Payload-Oxum: {}.{}\n", agreeing.bytes, agreeing.payload.len())
            }
            Some(("Manifest-Offset", _)) => format!("Manifest-Offset: {offset}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let tagged = |name: &str| Digest::of(tar::content(&whole, find(name)));
    let tags = BTreeMap::from([
        ("README.txt".to_owned(), tagged("/README.txt")),
        ("bag-info.txt".to_owned(), Digest::of(info.as_bytes())),
        ("bagit.txt".to_owned(), tagged("/bagit.txt")),
        ("manifest-sha256.txt".to_owned(), Digest::of(&payload)),
    ]);
    tar::push(header("/tagmanifest-sha256.txt"), &lines(&tags), &mut forged);
    tar::push(header("/bag-info.txt"), info.as_bytes(), &mut forged);
    forged.extend([0; 1024]);
    samples::key().encrypt(&archive::framed(&forged))
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let which = usize::from(input.byte());
    let samples: Vec<_> = samples::all().collect();
    let (_, sample) = samples[which % samples.len()];
    let package = input.0;
    let good = archive::verify_all(&forged(sample, package));
    // A proven archive matches its manifest, whoever wrote it.
    if good.is_some() {
        serde_json::from_slice::<Manifest>(package).expect("an invalid manifest is proven");
    }
}

/// The manifest of an archive.
fn package(sample: &Sample) -> Vec<u8> {
    let tar = sample.tar();
    let at = tar::find(&tar, "/data/datapackage.json").expect("every archive has a manifest");
    tar::content(&tar, at).to_vec()
}

pub(super) fn seeds() -> Vec<Seed> {
    let samples = (0..).zip(samples::all());
    samples
        .flat_map(|(which, (name, sample))| {
            let package = package(sample);
            let good = archive::verify_all(&forged(sample, &package));
            assert!(good.is_some(), "{name}: an archive made again is not proven");
            let value: serde_json::Value =
                serde_json::from_slice(&package).expect("the manifest is JSON");
            let pretty = serde_json::to_vec_pretty(&value).expect("it is written again");
            [("own", package), ("pretty", pretty)]
                .map(|(form, bytes)| (format!("{name}-{form}"), [&[which], &bytes[..]].concat()))
        })
        .collect()
}
