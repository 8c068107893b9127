//! Tars with corrected checksums, so that a change is not refused because of the checksum alone.

const BLOCK: usize = 512;

fn size(header: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(header.get(124..135)?).ok()?;
    usize::from_str_radix(digits, 8).ok()
}

/// The positions of the headers, as far as one leads to the next.
fn headers(tar: &[u8]) -> Vec<usize> {
    let (mut at, mut headers) = (0, Vec::new());
    while let Some(block) = tar.get(at..at + BLOCK) {
        let ends = block.iter().all(|byte| *byte == 0);
        if ends || &block[257..262] != b"ustar" {
            at += BLOCK;
            continue;
        }
        headers.push(at);
        let content = size(block).unwrap_or(0).div_ceil(BLOCK).saturating_mul(BLOCK);
        at = at.saturating_add(BLOCK).saturating_add(content);
    }
    headers
}

/// Sets the checksum of each header.
pub(super) fn with_checksums(tar: &[u8]) -> Vec<u8> {
    let mut tar = tar.to_vec();
    for at in headers(&tar) {
        set_checksum(&mut tar[at..at + BLOCK]);
    }
    tar
}

fn set_checksum(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:07o}\0").as_bytes());
}

/// The start of the last member called `name`.
pub(super) fn find(tar: &[u8], name: &str) -> Option<usize> {
    headers(tar).into_iter().rfind(|at| {
        let path = &tar[*at..*at + 100];
        let end = path.iter().position(|byte| *byte == 0).unwrap_or(100);
        path[..end].ends_with(name.as_bytes())
    })
}

/// The content of the member whose header is at this position.
pub(super) fn content(tar: &[u8], at: usize) -> &[u8] {
    let from = (at + BLOCK).min(tar.len());
    let rest = &tar[from..];
    &rest[..size(&tar[at..from]).unwrap_or(0).min(rest.len())]
}

/// Appends a member like the one with the given header, with other content.
pub(super) fn push(header: &[u8], content: &[u8], tar: &mut Vec<u8>) {
    let mut header = header[..BLOCK].to_vec();
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    set_checksum(&mut header);
    tar.extend(header);
    tar.extend(content);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}
