//! Help in the person's language, with one example per command.

use clap::{Arg, ArgAction, Command};

use crate::text::Text;
use chuda_words::Lang;

/// A command, what it does in Chinese, an example; or an argument of a command and what it is, where that is more than the name of the
/// field it sets. Those that every command takes stand under `chuda`. The English help stands in [`crate::args`].
const HELP: &str = include_str!("help.tsv");

/// The row of a command or an argument: Chinese, and the example of a command.
fn row(path: &str) -> Option<(&'static str, Option<&'static str>)> {
    rows().find(|(name, ..)| *name == path).map(|(_, zh, example)| (zh, example))
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
    HELP.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next()))
    })
}

/// The command with its help in one language.
pub(crate) fn in_language(command: Command, text: Text) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help.help(text.get("help.help")))
        .arg(version.help(text.get("help.version")));
    translated(command, "chuda", text)
}

fn translated(mut command: Command, path: &str, text: Text) -> Command {
    if let Some((about, example)) = row(path) {
        command = command.after_help(format!("{}\n  {}", text.get("help.example"), example.unwrap_or(path)));
        if text.0 == Lang::Zh {
            command = command.about(about);
        }
    }
    let usage = text.get("help.usage");
    command = command
        .help_template(format!("{{about}}\n\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}\n"))
        .subcommand_help_heading(text.get("help.commands"))
        .mut_args(|arg| argument(arg, path, text));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let path = format!("{path} {name}");
        command.mut_subcommand(name, |sub| translated(sub, &path, text))
    })
}

/// What an argument is: as its row says, or else as the field it sets is called everywhere.
fn in_chinese(path: &str, argument: &str) -> Option<&'static str> {
    let said = row(&format!("{path} {argument}")).map(|(help, _)| help);
    said.or_else(|| chuda_words::find(&format!("field.{argument}")).map(|word| word.text(Lang::Zh)))
}

fn argument(arg: Arg, path: &str, text: Text) -> Arg {
    let heading = if arg.is_positional() {
        "help.arguments"
    } else if arg.is_global_set() || arg.get_id() == "version" {
        "help.everywhere"
    } else {
        "help.options"
    };
    let arg = arg.help_heading(text.get(heading));
    if text.0 != Lang::Zh {
        return arg;
    }
    match in_chinese(path, arg.get_id().as_str()) {
        Some(help) => arg.help(help),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    /// Every command below this one, with its path.
    fn all(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for sub in command.get_subcommands() {
            all(sub, &format!("{path} {}", sub.get_name()), found);
        }
    }

    fn commands() -> Vec<(String, Command)> {
        let mut found = Vec::new();
        all(&Cli::command(), "chuda", &mut found);
        found
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for (path, command) in commands() {
            assert!(command.get_about().is_some(), "{path}");
            assert!(row(&path).is_some_and(|(_, example)| example.is_some()), "{path}");
            for arg in command.get_arguments() {
                let name = format!("{path} {}", arg.get_id());
                assert!(arg.get_help().is_some(), "{name}");
                assert!(in_chinese(&path, arg.get_id().as_str()).is_some(), "{name}");
                assert!(row(&name).is_none_or(|(_, example)| example.is_none()), "{name}");
            }
        }
    }

    #[test]
    fn every_example_is_a_right_use_of_its_command() {
        for (path, _, example) in rows().filter_map(|(path, zh, example)| Some((path, zh, example?))) {
            assert!(example.starts_with(path), "{example}");
            if let Err(error) = Cli::command().try_get_matches_from(example.split(' ')) {
                panic!("{example}: {error}");
            }
        }
    }

    #[test]
    fn nothing_is_explained_that_is_not_there() {
        let known = commands();
        let mut names: Vec<String> = known.iter().map(|(path, _)| path.clone()).collect();
        for (path, command) in &known {
            names.extend(command.get_arguments().map(|arg| format!("{path} {}", arg.get_id())));
        }
        for (name, ..) in rows() {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}
