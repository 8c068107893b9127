//! Comparisons that no stock program offers: a library alone, run by a process that prints the
//! seconds it took.

use std::fs::File;
use std::io::{BufReader, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use calamine::{Reader, Xlsx};

use crate::{Result, number};

/// As much plaintext as a frame of an archive holds.
pub(crate) const FRAME_BYTES: usize = 2 << 20;

/// Compresses the files of a folder, already read into memory, frame by frame, and drops the
/// result.
pub(crate) fn zstd(folder: &str, level: &str, threads: &str) -> Result<()> {
    let mut frames = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let mut file = File::open(entry?.path())?;
        loop {
            let mut frame = Vec::with_capacity(FRAME_BYTES);
            if (&mut file).take(FRAME_BYTES as u64).read_to_end(&mut frame)? == 0 {
                break;
            }
            frames.push(frame);
        }
    }
    let level = number(level)? as i32;
    let started = Instant::now();
    compress(&frames, level, number(threads)? as usize)?;
    println!("{}", started.elapsed().as_secs_f64());
    Ok(())
}

/// Compresses frames with checksums on several threads; returns the compressed size in bytes.
pub(crate) fn compress(frames: &[Vec<u8>], level: i32, threads: usize) -> Result<usize> {
    let next = AtomicUsize::new(0);
    let work = || -> std::io::Result<usize> {
        let mut compressor = zstd::bulk::Compressor::new(level)?;
        compressor.include_checksum(true)?;
        let mut packed = Vec::with_capacity(zstd::zstd_safe::compress_bound(FRAME_BYTES));
        let mut bytes = 0;
        while let Some(frame) = frames.get(next.fetch_add(1, Ordering::Relaxed)) {
            packed.clear();
            bytes += compressor.compress_to_buffer(frame, &mut packed)?;
        }
        Ok(bytes)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(0, |sum, worker| {
            Ok(sum + worker.join().map_err(|_| "a thread of zstd panicked")??)
        })
    })
}

/// Reads every cell of a workbook and drops it.
pub(crate) fn calamine(workbook: &str) -> Result<()> {
    let started = Instant::now();
    let mut book: Xlsx<_> = calamine::open_workbook(workbook)?;
    let cells = read_cells(&mut book)?;
    println!("{}", started.elapsed().as_secs_f64());
    eprintln!("{cells} cells");
    Ok(())
}

/// Reads every cell, and returns how many there are.
pub(crate) fn read_cells(book: &mut Xlsx<BufReader<File>>) -> Result<u64> {
    let mut cells = 0;
    for sheet in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&sheet)?;
        while reader.next_cell()?.is_some() {
            cells += 1;
        }
    }
    Ok(cells)
}
