//! What the tests of these files share: texts, and what is read in them.

use super::{Assignment, Form, No, Reader};

pub fn read(text: &[u8], at: usize) -> Result<Assignment, No> {
    let reader = Reader::new(text, at, text.len());
    reader.read(reader.name(at, "password".len()))
}

/// The value given to `password` in a text, and how.
pub fn given(text: &str) -> Result<(&str, Form), No> {
    let at = text
        .to_ascii_lowercase()
        .find("password")
        .ok_or("no name")?;
    let found = read(text.as_bytes(), at)?;
    Ok((&text[found.value], found.form))
}

/// Each of the texts gives `password` this value, in this form.
pub fn all_given(texts: &[&str], value: &str, form: Form) {
    for text in texts {
        assert_eq!(given(text), Ok((value, form)), "{text}");
    }
}

/// None of the texts gives `password` anything.
pub fn refused(texts: &[&str]) {
    for text in texts {
        assert!(given(text).is_err(), "{text}: {:?}", given(text));
    }
}
