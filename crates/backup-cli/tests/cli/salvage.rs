//! The report of a salvage from a damaged archive.

use crate::workspace::Workspace;

#[test]
fn salvage_reports_how_much_of_a_table_was_recovered() {
    let workspace = Workspace::new();
    // Digits that do not repeat, so that they do not compress.
    let mut state = 1u64;
    let mut digits = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 8
    };
    let mut text = String::from("id,a,b\n");
    for id in 0..160_000 {
        text += &format!("{id},{:x},{:x}\n", digits(), digits());
    }
    workspace.write("src/deals.csv", text);
    workspace.export("a.age", &["src", "--part-size", "1MiB"]).expect_exit(0);
    let mut bytes = workspace.read("a.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("a.age", bytes);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--salvage"];
    let result = workspace.run(&restore).expect_exit(3);
    let rescued = workspace.read("back/tables/deals.incomplete.csv");
    let records = rescued.iter().filter(|byte| **byte == b'\n').count() - 1;
    assert!(records > 0 && records < 160_000, "{records} records were restored");
    let grouped = format!("{},{:03}", records / 1000, records % 1000);
    let expected = format!("the file holds {grouped} of the 160,000 records");
    let note = String::from_utf8(workspace.read("back/SALVAGE.txt")).expect("it is UTF-8");
    for text in [&result.stdout, &note] {
        assert!(text.contains(&expected), "“{expected}” is missing:\n{text}");
    }
}

/// Damages an archive of this much noise with the given function and salvages it; returns the text
/// on the terminal and in the folder.
fn salvaged(bytes: usize, damage: impl FnOnce(&mut Vec<u8>)) -> String {
    let workspace = Workspace::new();
    let mut noise = 1u32;
    let noise = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    });
    workspace.write("src/photo.jpg", noise.take(bytes).collect::<Vec<u8>>());
    workspace.export("a.age", &["src"]).expect_exit(0);
    let mut encrypted = workspace.read("a.age");
    damage(&mut encrypted);
    workspace.write("a.age", encrypted);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--salvage"];
    let result = workspace.run(&restore).expect_exit(3);
    let note = match workspace.path("back").exists() {
        true => String::from_utf8(workspace.read("back/SALVAGE.txt")).expect("it is UTF-8"),
        false => String::new(),
    };
    result.stdout + &note
}

#[test]
fn a_read_error_in_the_middle_is_not_reported_as_a_missing_end() {
    let damaged = salvaged(120 << 10, |encrypted| {
        let middle = encrypted.len() / 2;
        encrypted[middle] ^= 1;
    });
    assert!(!damaged.contains("end of the archive is missing"), "{damaged}");
    for expected in [
        "(tables: 0, files: 0): the manifest cannot be read",
        "A part of the archive cannot be read",
    ] {
        assert!(damaged.contains(expected), "“{expected}” is missing:\n{damaged}");
    }
    let cut = salvaged(400 << 10, |encrypted| encrypted.truncate(encrypted.len() * 3 / 4));
    for expected in [
        "(tables: 0, files: 1): the end of the archive is missing",
        "The end of the archive is missing",
    ] {
        assert!(cut.contains(expected), "“{expected}” is missing:\n{cut}");
    }
    let nothing = salvaged(40 << 10, |encrypted| encrypted.truncate(encrypted.len() / 2));
    let expected = "nothing could be restored: 0 tables, 0 files";
    assert!(nothing.contains(expected), "the amount restored is not reported:\n{nothing}");
}
