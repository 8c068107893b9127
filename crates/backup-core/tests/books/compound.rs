//! A compound file of one or more streams, each large enough for its own sectors.

const SECTOR: usize = 512;
const END: u32 = 0xffff_fffe;
const TABLE: u32 = 0xffff_fffd;
const FREE: u32 = u32::MAX;

/// The positions of the parts of the file that a test may break.
pub const TABLE_AT: usize = SECTOR;

pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let lengths: Vec<usize> =
        streams.iter().map(|(_, bytes)| bytes.len().max(4096).div_ceil(SECTOR)).collect();
    let directory = (streams.len() + 1).div_ceil(4);
    let others = directory + lengths.iter().sum::<usize>();
    let mut tables = 1;
    while tables * (SECTOR / 4) < tables + others {
        tables += 1;
    }
    let mut next: Vec<u32> = vec![TABLE; tables];
    let mut chain = |length: usize| {
        let start = next.len();
        next.extend((1..length).map(|n| (start + n) as u32));
        next.push(END);
        start as u32
    };
    let directory_at = chain(directory);
    let starts: Vec<u32> = lengths.iter().map(|length| chain(*length)).collect();
    next.resize(tables * (SECTOR / 4), FREE);

    let mut file = header(tables, directory_at);
    file.extend(next.iter().flat_map(|number| number.to_le_bytes()));
    file.extend(entry("Root Entry", 5, [FREE, FREE, 1], END, 0));
    for (index, (name, bytes)) in streams.iter().enumerate() {
        let right = if index + 1 < streams.len() { index as u32 + 2 } else { FREE };
        let length = bytes.len().max(4096);
        file.extend(entry(name, 2, [FREE, right, FREE], starts[index], length));
    }
    file.resize(SECTOR * (1 + tables + directory), 0);
    for ((_, bytes), length) in streams.iter().zip(lengths) {
        let end = file.len() + length * SECTOR;
        file.extend(*bytes);
        file.resize(end, 0);
    }
    file
}

fn header(tables: usize, directory_at: u32) -> Vec<u8> {
    let mut header = vec![0; 76];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &(tables as u32).to_le_bytes());
    put(48, &directory_at.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &END.to_le_bytes());
    put(68, &END.to_le_bytes());
    assert!(tables <= 109, "a fixture this large needs a separate list of tables");
    let listed = (0..109).map(|n| if n < tables { n as u32 } else { FREE });
    header.extend(listed.flat_map(u32::to_le_bytes));
    header
}

fn entry(name: &str, kind: u8, links: [u32; 3], start: u32, length: usize) -> Vec<u8> {
    let mut entry = vec![0; 128];
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut put = |at: usize, bytes: &[u8]| entry[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &units);
    put(64, &(units.len() as u16 + 2).to_le_bytes());
    put(66, &[kind, 1]);
    put(68, &links.map(u32::to_le_bytes).concat());
    put(116, &start.to_le_bytes());
    put(120, &(length as u32).to_le_bytes());
    entry
}
