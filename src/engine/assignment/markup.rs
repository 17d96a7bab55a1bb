//! Values in markup: the text of an element that has the name, that an attribute
//! names, or that follows the element that says it.

use super::sign::{After, NameEnd};
use super::{No, Reader};
use std::ops::Range;

impl Reader<'_> {
    /// Behind `>`: the text of an element, if the name is the element's or an
    /// attribute of it names it.
    pub(super) fn markup(&self, name: &Range<usize>, end: &NameEnd) -> Result<After, No> {
        let (at, before) = (end.at, end.before);
        let opens = before == b'<' || before == b':';
        let line = &self.text[self.floor..name.start];
        let tag = line.iter().rposition(|&b| b == b'<');
        let in_tag = tag.is_some_and(|tag| !line[tag..].contains(&b'>'));
        let named = end.closed && in_tag && b"\"' ".contains(&before);
        if !opens && !named {
            return Err("no element");
        }
        let text = self.skip(at + 1, 80, |b| b.is_ascii_whitespace());
        // <property name="password"><value>...
        let wrapped = [&b"<value>"[..], b"<Value>", b"<string>"]
            .into_iter()
            .find(|tag| self.starts(text, tag));
        Ok(After::Element(text + wrapped.map_or(0, |tag| tag.len())))
    }

    /// Behind the tag that ends an element, whose text is the name: the element
    /// that follows, `<key>Password</key> <string>...</string>`.
    pub(super) fn next_element(&self, at: usize) -> Result<After, No> {
        let close = self.skip(at, 80, |b| b != b'>') + 1;
        let open = self.skip(close, 60, |b| b.is_ascii_whitespace());
        if self.get(open) != b'<' || self.starts(open, b"</") {
            return Err("an element of its own");
        }
        let behind = self.skip(open, 80, |b| b != b'>');
        // <icon .path=${copy} @click=${this.copyKey}: no end of it near by.
        if self.get(behind) != b'>' {
            return Err("an element with much else");
        }
        if is_note(&self.text[open + 1..behind]) {
            return Err("an element of another kind");
        }
        Ok(After::Element(behind + 1))
    }

    /// The element that an attribute names, and others follow:
    /// `<Setting name="Proxy password" type="string">...</Setting>`.
    pub(super) fn named_element(&self, name: &Range<usize>, end: &NameEnd) -> Option<After> {
        if !end.closed || !self.names_element(name) {
            return None;
        }
        self.text_behind(self.skip(end.at, 80, |b| b != b'>' && b != b'<' && b != b'\n'))
    }

    /// The element that has the name, and attributes:
    /// `<Pass encoding="base64">`, `<wsse:Password Type="x">`.
    pub(super) fn own_element(&self, name: &Range<usize>, end: &NameEnd) -> Option<After> {
        let prefix = || {
            let text = &self.text[self.floor..name.start - 1];
            let text = text.trim_ascii_end();
            let tag = text.iter().rposition(|b| !b.is_ascii_alphanumeric());
            tag.is_some_and(|at| text[at] == b'<')
        };
        if end.before != b'<' && !(end.before == b':' && prefix()) {
            return None;
        }
        self.text_behind(self.skip(end.at, 120, |b| b != b'>' && b != b'<'))
    }

    /// The text behind the `>` at `at`, unless that ends an element without any.
    fn text_behind(&self, at: usize) -> Option<After> {
        let opens = self.get(at) == b'>' && self.text[at - 1] != b'/';
        opens.then_some(After::Element(at + 1))
    }

    /// The text of an element, up to the next tag.
    pub(super) fn element(&self, name: &Range<usize>, at: usize) -> Result<Range<usize>, No> {
        let start = if self.starts(at, b"<![CDATA[") {
            at + 9
        } else {
            at
        };
        let end = self.skip(start, 512, |b| {
            b != b'<' && b != b'\n' && b != b'\r' && b != b']'
        });
        let text = &self.text[start..end];
        let kept = text.trim_ascii_end().len();
        // mysql://ada:<password>@db, "Bearer <token>": no markup.
        // make_unique<Password>(this): a call.
        // usage: x <db-user> <db-pass> [db-host]: what may be left out.
        let optional = start == at && self.get(end) == b']' && text.trim_ascii().starts_with(b"[");
        let goes_on = kept > 0 && b"@\"'`(".contains(&text[0]) && self.get(end) != b'<';
        if kept == 0
            || goes_on
            || optional
            || text.contains(&b'>')
            || !(self.get(end) == b'<'
                || self.get(end) == b']'
                || matches!(self.get(end), b'\n' | b'\r'))
        {
            return Err("an element without text");
        }
        // List<Password> names; and (?<password>[a-z]+): no element, unless it ends as one.
        let before = name.start.checked_sub(2).map_or(b' ', |at| self.text[at]);
        let written = before.is_ascii_alphanumeric() || b"?=_".contains(&before);
        if self.text[name.start - 1] == b'<' && written && !self.starts(end, b"</") {
            return Err("no element");
        }
        Ok(start..start + kept)
    }

    /// Whether a name is what the attribute `name` of an element says, or the
    /// last word of that.
    fn names_element(&self, name: &Range<usize>) -> bool {
        let before = &self.text[self.floor..name.start];
        self.ends_phrase(name)
            || [
                &b"<Setting name=\""[..],
                b"<setting name=\"",
                b"<property name=\"",
                b"<string name=\"",
            ]
            .iter()
            .any(|element| before.ends_with(element))
    }

    /// Whether a name is the end of the words that name an element:
    /// `<Setting name="Proxy password">`.
    pub(super) fn ends_phrase(&self, name: &Range<usize>) -> bool {
        let quote = self.get(name.end);
        if !b"\"'".contains(&quote) {
            return false;
        }
        let before = &self.text[self.floor..name.start];
        let at = memchr::memrchr2(b'"', b'\'', before);
        at.is_some_and(|at| before[..at].ends_with(b" name=") && before[at] == quote)
    }
}

/// Whether a tag, or an attribute, tells something of the element in front of it
/// or around it: `<a:CreationDate>` behind `<a:Code>password</a:Code>`, the
/// version of an artifact that is called `credentials`; or is the next of a list
/// that Maven has: `<module>passwords</module>`.
pub(super) fn is_note(tag: &[u8]) -> bool {
    const TOLD: [&[u8]; 12] = [
        b"comment",
        b"date",
        b"description",
        b"exclude",
        b"id",
        b"label",
        b"module",
        b"name",
        b"scope",
        b"time",
        b"type",
        b"version",
    ];
    let name = tag.split(u8::is_ascii_whitespace).next();
    let lower = name.unwrap_or_default().to_ascii_lowercase();
    // The next of several links.
    lower == b"a" || TOLD.iter().any(|word| lower.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::super::testing::{all_given, refused};

    #[test]
    fn the_text_of_an_element_is_its_value() {
        all_given(
            &[
                "<password>a'b;</password>",
                "<password encoding=\"x\">a'b;</password>",
            ],
            "a'b;",
            Form::Quoted,
        );
        all_given(
            &[
                "<my-password secret=\"abc\"/>",
                "<bean name=\"password\">\n  <value>abc</value>",
                "<Setting name=\"Proxy password\">abc</Setting>",
                "<wsse:Password Type=\"x\">abc</wsse:Password>",
            ],
            "abc",
            Form::Quoted,
        );
        refused(&[
            "List<Password> names;",
            "(?<password>[a-z]+)",
            "<cell value=\"password\" style=\"abc\">",
            "<a:Code>password</a:Code>\n<a:CreationDate>1522217626</a:CreationDate>",
            "<field>password</field><type>text</type>",
            ", _p(std::make_unique<Api::Password>(this))",
            "<artifactId>password</artifactId>\n<version>1511.v2e3cb_0008ef0</version>",
            "<module>password</module>\n<module>abc</module>",
            "<a href=\"#1\">password</a> <a href=\"#2\">abc</a>",
            "usage: x <db-user> <db-password> [abc] [def]",
            "<ignored-password id=\"abc\"/>",
            "<p>${this._config.create_backup.password}</p>\n<icon-button .path=${mdiContentCopyOfWhatStandsAboveIt} @click=${this._copyKeyToClipboard}",
        ]);
    }
}
