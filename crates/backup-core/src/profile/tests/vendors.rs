//! The built-in profiles recognise exports in the shapes of their vendors, and no others.

use std::io::{Cursor, Read as _};

use calamine::{Reader as _, Xlsx};
use crm_fixtures::vendors::{Size, Vendor, complete};

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
                let name = format!("{path}/{}", member.name());
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
