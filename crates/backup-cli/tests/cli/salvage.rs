//! What a person is told of what came back from a damaged archive.

use crate::bench::Bench;

#[test]
fn a_salvage_says_how_much_of_a_table_came_back() {
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
    let said = format!("tables/deals.incomplete.csv holds {records} of the 160000 records");
    let note = String::from_utf8(bench.read("back/SALVAGE.txt")).expect("it is UTF-8");
    for text in [&ran.stdout, &note] {
        assert!(text.contains(&said), "“{said}” is missing:\n{text}");
    }
}

#[test]
fn what_cannot_be_read_in_the_middle_is_no_end_that_is_gone() {
    let bench = Bench::new();
    let mut noise = 1u32;
    let noise = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    });
    bench.write("src/photo.bin", noise.take(120 << 10).collect::<Vec<u8>>());
    bench.export("a.age", &["src"]).exits(0);
    let whole = bench.read("a.age");
    let middle = whole.len() / 2;
    let mut hurt = whole.clone();
    hurt[middle] ^= 1;
    for (bytes, out, said, is_cut) in [
        (&hurt[..], "hurt", "the list of what the archive held cannot be read", false),
        (&whole[..middle * 3 / 2], "cut", "end is gone", true),
    ] {
        bench.write("a.age", bytes);
        let ran = bench.run(&["restore", "a.age", "-i", "key.txt", "-o", out, "--salvage"]);
        let ran = ran.exits(3);
        let note = match bench.path(out).exists() {
            true => String::from_utf8(bench.read(&format!("{out}/SALVAGE.txt"))).expect("UTF-8"),
            false => String::new(),
        };
        let both = format!("{}{note}", ran.stdout);
        assert!(both.contains(said), "“{said}” is missing:\n{both}");
        assert_eq!(both.contains("end is gone"), is_cut, "{both}");
        assert!(both.contains("(tables: 0, files: "), "how much came out is not said:\n{both}");
    }
    bench.write("a.age", &whole[..middle]);
    let ran = bench.run(&["restore", "a.age", "-i", "key.txt", "-o", "nothing", "--salvage"]);
    let said = "nothing could be given back of what is left: 0 tables, 0 files";
    assert!(ran.exits(3).stdout.contains(said), "how much came out is not said");
}
