//! The built-in profiles recognise exports in the shapes of their vendors, and no others.

use std::io::{Cursor, Read as _};

use calamine::{Reader as _, Xlsx};
use crm_fixtures::vendors::{Size, Vendor, complete};

use super::super::recognise::Recognised;
use super::*;

/// What [`recognise`] gets to know of an export.
#[derive(Default)]
struct Known {
    paths: Vec<String>,
    headers: Vec<(String, Vec<String>)>,
}

impl Known {
    fn of(vendor: Vendor) -> Self {
        let size = Size { companies: 8, rows_per_file: 10, files_per_volume: 5 };
        let export = complete(vendor, 1, size).expect("the export is made");
        let mut known = Self::default();
        for file in export.files().expect("the files are made") {
            known.add(file.path, file.bytes);
        }
        known
    }

    fn add(&mut self, path: String, bytes: Vec<u8>) {
        let lower = path.to_ascii_lowercase();
        if lower.ends_with(".zip") {
            let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a ZIP file");
            for index in 0..zip.len() {
                let mut member = zip.by_index(index).expect("there is a member");
                let name = format!("{path}/{}", member.name().expect("the name is UTF-8"));
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).expect("it is unpacked");
                self.add(name, bytes);
            }
        } else if lower.ends_with(".csv") {
            let text = String::from_utf8_lossy(&bytes);
            let line = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
            let labels = line.split(',').map(|label| label.trim_matches('"').to_owned());
            self.headers.push((path.clone(), labels.collect()));
        } else if lower.ends_with(".xlsx") {
            let mut book = Xlsx::new(Cursor::new(bytes)).expect("it is a workbook");
            for (name, cells) in book.worksheets() {
                let labels = cells.rows().next().into_iter().flatten().map(ToString::to_string);
                self.headers.push((name, labels.collect()));
            }
        }
        self.paths.push(path);
    }

    fn recognise<'p>(&self, profiles: &'p [Profile]) -> Option<Recognised<'p>> {
        let headers = self.headers.iter();
        let headers = headers.map(|(table, labels)| (table.as_str(), labels.as_slice()));
        recognise(profiles, self.paths.iter().map(String::as_str), headers)
    }
}

#[test]
fn each_vendor_is_recognised_by_its_profile_and_no_other() {
    for vendor in Vendor::ALL {
        let known = Known::of(vendor);
        for profile in Profile::built_in() {
            let found = known.recognise(std::slice::from_ref(profile));
            let is_own = profile.name() == vendor.profile();
            assert_eq!(found.is_some(), is_own, "{vendor:?}: {found:?}");
        }
    }
}

/// Vendors that have no generated exports: paths, and the labels of
/// a table.
const OTHERS: [(&str, &[&str], &[&str]); 4] = [
    (
        "dynamics",
        &["Active Accounts 3-17-2026.xlsx"],
        &[
            "(Do Not Modify) Account",
            "(Do Not Modify) Row Checksum",
            "(Do Not Modify) Modified On",
            "Account Name",
        ],
    ),
    (
        "dynamics",
        &["account/2026-03.csv"],
        &["Id", "SinkCreatedOn", "SinkModifiedOn", "accountid", "IsDelete"],
    ),
    ("odoo", &["crm.zip/filestore/0a/0a4d55a8d778e5022fab701977c5d840bbc486d0"], &[]),
    ("odoo", &["ir_attachment.csv"], &["id", "name", "res_model", "res_id", "store_fname"]),
];

#[test]
fn exports_of_dynamics_and_odoo_are_recognised_by_their_profiles_and_no_others() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    for (name, paths, labels) in OTHERS {
        let headers = vec![("table".to_owned(), texts(labels))];
        let known = Known { paths: texts(paths), headers };
        for profile in Profile::built_in() {
            let found = known.recognise(std::slice::from_ref(profile));
            assert_eq!(found.is_some(), profile.name() == name, "{name}: {found:?}");
        }
    }
}

#[test]
fn exports_of_unknown_systems_are_not_recognised() {
    let header = ["Id", "id", "Name", "account_id", "客户编号", "Status", "parent_id", "deleted"];
    let known = Known {
        paths: ["contacts_001.csv", "upload/scan1.pdf", "Attachments/17", "客户.xlsx", "data.zip"]
            .map(str::to_owned)
            .into(),
        headers: vec![("contacts".to_owned(), header.map(str::to_owned).into())],
    };
    assert!(known.recognise(Profile::built_in()).is_none());
}

#[test]
fn the_profile_with_most_matches_is_chosen_and_the_first_of_equals() {
    let profile = |name: &str, files: &str| {
        let head = format!("profile = 1\nname = \"{name}\"\ntitle = \"A\"\nsource = \"B\"\n");
        Profile::parse(&format!("{head}[recognise]\nfiles = [{files}]\nheaders = [[\"a\"]]\n"))
            .expect("it is a profile")
    };
    let profiles = [profile("one", "\"*.csv\""), profile("two", "\"a.*\", \"*.csv\"")];
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    let mut known = Known { paths: paths(&["a.csv", "b.csv"]), ..Known::default() };
    let name = |known: &Known| known.recognise(&profiles).map(|found| found.profile.name());
    assert_eq!(name(&known), Some("one"));
    known.paths.push("a.xlsx".to_owned());
    known.headers.push(("t".to_owned(), vec!["b".to_owned(), "A".to_owned()]));
    let found = known.recognise(&profiles).expect("both fit");
    assert_eq!(found.profile.name(), "two");
    let text = str::to_owned;
    let expected = [
        Evidence::Paths { pattern: text("a.*"), first: text("a.csv"), count: 2 },
        Evidence::Paths { pattern: text("*.csv"), first: text("b.csv"), count: 1 },
        Evidence::Tables { labels: vec![text("a")], first: text("t"), count: 1 },
    ];
    assert_eq!(found.by, expected);
    assert_eq!(name(&Known::default()), None);
}
