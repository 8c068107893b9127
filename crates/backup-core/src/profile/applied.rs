//! What a profile says of paths and tables.

use super::{Pattern, Profile};
use crate::part_names;

impl Profile {
    /// The path of the attachment that a path is, or that it lies in, if a rule describes it: a
    /// workbook or ZIP file may be attached to a record.
    pub(crate) fn attached<'a>(&self, path: &'a str) -> Option<&'a str> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut paths = ends.map(|end| &path[..end]);
        let is_attached = |path: &&str| {
            let mut files = self.attachments.iter().filter_map(|rule| rule.file.as_ref());
            files.any(|file| file.matches(path))
        };
        paths.find(is_attached)
    }

    /// Whether a table from this source, or sheet there, is no table of the CRM: an attachment, or a
    /// sheet for other purposes.
    pub(crate) fn ignores(&self, source: Option<&str>, sheet: Option<&str>) -> bool {
        let is_attachment = source.is_some_and(|source| self.attached(source).is_some());
        let rules = &self.sheets.ignore;
        is_attachment || sheet.is_some_and(|sheet| rules.iter().any(|rule| rule.matches(sheet)))
    }

    /// The tables that rules are about.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Pattern> {
        let attachments = self.attachments.iter().map(|rule| &rule.table);
        let embedded = self.embedded.iter().map(|rule| &rule.table);
        let keys = self.keys.iter().filter_map(|rule| rule.tables.as_ref());
        let lookups = self.lookups.iter().filter_map(|rule| rule.tables.as_ref());
        let not_live = self.not_live.iter().filter_map(|rule| rule.tables.as_ref());
        attachments.chain(embedded).chain(keys).chain(lookups).chain(not_live)
    }

    /// The folders of a source, from the outermost, as in [`part_names::folders`]. The number of a
    /// folder that has the name of a numbered ZIP file is left out too: it was unpacked from it.
    pub(crate) fn folders(profile: Option<&Self>, source: &str) -> Vec<String> {
        let mut folders = part_names::folders(source);
        let volumes = profile.map_or(&[][..], |profile| &profile.volumes);
        for folder in &mut folders {
            let zip = format!("{folder}.zip");
            if volumes.iter().any(|volume| volume.pattern.matches(&zip)) {
                *folder = part_names::folder(&zip);
            }
        }
        folders
    }

    /// What the checks assume of the CRM because the profile states it, as `key=value`.
    pub(crate) fn assumptions(&self) -> Vec<String> {
        let parts = self.parts.iter().filter_map(|parts| {
            let rows = parts.rows?;
            Some(format!("{} rows={rows}", parts.pattern.as_str()))
        });
        let limits = self.limits.rows.iter().map(|rows| format!("rows={rows}"));
        let ids = self.limits.ids_per_cell.map(|ids| format!("ids_per_cell={ids}"));
        let orphans = (self.orphans > 0.0).then(|| format!("orphans={}", self.orphans));
        let texts = [("encoding", &self.encoding), ("time_zone", &self.time_zone)];
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| text.as_ref().map(|text| format!("{key}={text}")));
        parts.chain(limits).chain(ids).chain(orphans).chain(texts).collect()
    }
}
