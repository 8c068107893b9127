//! The files beside an archive, and which files an export may replace.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::archive::{
    Finished, MAX_SIDECAR_BYTES, README, is_age, is_checksum, is_readme, sidecar_names,
};
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Draft, folder_of};
use crate::i18n::message;
use crate::model::file_argument;
use crate::record::Digest;
use crate::seen::clean;

/// The minimum size of an archive. An identity file that is encrypted with age is shorter, because
/// a key takes about 200 bytes.
const MIN_ARCHIVE_BYTES: u64 = 1_600;

/// The maximum size of a file encrypted with a passphrase that may hold keys.
const MAX_KEY_FILE_BYTES: u64 = 8 << 10;

/// The files beside an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecars {
    /// `NAME.tar.zst.age.sha256`, in the form of `sha256sum`.
    pub checksum: PathBuf,
    /// `NAME.README.txt`, how to open the archive by hand.
    pub readme: PathBuf,
}

impl Sidecars {
    /// The files beside this archive.
    pub fn of(archive: &Path) -> Self {
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        let [checksum, readme] = sidecar_names(&name).map(|name| archive.with_file_name(name));
        Self { checksum, readme }
    }

    /// Removes the sidecars of an archive that is about to be replaced. Returns their contents.
    pub(crate) fn remove(&self) -> Result<RemovedSidecars> {
        let mut taken = RemovedSidecars::default();
        for path in [&self.checksum, &self.readme] {
            let content = content_of(path);
            match fs::remove_file(path) {
                Ok(()) => taken.0.extend(content.map(|content| (path.clone(), content))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    taken.put_back();
                    return Err(Error::io(crate::Operation::Replace, path, error));
                }
            }
        }
        Ok(taken)
    }
}

/// The content of a sidecar, to restore it later; `None` if it cannot be read.
fn content_of(path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let file = open_regular(path).ok()??;
    file.take(MAX_SIDECAR_BYTES).read_to_end(&mut content).ok()?;
    Some(content)
}

/// The contents of the sidecars of an archive that is about to be replaced.
#[derive(Default)]
pub(crate) struct RemovedSidecars(Vec<(PathBuf, Vec<u8>)>);

impl RemovedSidecars {
    /// Writes the sidecars again, because the archive was not replaced. Errors are ignored: the
    /// caller reports why the archive was not replaced.
    pub(crate) fn put_back(self) {
        for (path, content) in self.0 {
            let _ = Draft::with_content(path, false, &content).and_then(Draft::publish_locked);
        }
    }
}

/// Files that an export must not replace.
pub(crate) struct ProtectedPaths(Vec<PathBuf>);

impl ProtectedPaths {
    /// The sources and everything below them, and other files of the caller.
    pub(crate) fn new(sources: &[PathBuf], others: &[PathBuf]) -> Self {
        let real = |path: &PathBuf| path.canonicalize().ok();
        Self(sources.iter().chain(others).filter_map(real).collect())
    }

    /// Checks that an archive of this name and its sidecars may be written: the files do not exist,
    /// or may be replaced.
    pub(crate) fn check(&self, output: &Path, sidecars: &Sidecars, replace: bool) -> Result<()> {
        let Sidecars { checksum, readme } = sidecars;
        let refused = |path: &Path, why| {
            Err(Error::new(ErrorKind::NotReplaceable { path: path.to_path_buf(), why }))
        };
        for path in [output, checksum, readme] {
            match path.symlink_metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::reading(path, error)),
                Ok(_) if !replace => {
                    return Err(Error::new(ErrorKind::Exists { path: path.to_path_buf() }));
                }
                Ok(_) => {}
            }
            if self.holds(path) {
                return refused(path, message!("not-replaced-source"));
            }
            let failed = |error| Error::reading(path, error);
            let Some(mut file) = open_regular(path).map_err(failed)? else {
                return refused(path, message!("not-a-regular-file"));
            };
            let mut begins = Vec::new();
            file.by_ref().take(MAX_SIDECAR_BYTES + 1).read_to_end(&mut begins).map_err(failed)?;
            if path != output {
                let is_ours = if path == checksum { is_checksum } else { is_readme };
                if begins.len() as u64 > MAX_SIDECAR_BYTES || !is_ours(&begins) {
                    return refused(path, message!("not-replaced-foreign"));
                }
            } else if !is_age(&begins) {
                return refused(path, message!("not-replaced-no-archive"));
            } else if may_be_keys(&begins, &file, checksum).map_err(failed)? {
                return refused(path, message!("not-replaced-keys"));
            }
        }
        Ok(())
    }

    fn holds(&self, path: &Path) -> bool {
        let folder = folder_of(path).canonicalize().ok();
        let real = folder.and_then(|folder| Some(folder.join(path.file_name()?)));
        real.is_some_and(|real| self.0.iter().any(|kept| real.starts_with(kept)))
    }
}

/// Opens a regular file. Returns `None` for a link or anything else.
fn open_regular(path: &Path) -> io::Result<Option<File>> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits());
    }
    let file = options.open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Whether an age file may hold keys instead of an archive.
fn may_be_keys(begins: &[u8], file: &File, checksum: &Path) -> io::Result<bool> {
    let bytes = file.metadata()?.len();
    let first_stanza = begins.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default();
    let has_passphrase = first_stanza.starts_with(b"-> scrypt ");
    let has_checksum = checksum.symlink_metadata().is_ok();
    Ok(bytes < MIN_ARCHIVE_BYTES || has_passphrase && !has_checksum && bytes <= MAX_KEY_FILE_BYTES)
}

/// Writes drafts of the sidecars. They are published after the archive.
pub(crate) fn draft_sidecars(
    output: &Path,
    sidecars: &Sidecars,
    finished: &Finished,
    replace: bool,
) -> Result<[Draft; 2]> {
    let name = output.file_name().unwrap_or_default();
    let line = checksum_line(finished.sealed_sha256, name);
    let checksum = Draft::with_content(&sidecars.checksum, replace, &line)?;
    let name = name.to_string_lossy();
    let readme = README
        .replace("{NAME}", &clean(&name))
        .replace("{ARGUMENT}", &file_argument(&name))
        .replace("{CHECKSUM_ARGUMENT}", &file_argument(&format!("{name}.sha256")))
        .replace("{FOLDER}", &crate::archive::top_folder(&name))
        .replace("{CREATED}", &finished.manifest.backup.created)
        .replace("{TOOL}", &finished.manifest.backup.tool)
        .replace("{CONTENT_ID}", &finished.content_id.to_string());
    Ok([checksum, Draft::with_content(&sidecars.readme, replace, readme.as_bytes())?])
}

/// The line of a file in the format of `sha256sum`. Backslashes and line breaks in a name are
/// escaped, and the line then begins with a backslash.
fn checksum_line(digest: Digest, name: &OsStr) -> Vec<u8> {
    let mut escaped = Vec::new();
    for byte in name.as_encoded_bytes() {
        match byte {
            b'\\' => escaped.extend(br"\\"),
            b'\n' => escaped.extend(br"\n"),
            b'\r' => escaped.extend(br"\r"),
            byte => escaped.push(*byte),
        }
    }
    let mark = if escaped.len() > name.len() { "\\" } else { "" };
    [format!("{mark}{digest}  ").as_bytes(), &escaped, b"\n"].concat()
}
