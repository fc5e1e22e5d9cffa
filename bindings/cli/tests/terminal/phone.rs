//! A phone in a temporary folder, and what one command on it gave.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A Monday afternoon in Shanghai.
pub(crate) const MONDAY: &str = "2026-11-23T15:00:00+08:00";

/// A phone. Its clock stands where [`Phone::at`] put it.
pub(crate) struct Phone {
    folder: TempDir,
    now: String,
    language: &'static str,
}

/// What a command gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Phone {
    /// Without any data yet.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), now: MONDAY.into(), language: "C" }
    }

    /// Of 李强, without a server.
    pub(crate) fn offline() -> Self {
        let phone = Self::empty();
        phone.json(&["init", "--offline", "--person", "李强"]);
        phone
    }

    /// Enrolled with a code. Its clock is the machine's, as the server's is.
    pub(crate) fn enrolled(server: &str, code: &str) -> Self {
        let mut phone = Self::empty();
        phone.at("").json(&["init", "--server", server, "--code", code]);
        phone
    }

    /// The same phone at another time; with the machine's own clock when `now` is empty.
    pub(crate) fn at(&mut self, now: &str) -> &Self {
        self.now = now.into();
        self
    }

    /// The same phone with another locale.
    pub(crate) fn speaking(mut self, locale: &'static str) -> Self {
        self.language = locale;
        self
    }

    /// Where files for it can be put.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside its data.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().into()
    }

    /// The command with this phone's surroundings, nothing of the machine's own.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chuda"));
        command.args(words).arg("--dir").arg(self.data()).current_dir(self.folder()).env_clear();
        command.env("CHUDA_NOW", &self.now).env("HOME", self.folder()).env("LANG", self.language).stdin(Stdio::null());
        command
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Runs a command for a person.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        self.command(words).output().unwrap().into()
    }

    /// Runs a command for a script that has to end with 0.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        self.json_ending(0, words)
    }

    /// Runs a command for a script, whose standard output has to be exactly one object however it ends.
    pub(crate) fn json_ending(&self, code: i32, words: &[&str]) -> Value {
        let ran = self.run(&[words, &["--json"]].concat());
        assert_eq!(ran.code, code, "{words:?}: {ran:?}");
        assert_eq!(ran.out.lines().count(), 1, "{words:?}: {ran:?}");
        let value: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{words:?}: {error}: {ran:?}"));
        assert!(value.is_object(), "{words:?}: {ran:?}");
        assert_eq!(value.get("error").is_some(), !ran.err.is_empty(), "messages belong to standard error: {ran:?}");
        value
    }

    /// The key of the error that a refused command gave.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        self.json_ending(3, words)["error"]["key"].as_str().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}
