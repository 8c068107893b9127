//! What a person is told of what came back from a damaged archive.

use crate::bench::Bench;

#[test]
fn salvage_reports_how_much_of_a_table_was_recovered() {
    let bench = Bench::new();
    // Digits that do not repeat, so that they are not made small.
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
    bench.write("src/deals.csv", text);
    bench.export("a.age", &["src", "--part-size", "1MiB"]).exits(0);
    let mut bytes = bench.read("a.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("a.age", bytes);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--salvage"];
    let ran = bench.run(&restore).exits(3);
    let rescued = bench.read("back/tables/deals.incomplete.csv");
    let records = rescued.iter().filter(|byte| **byte == b'\n').count() - 1;
    assert!(records > 0 && records < 160_000, "{records} records came back");
    let grouped = format!("{},{:03}", records / 1000, records % 1000);
    let said = format!("the file holds {grouped} of the 160,000 records");
    let note = String::from_utf8(bench.read("back/SALVAGE.txt")).expect("it is UTF-8");
    for text in [&ran.stdout, &note] {
        assert!(text.contains(&said), "“{said}” is missing:\n{text}");
    }
}

/// Salvages an archive of so much noise after something was done to it; gives what the terminal and
/// the folder say.
fn salvaged(bytes: usize, damage: impl FnOnce(&mut Vec<u8>)) -> String {
    let bench = Bench::new();
    let mut noise = 1u32;
    let noise = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    });
    bench.write("src/photo.bin", noise.take(bytes).collect::<Vec<u8>>());
    bench.export("a.age", &["src"]).exits(0);
    let mut sealed = bench.read("a.age");
    damage(&mut sealed);
    bench.write("a.age", sealed);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--salvage"];
    let ran = bench.run(&restore).exits(3);
    let note = match bench.path("back").exists() {
        true => String::from_utf8(bench.read("back/SALVAGE.txt")).expect("it is UTF-8"),
        false => String::new(),
    };
    ran.stdout + &note
}

#[test]
fn a_read_error_in_the_middle_is_not_reported_as_a_missing_end() {
    let hurt = salvaged(120 << 10, |sealed| {
        let middle = sealed.len() / 2;
        sealed[middle] ^= 1;
    });
    assert!(
        !hurt.contains("end is gone") && !hurt.contains("end of the archive is gone"),
        "{hurt}"
    );
    for said in [
        "(tables: 0, files: 0): the list of what the archive held cannot be read",
        "Something in the archive cannot be read",
    ] {
        assert!(hurt.contains(said), "“{said}” is missing:\n{hurt}");
    }
    let cut = salvaged(400 << 10, |sealed| sealed.truncate(sealed.len() * 3 / 4));
    for said in
        ["(tables: 0, files: 1): the archive's end is gone", "The end of the archive is gone."]
    {
        assert!(cut.contains(said), "“{said}” is missing:\n{cut}");
    }
    let nothing = salvaged(40 << 10, |sealed| sealed.truncate(sealed.len() / 2));
    let said = "nothing could be given back of what is left: 0 tables, 0 files";
    assert!(nothing.contains(said), "how much came out is not said:\n{nothing}");
}
