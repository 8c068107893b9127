//! The order of modules in ARCHITECTURE.md holds: a module uses only modules below it, and no files
//! import each other in a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A path in the code, such as `crate::record::Table`, made absolute.
#[derive(Debug, Clone)]
struct Import {
    line: usize,
    path: Vec<String>,
    /// The name that a `use` gives to the path in the file.
    name: Option<String>,
    /// Whether it is re-exported, as by `pub use`.
    reexport: bool,
}

/// One file of a crate: its module, and the paths in it.
#[derive(Debug)]
struct Module {
    file: PathBuf,
    imports: Vec<Import>,
}

/// The modules of a crate by their paths; the root of the crate has the empty path.
type Modules = BTreeMap<Vec<String>, Module>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// Code without comments, strings and unit tests; every line keeps its number.
fn code_of(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    let mut code = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => {
                while rest.peek().is_some_and(|c| *c != '\n') {
                    rest.next();
                }
            }
            '"' => {
                code.push('"');
                while let Some(c) = rest.next() {
                    match c {
                        '\\' if rest.peek() != Some(&'\n') => drop(rest.next()),
                        '\n' => code.push('\n'),
                        '"' => break,
                        _ => {}
                    }
                }
                code.push('"');
            }
            // A character literal, which may be a quote; a lifetime has no second mark.
            '\'' => {
                let ahead: String = rest.clone().take(3).collect();
                let length = if ahead.starts_with('\\') {
                    2
                } else if ahead.chars().nth(1) == Some('\'') {
                    1
                } else {
                    0
                };
                if length > 0 {
                    rest.nth(length - 1);
                }
                code.push('\'');
            }
            c => code.push(c),
        }
    }
    code
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every path of a tree of imports, such as `a::{b, c::{self, d as e}}`, with its name.
fn leaves(tree: &str, before: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    let tree = tree.trim();
    let Some(brace) = tree.find('{') else {
        let (path, name) = match tree.split_once(" as ") {
            Some((path, name)) => (path.trim(), Some(name.trim().to_owned())),
            None => (tree, None),
        };
        let mut whole = before.to_vec();
        let segments = path.split("::").map(str::trim).filter(|one| !one.is_empty());
        whole.extend(segments.filter(|one| *one != "*").map(str::to_owned));
        if whole.last().is_some_and(|last| last == "self") && whole.len() > 1 {
            whole.pop();
        }
        let name = name.or_else(|| whole.last().cloned());
        found.push((whole, name));
        return;
    };
    let mut whole = before.to_vec();
    whole.extend(
        tree[..brace].split("::").map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()),
    );
    let inner = &tree[brace + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[start..at].trim().is_empty() {
                    leaves(&inner[start..at], &whole, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Makes a path of the module `at` absolute; `None` if it leads to another crate.
fn absolute(path: &[String], at: &[String], known: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let mut place = at.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (place, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|one| one == "super") {
                place.pop()?;
                rest = &rest[1..];
            }
        }
        first => {
            let mut child = at.to_vec();
            child.push(first.to_owned());
            if !known.contains(&child) {
                return None;
            }
        }
    }
    place.extend_from_slice(rest);
    Some(place)
}

/// The paths in a file that lead into its own crate.
fn imports(code: &str, at: &[String], known: &BTreeSet<Vec<String>>) -> Vec<Import> {
    let mut found = Vec::new();
    let mut within_use = Vec::new();
    for (start, _) in code.match_indices("use ") {
        let line_start = code[..start].rfind('\n').map_or(0, |end| end + 1);
        let before = code[line_start..start].trim();
        if !(before.is_empty() || before == "pub" || before.starts_with("pub(")) {
            continue;
        }
        let end = start + code[start..].find(';').unwrap_or(0);
        within_use.push(line_start..end);
        let mut paths = Vec::new();
        leaves(&code[start + 4..end], &[], &mut paths);
        let line = code[..start].matches('\n').count() + 1;
        for (path, name) in paths {
            if let Some(path) = absolute(&path, at, known) {
                found.push(Import { line, path, name, reexport: !before.is_empty() });
            }
        }
    }
    let mut index = 0;
    while let Some(colons) = code[index..].find("::").map(|found| found + index) {
        let begin = code[..colons].rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
        // The whole path, as far as it goes.
        let mut end = colons;
        while code[end..].starts_with("::") {
            let next = &code[end + 2..];
            let word = next.find(|c| !is_word(c)).unwrap_or(next.len());
            if word == 0 {
                break;
            }
            end += 2 + word;
        }
        let inner = begin > 1 && code[..begin].ends_with("::");
        if !inner && begin < colons && !within_use.iter().any(|range| range.contains(&begin)) {
            let path: Vec<_> = code[begin..end].split("::").map(str::to_owned).collect();
            if let Some(path) = absolute(&path, at, known) {
                let line = code[..begin].matches('\n').count() + 1;
                found.push(Import { line, path, name: None, reexport: false });
            }
        }
        index = end.max(colons + 2);
    }
    found
}

fn files_of(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is read") {
        let path = entry.expect("the folder is read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                files_of(&path, files);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" && name != "main.rs" {
            files.push(path);
        }
    }
}

fn modules_of(name: &str) -> Modules {
    let source = root().join("crates").join(name).join("src");
    let mut files = Vec::new();
    files_of(&source, &mut files);
    let path_of = |file: &Path| -> Vec<String> {
        let relative = file.strip_prefix(&source).expect("it is below").with_extension("");
        let mut path: Vec<String> =
            relative.iter().map(|one| one.to_string_lossy().into_owned()).collect();
        if path.last().is_some_and(|last| last == "mod" || last == "lib") {
            path.pop();
        }
        path
    };
    let known: BTreeSet<_> = files.iter().map(|file| path_of(file)).collect();
    let module = |file: PathBuf| {
        let path = path_of(&file);
        let code = code_of(&fs::read_to_string(&file).expect("the file is read"));
        let imports = imports(&code, &path, &known);
        let file = file.strip_prefix(root()).expect("it is below").to_path_buf();
        (path, Module { file, imports })
    };
    files.into_iter().map(module).collect()
}

/// The module that defines the target of a path, following re-exports.
fn definition(path: &[String], modules: &Modules, depth: usize) -> Vec<String> {
    let mut at = Vec::new();
    for (index, segment) in path.iter().enumerate() {
        at.push(segment.clone());
        if modules.contains_key(&at) {
            continue;
        }
        at.pop();
        let reexport =
            modules[&at].imports.iter().find(|import| import.name.as_ref() == Some(segment));
        if let Some(import) = reexport.filter(|_| depth < 8) {
            let mut whole = import.path.clone();
            whole.extend_from_slice(&path[index + 1..]);
            return definition(&whole, modules, depth + 1);
        }
        break;
    }
    at
}

/// Edges from module to module, each with the line of the import.
type Edges = BTreeMap<Vec<String>, BTreeMap<Vec<String>, usize>>;

fn edges(modules: &Modules) -> Edges {
    let mut edges = Edges::new();
    for (path, module) in modules {
        let targets = edges.entry(path.clone()).or_default();
        for import in module.imports.iter().filter(|import| !import.reexport) {
            let target = definition(&import.path, modules, 0);
            if target != *path {
                targets.entry(target).or_insert(import.line);
            }
        }
    }
    edges
}

/// The order of a crate's modules in ARCHITECTURE.md, from the top down.
fn order_of(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is read");
    let begin = format!("<!-- modules of {name}, from the top down -->");
    let list = text.split(&begin).nth(1).expect("ARCHITECTURE.md has the order of modules");
    let rows = list.split("<!-- end -->").next().unwrap_or_default().lines();
    let cells = rows.filter_map(|row| row.strip_prefix("| `")?.split(" |").next());
    cells
        .flat_map(|cell| cell.split('`').filter(|word| word.chars().all(is_word)))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn upward_edges(name: &str) -> Vec<String> {
    let modules = modules_of(name);
    let order = order_of(name);
    let top = |path: &Vec<String>| path.first().cloned();
    let place = |module: &String| {
        let place = order.iter().position(|one| one == module);
        place.unwrap_or_else(|| panic!("ARCHITECTURE.md does not have {name}'s module {module}"))
    };
    let mut wrong = Vec::new();
    for (from, targets) in edges(&modules) {
        let Some(above) = top(&from) else { continue };
        for (to, line) in targets {
            let Some(below) = top(&to) else { continue };
            if above != below && place(&below) <= place(&above) {
                let file = modules[&from].file.display();
                wrong.push(format!("{file}:{line}: {above} uses {below}, which is above it"));
            }
        }
    }
    wrong
}

/// A cycle of files, each with the line that imports the next.
fn cycle(name: &str) -> Option<Vec<String>> {
    let modules = modules_of(name);
    let edges = edges(&modules);
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        let mut way = vec![(start.clone(), edges[start].keys().cloned().collect::<Vec<_>>())];
        while let Some((at, rest)) = way.last_mut() {
            let Some(next) = rest.pop() else {
                done.insert(at.clone());
                way.pop();
                continue;
            };
            if let Some(begin) = way.iter().position(|(module, _)| *module == next) {
                let mut round: Vec<_> = way[begin..].iter().map(|(module, _)| module).collect();
                let first = round[0];
                round.push(first);
                let step = |pair: &[&Vec<String>]| {
                    let line = edges[pair[0]][pair[1]];
                    format!("{}:{line}", modules[pair[0]].file.display())
                };
                return Some(round.windows(2).map(step).collect());
            }
            if !done.contains(&next) {
                let targets = edges[&next].keys().cloned().collect();
                way.push((next, targets));
            }
        }
    }
    None
}

#[test]
fn modules_of_the_library_use_only_modules_below_them() {
    assert_eq!(upward_edges("backup-core"), [""; 0]);
}

#[test]
fn modules_of_the_command_line_use_only_modules_below_them() {
    assert_eq!(upward_edges("backup-cli"), [""; 0]);
}

#[test]
fn the_library_has_no_import_cycles() {
    assert_eq!(cycle("backup-core"), None);
}

#[test]
fn the_command_line_has_no_import_cycles() {
    assert_eq!(cycle("backup-cli"), None);
}
