//! The rules of a run: the built-in list, a user's own beside it, and what was
//! selected of both.

use super::raw;
use super::rule::{List, Rule, Slot};
use thiserror::Error;

/// The built-in tables, written by the build script from `rules/*.toml`.
mod builtin {
    #[allow(unused_imports)]
    use crate::rules::rule::Anchor::{Behind, Head, Run, Text};
    #[allow(unused_imports)]
    use crate::rules::rule::Check::*;
    use crate::rules::rule::Checksum::*;
    use crate::rules::rule::Encoding::*;
    use crate::rules::rule::JwtState::*;
    #[allow(unused_imports)]
    use crate::rules::rule::{
        ByteSet, Class, Heads, Literal, Rule, RunBehind, RunShape, Shape, Slot,
    };
    use crate::vocabulary::{Confidence, Severity};
    use std::borrow::Cow;

    include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
}

/// A rule was named that does not exist.
#[derive(Debug, Error)]
#[error("no rule {id}{hint}; \"tightlip rules list\" shows all of them")]
pub struct UnknownRule {
    /// The id that was given, as it may be shown.
    id: String,
    /// `; did you mean ...`, or nothing.
    hint: String,
}

/// The rules of a run, sorted by id.
#[derive(Clone, Debug)]
pub struct Ruleset {
    /// The built-in ones stay where they are: copying them took a tenth of a
    /// short run.
    rules: List<Rule>,
}

impl Ruleset {
    /// All built-in rules.
    pub fn builtin() -> Self {
        Ruleset {
            rules: builtin::RULES.into(),
        }
    }

    /// Only the given rules; a later one replaces an earlier one of its id.
    pub fn of(rules: Vec<Rule>) -> Self {
        let mut set = Ruleset {
            rules: List::default(),
        };
        set.extend(rules);
        set
    }

    /// Adds rules; one with a known id takes that rule's place.
    pub fn extend(&mut self, rules: Vec<Rule>) {
        for rule in rules {
            let known = self.rules.to_mut();
            match known.binary_search_by(|known| known.id.cmp(&rule.id)) {
                Ok(at) => known[at] = rule,
                Err(at) => known.insert(at, rule),
            }
        }
    }

    /// Keeps the rules named in `select` (all, when it is empty) less those
    /// named in `ignore`. A name that ends in `*` stands for all that begin so.
    ///
    /// # Errors
    /// When a name fits no rule.
    pub fn choose(&mut self, select: &[String], ignore: &[String]) -> Result<(), UnknownRule> {
        for name in select.iter().chain(ignore) {
            self.known(name)?;
        }
        self.keep(select, ignore);
        Ok(())
    }

    /// The same, for names that are known.
    pub fn keep(&mut self, select: &[String], ignore: &[String]) {
        if select.is_empty() && ignore.is_empty() {
            return;
        }
        let named = |names: &[String], id: &str| names.iter().any(|name| fits(name, id));
        self.rules.to_mut().retain(|rule| {
            (select.is_empty() || named(select, &rule.id)) && !named(ignore, &rule.id)
        });
    }

    /// Whether a name fits any rule.
    ///
    /// # Errors
    /// When it fits none.
    pub fn known(&self, name: &str) -> Result<(), UnknownRule> {
        match self.rules.iter().any(|rule| fits(name, &rule.id)) {
            true => Ok(()),
            false => Err(self.unknown(name)),
        }
    }

    /// Changes each rule that a name fits.
    ///
    /// # Errors
    /// When it fits none.
    pub fn change(
        &mut self,
        name: &str,
        change: &mut dyn FnMut(&mut Rule),
    ) -> Result<(), UnknownRule> {
        self.known(name)?;
        let rules = self.rules.to_mut().iter_mut();
        for rule in rules.filter(|rule| fits(name, &rule.id)) {
            change(rule);
        }
        Ok(())
    }

    /// All rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Gives the rules away, sorted by id.
    pub fn into_rules(self) -> List<Rule> {
        self.rules
    }

    /// The rule of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, id: &str) -> Result<&Rule, UnknownRule> {
        self.rules
            .iter()
            .find(|rule| rule.id == id)
            .ok_or_else(|| self.unknown(id))
    }

    fn unknown(&self, name: &str) -> UnknownRule {
        let (first, rules) = (name.split(['-', '_']).next(), self.rules.iter());
        let alike = |rule: &&Rule| rule.id.contains(name) || name.contains(&*rule.id);
        let related = |rule: &&Rule| rule.id.split('-').next() == first;
        let close = rules.clone().find(alike).or(rules.clone().find(related));
        let close = close.filter(|_| !name.is_empty());
        UnknownRule {
            id: raw::quoted(name),
            hint: close
                .map(|rule| format!("; did you mean \"{}\"?", rule.id))
                .unwrap_or_default(),
        }
    }
}

/// The built-in slots.
pub fn slots() -> &'static [Slot] {
    builtin::SLOTS
}

/// Whether a built-in rule has this id.
pub fn is_builtin(id: &str) -> bool {
    let found = builtin::RULES.binary_search_by(|rule| (*rule.id).cmp(id));
    found.is_ok()
}

/// Whether a name, which may end in `*`, stands for the rule of this id.
pub fn fits(name: &str, id: &str) -> bool {
    match name.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => id == name,
    }
}
