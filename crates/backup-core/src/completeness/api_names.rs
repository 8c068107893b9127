//! The labels of columns and their names in the CRM's API, from a table that some exports have.

use super::tables::SurveyedTable;
use crate::record::{Cell, Record};
use crate::report::ApiName;

/// The maximum number of names that are kept.
const MOST_NAMES: usize = 10_000;

/// The names, and the columns of the current table that hold them.
#[derive(Default)]
pub(super) struct ApiNames {
    pub(super) names: Vec<ApiName>,
    /// The columns of the table's name, the label, and the name in the API.
    columns: Option<(Option<usize>, usize, usize)>,
}

impl ApiNames {
    /// The records of this table follow.
    pub(super) fn begin(&mut self, table: &SurveyedTable) {
        let rule = table.profile.as_ref().and_then(|profile| profile.labels.as_ref());
        let rule = rule.filter(|rule| table.is_named(&rule.table));
        self.columns = rule.and_then(|rule| {
            let position = |wanted: &str| table.labels.iter().position(|label| label == wanted);
            let module = rule.module.as_deref().and_then(position);
            Some((module, position(&rule.label)?, position(&rule.api)?))
        });
    }

    pub(super) fn record(&mut self, record: &Record) {
        let Some((module, label, name)) = self.columns else { return };
        let text = |column: usize| match record.get(column)? {
            Cell::Text(text) => text.to_str().map(str::to_owned),
            _ => None,
        };
        if let (Some(label), Some(name)) = (text(label), text(name))
            && self.names.len() < MOST_NAMES
        {
            self.names.push(ApiName { table: module.and_then(text), label, name });
        }
    }
}
