//! The format, the patterns, and the built-in profiles.

mod bad;
mod documents;
mod patterns;
#[cfg(feature = "workbook")]
mod vendors;

use super::*;

#[test]
fn each_built_in_profile_parses_and_has_its_own_name() {
    let names: Vec<_> = Profile::built_in().iter().map(Profile::name).collect();
    let expected =
        ["fxiaoke", "zoho", "salesforce", "hubspot", "dynamics", "odoo", "espocrm", "suitecrm"];
    assert_eq!(names, expected);
}
