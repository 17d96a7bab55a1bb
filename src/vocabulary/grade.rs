//! How bad and how sure: the two grades every rule and finding carries. On its
//! own, because the build script reads rules with the same code.

use std::fmt;

/// How bad it is when this kind of secret leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, never fails a run (an expired token).
    Note,
    /// Little can be done with it.
    Low,
    /// Access to something.
    Medium,
    /// Access to data or accounts.
    High,
    /// Access to everything.
    Critical,
}

/// How sure it is that this is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Hidden unless asked for.
    Low,
    /// More likely than not.
    Medium,
    /// Shape and company agree.
    High,
}

macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),+) => {
        impl $type {
            /// All values, least first.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// The word for it in rules, options and reports.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            /// One step up, where there is one.
            pub fn raised(self) -> Self {
                let above = Self::ALL.iter().find(|other| **other > self);
                above.copied().unwrap_or(self)
            }

            /// Reads the word; `None` when it is none of them.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($type::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words!(Severity: Note = "note", Low = "low", Medium = "medium", High = "high", Critical = "critical");
words!(Confidence: Low = "low", Medium = "medium", High = "high");
