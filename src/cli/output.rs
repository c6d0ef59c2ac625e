//! Writing the answer.

use super::arguments::{Arguments, Output};
use super::failure::Failure;
use crate::catalog;
use crate::render::markdown::{DocumentFile, PAGE_FOLDERS, Placement};
use crate::render::marks;
use anstream::eprintln;
use clap::CommandFactory;
use memchr::memchr;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes that are written at once.
const PORTION: usize = 1 << 16;

/// Starts every style sequence.
const ESCAPE: u8 = 0x1b;

/// Writes to the file named, or to standard output.
pub(super) fn write(output: &Output, bytes: &[u8]) -> Result<(), Failure> {
    match output.path() {
        Some(path) => file(path, &plain(bytes), output.force),
        None => standard_output(bytes),
    }
}

/// Writes to the file named, or to standard output, what `write` writes: text without styles, in small portions.
pub(super) fn stream(output: &Output, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    if let Some(path) = output.path() {
        return file_by(path, output.force, write);
    }
    let mut stdout = io::BufWriter::with_capacity(PORTION, io::stdout().lock());
    written(write(&mut stdout).and_then(|()| stdout.flush()))
}

/// A reader that went away has what it wanted.
fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Unanswered(anyhow::Error::new(error).context("cannot write to standard output")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard output.
pub(super) fn standard_output(bytes: &[u8]) -> Result<(), Failure> {
    let stdout = io::stdout().lock();
    let styled = bytes.contains(&ESCAPE) && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    // The raw bytes of a document of many megabytes need no second look.
    let mut stream =
        if styled { anstream::AutoStream::auto(stdout) } else { anstream::AutoStream::always_ansi(stdout) };
    let text = if styled { Cow::Borrowed(bytes) } else { plain(bytes) };
    written(stream.write_all(&text).and_then(|()| stream.flush()))
}

/// The bytes without styles.
pub(super) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr(ESCAPE, bytes).is_some() {
        Cow::Owned(anstream::adapter::strip_bytes(bytes).into_vec())
    } else {
        Cow::Borrowed(bytes)
    }
}

/// Writes a file whole or not at all. A file that `brownfield` did not write stays as it is without `--force`.
pub(super) fn file(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    file_by(path, force, |file| file.write_all(bytes))
}

/// Writes a file whole or not at all, from what `write` writes.
pub(super) fn file_by(
    path: &Path,
    force: bool,
    write: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let fill = |path: &Path| {
        let mut file = io::BufWriter::with_capacity(PORTION, std::fs::File::create(path)?);
        write(&mut file)?;
        file.flush()
    };
    if !force {
        refuse_foreign(path)?;
    }
    let failed = |error: io::Error| {
        Failure::Unanswered(anyhow::Error::new(
            catalog::Error::new(format!("cannot write {}", path.display())).because(error),
        ))
    };
    if !path.parent().is_none_or(|parent| parent.as_os_str().is_empty() || parent.is_dir()) {
        return Err(failed(io::Error::new(io::ErrorKind::NotFound, "its folder does not exist")));
    }
    if path.exists() && !path.is_file() {
        // A pipe or device has nothing to replace.
        return match fill(path) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            filled => filled.map_err(failed),
        };
    }
    // A link stays a link, and the file keeps its permissions.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let permissions = path.metadata().map(|metadata| metadata.permissions());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = fill(&temporary)
        .and_then(|()| permissions.map_or(Ok(()), |permissions| std::fs::set_permissions(&temporary, permissions)))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        failed(error)
    })
}

/// Writes the pages of a document below a folder, the first one being its index, and removes those that an earlier run
/// left behind. Files that `brownfield` did not write are neither overwritten nor removed.
pub(super) fn pages(base: &Path, placement: &Placement, files: &[DocumentFile], force: bool) -> Result<(), Failure> {
    if !force {
        for file in files {
            refuse_foreign(&base.join(&file.path))?;
        }
    }
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let full: Vec<PathBuf> = files.iter().map(|file| base.join(&file.path)).collect();
    let folders: BTreeSet<&Path> = full.iter().filter_map(|path| path.parent()).collect();
    for folder in folders {
        if !folder.as_os_str().is_empty() {
            std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
        }
    }
    for written in files {
        file(&base.join(&written.path), written.content.as_bytes(), true)?;
    }
    remove_stale(base, placement, &paths)?;
    Ok(())
}

/// Removes the pages that an earlier run of the same document left behind, apart from some, and says how many they were.
/// What was changed since, and whatever else is there, stays.
pub(super) fn remove_stale(base: &Path, placement: &Placement, kept: &HashSet<&str>) -> Result<usize, Failure> {
    let mut removed = 0;
    for place in PAGE_FOLDERS {
        let place = format!("{}{place}", placement.folder);
        let Ok(entries) = std::fs::read_dir(base.join(&place)) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let page = format!("{place}{name}");
            let is_page = path.extension().is_some_and(|extension| extension == "md");
            if !is_page || !path.is_file() || kept.contains(page.as_str()) {
                continue;
            }
            let content = std::fs::read_to_string(&path).unwrap_or_default();
            if marks::is_unchanged_page(&placement.index, &page, &content) {
                std::fs::remove_file(&path).map_err(|error| unwritable(&path, error))?;
                removed += 1;
            } else if marks::is_page(&content) && !is_of_other(placement, &page, &content) {
                eprintln!(
                    "note: kept {}, which is marked as a page and no longer as an earlier run left it",
                    path.display()
                );
            }
        }
        if removed > 0 && !place.is_empty() {
            // Fails for a folder that still holds something, which is what it is for.
            let _ = std::fs::remove_dir(base.join(&place));
        }
    }
    Ok(removed)
}

/// Whether a page belongs to a document that has its index in the folder of pages.
fn is_of_other(placement: &Placement, page: &str, content: &str) -> bool {
    let inside = page.strip_prefix(&placement.folder).unwrap_or(page);
    marks::is_unchanged_page(&Placement::default().index, inside, content)
}

/// The failure to write something.
pub(super) fn unwritable(path: &Path, error: io::Error) -> Failure {
    Failure::Unanswered(anyhow::Error::new(
        catalog::Error::new(format!("cannot write {}", path.display())).because(error),
    ))
}

/// An error when a file exists that `brownfield` did not write.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), Failure> {
    if !path.is_file() || is_own(path) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("{} exists, and brownfield did not write it", path.display()),
        "choose another file with -o, or overwrite this one with --force",
    ))
}

/// Whether a file is empty or carries a mark.
fn is_own(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.is_empty() || marks::is_generated(&String::from_utf8_lossy(&bytes)))
}

/// Prints a completion script.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "brownfield", &mut script);
    standard_output(&script)
}
