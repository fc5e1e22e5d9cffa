//! A place in a text that moves forward as words and numbers are read.

use super::lists::list;
use super::number;

/// A place in a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    chars: &'a [char],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// At a place.
    pub(super) fn new(chars: &'a [char], at: usize) -> Self {
        Self { chars, at }
    }

    /// The character that comes next.
    pub(super) fn next(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The character that was passed last.
    pub(super) fn before(&self) -> Option<char> {
        Some(self.chars[self.at.checked_sub(1)?])
    }

    /// How many ASCII digits come next.
    pub(super) fn digits(&self) -> usize {
        self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).count()
    }

    /// Whether `text` comes next.
    pub(super) fn sees(&self, text: &str) -> bool {
        self.chars.get(self.at..).is_some_and(|rest| text.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c)))
    }

    /// Whether one of a list comes next.
    pub(super) fn sees_any(&self, name: &str) -> bool {
        list(name).iter().any(|text| self.sees(text))
    }

    /// Moves past `text` if it is there.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let there = self.sees(text);
        if there {
            self.at += text.chars().count();
        }
        there
    }

    /// Moves past the first of a list that is there.
    pub(super) fn eat_any(&mut self, name: &str) -> bool {
        list(name).iter().any(|text| self.eat(text))
    }

    /// What the first of these that is there stands for, after moving past it.
    pub(super) fn eat_one<T: Copy>(&mut self, choices: &[(&str, T)]) -> Option<T> {
        choices.iter().find(|(text, _)| self.eat(text)).map(|(_, value)| *value)
    }

    /// A small whole number, after moving past it.
    pub(super) fn eat_number(&mut self) -> Option<u32> {
        let number = number::parse(self.chars, self.at)?;
        let value = u32::try_from(number.whole()?).ok()?;
        self.at = number.end;
        Some(value)
    }
}
