//! Escaping, one sink a format. File names and snippets are written by whoever
//! wrote the scanned files: they may hold terminal escapes, bidirectional
//! marks, workflow commands, Markdown or characters no URI allows. Knows bytes
//! and formats, nothing of findings.

use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::fmt::Write as _;
use std::io;

/// One line for a terminal or a log: what would move the cursor, change the
/// reading order or not show at all becomes `\u{..}`, what is not UTF-8 `\x..`.
///
/// The text can start no workflow command either, because CI logs are
/// terminals too: the GitHub runner looks for `::` behind any leading blanks,
/// and for `##[` anywhere in a line. A backslash stays as it is: this is for
/// eyes, and code full of doubled backslashes is no help to them.
pub fn terminal(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            terminal_char(c, &mut out);
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    disarm(out)
}

/// One character for a terminal, as [`terminal`] shows it; the caller sees to
/// workflow commands.
pub fn terminal_char(c: char, out: &mut String) {
    if is_hidden(c) {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// Takes the power of a workflow command from one line.
fn disarm(line: String) -> String {
    let mut line = if line.contains("##[") {
        line.replace("##[", "#\\u{23}[")
    } else {
        line
    };
    let blanks = line.len() - line.trim_start().len();
    if line[blanks..].starts_with("::") {
        line.replace_range(blanks..=blanks, "\\u{3a}");
    }
    line
}

/// A path as one word of a POSIX shell command; `None` when it holds bytes
/// that cannot be shown as they are.
pub fn shell_word(path: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(path).ok()?;
    if text.is_empty() || text.chars().any(is_hidden) || terminal(path) != text {
        return None;
    }
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    if text.chars().all(plain) {
        Some(text.to_owned())
    } else {
        Some(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

/// Whether a character is invisible or changes how its neighbours are shown:
/// controls, line separators, bidirectional and other format characters,
/// fillers, variation selectors, tags.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f // zero width, and marks of direction
            | 0x2028..=0x202e // separators, embeddings and overrides
            | 0x2060..=0x206f // joiners, isolates, deprecated controls
            | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff)
        || u32::from(c) & 0xfffe == 0xfffe
}

/// The message of a GitHub workflow command. The text must be for eyes already
/// ([`terminal`]); only line ends the program put there itself remain.
pub fn workflow_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub fn workflow_property(text: &str) -> String {
    workflow_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A path as a property of a workflow command: the runner decodes `%0A` and
/// the like back to the very name; what else is hidden shows as in
/// [`terminal`].
pub fn workflow_path(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\r' || c == '\n' {
                out.push(c);
            } else {
                terminal_char(c, &mut out);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    workflow_property(&out).replace("##[", "#\\u{23}[")
}

/// Plain text as Markdown that shows as that text.
pub fn markdown(text: &str) -> String {
    let line = |line: &str| {
        let mut out = String::with_capacity(line.len());
        for (at, c) in line.chars().enumerate() {
            if "\\`*_[]<>&|~#".contains(c) || (at == 0 && "+-=:".contains(c)) {
                out.push('\\');
            }
            terminal_char(c, &mut out);
        }
        no_list(&out)
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Plain text as Markdown that shows as that text and calls nobody: on the
/// hosts an `@name` notifies, and a `#1` or an address links, whatever was
/// escaped, unless something that does not show stands behind the mark.
pub fn markdown_inert(text: &str) -> String {
    markdown(text)
        .replace('@', "@<!-- -->")
        .replace("\\#", "\\#<!-- -->")
        .replace("://", ":<!-- -->//")
}

/// One line as a Markdown code span, in which nothing is read as anything
/// else. With `cell`, for a table, where a bar would end the cell.
pub fn markdown_code(text: &str, cell: bool) -> String {
    let mut shown = terminal(text.as_bytes());
    if cell {
        // The table is read first: it takes the backslash away again.
        shown = shown.replace('|', "\\|");
    }
    let mut longest = 0;
    let mut run = 0;
    for c in shown.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let edge = |c: Option<char>| c.is_none_or(|c| c == '`' || c == ' ');
    // A blank on both sides is taken off again.
    let pad = if edge(shown.chars().next()) || edge(shown.chars().last()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// Text for HTML and XML, between tags and in quoted attributes. What is
/// hidden shows as in [`terminal`], so that no character is left that XML
/// cannot hold; line ends stay.
pub fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            _ => terminal_char(c, &mut out),
        }
    }
    out
}

/// Keeps a line that opens with a number from becoming a list item.
fn no_list(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        format!("{}\\{}", &line[..digits], &line[digits..])
    } else {
        line.to_owned()
    }
}

/// A path as a URI reference that decodes to the very same bytes: relative
/// paths stay relative (`./` in front where a `:` in the first segment could
/// pass for a scheme), absolute ones become `file://`.
pub fn uri_reference(path: &[u8]) -> String {
    let absolute = path.starts_with(b"/");
    let first = path.split(|&b| b == b'/').next().unwrap_or_default();
    let mut out = match (absolute, first.contains(&b':')) {
        (true, _) => "file://".to_owned(),
        (false, true) => "./".to_owned(),
        (false, false) => String::new(),
    };
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A web address out of a rule, made a valid URI; `None` when it is none.
pub fn web_address(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain_host = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    if host.is_empty() || !host.chars().all(plain_host) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut fragment = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = byte == b'%'
            && bytes.len() > at + 2
            && bytes[at + 1..at + 3].iter().all(u8::is_ascii_hexdigit);
        let kept = byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte);
        let hash = byte == b'#' && !fragment;
        fragment |= hash;
        if kept || escaped || hash {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    Some(out)
}

/// Writes JSON whose strings hold no hidden character as itself: they become
/// `\u` escapes, which read back as the same text, so that a report shown on a
/// terminal or in a log is as harmless as the human one.
pub struct JsonFormatter<F> {
    layout: F,
}

impl JsonFormatter<PrettyFormatter<'static>> {
    /// Indented, for documents.
    pub fn pretty() -> Self {
        JsonFormatter {
            layout: PrettyFormatter::new(),
        }
    }
}

impl JsonFormatter<CompactFormatter> {
    /// On one line, for JSON lines.
    pub fn compact() -> Self {
        JsonFormatter {
            layout: CompactFormatter,
        }
    }
}

/// Hands the layout on, all but the text of strings.
macro_rules! hand_on {
    ($($method:ident($($arg:ident: $type:ty)?)),+) => {
        $(fn $method<W: ?Sized + io::Write>(&mut self, w: &mut W $(, $arg: $type)?) -> io::Result<()> {
            self.layout.$method(w $(, $arg)?)
        })+
    };
}

impl<F: Formatter> Formatter for JsonFormatter<F> {
    hand_on!(
        begin_array(),
        end_array(),
        begin_array_value(first: bool),
        end_array_value(),
        begin_object(),
        end_object(),
        begin_object_key(first: bool),
        end_object_key(),
        begin_object_value(),
        end_object_value()
    );

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        w: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in fragment.char_indices() {
            let command = c == '#' && fragment[at..].starts_with("##[");
            if !command && !is_hidden(c) {
                continue;
            }
            w.write_all(&fragment.as_bytes()[written..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(w, "\\u{unit:04x}")?;
            }
            written = at + c.len_utf8();
        }
        w.write_all(&fragment.as_bytes()[written..])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use serde::Serialize;

    #[test]
    fn markdown_that_calls_nobody() {
        assert_eq!(
            markdown_inert("ask @me in #7 or https://x *now*"),
            "ask @<!-- -->me in \\#<!-- -->7 or https:<!-- -->//x \\*now\\*"
        );
        assert_eq!(markdown_code("a|b", true), "`a\\|b`");
        assert_eq!(markdown_code("a|b", false), "`a|b`");
        assert_eq!(markdown_code("`", false), "`` ` ``");
        assert_eq!(markdown_code("", false), "`  `");
        assert_eq!(markdown_code("a``b", false), "```a``b```");
    }

    #[test]
    fn markup_leaves_nothing_that_ends_a_tag_or_that_xml_refuses() {
        assert_eq!(
            markup("<a b=\"c\" d='e'>&\u{b}\u{0}\u{ffff}\n"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\u{b}\\u{0}\\u{ffff}\n"
        );
    }

    #[test]
    fn terminals_see_no_control() {
        let osc8 = b"\x1b]8;;http://x\x07y";
        assert_eq!(terminal(osc8), r"\u{1b}]8;;http://x\u{7}y");
        assert_eq!(
            terminal("a\u{202e}b\u{200b}".as_bytes()),
            r"a\u{202e}b\u{200b}"
        );
        assert_eq!(terminal("\u{9b}31m".as_bytes()), r"\u{9b}31m");
        assert_eq!(terminal(b"a\xff\xfeb\n"), r"a\xff\xfeb\u{a}");
        assert_eq!(terminal("über/日本.env".as_bytes()), "über/日本.env");
    }

    #[test]
    fn no_text_starts_a_workflow_command() {
        assert_eq!(terminal(b"::error::pwn"), r"\u{3a}:error::pwn");
        assert_eq!(terminal(b"  ::error::pwn"), r"  \u{3a}:error::pwn");
        assert_eq!(terminal(b"x ##[error]y"), r"x #\u{23}[error]y");
        assert_eq!(terminal(b"a::b"), "a::b");
    }

    #[test]
    fn workflow_commands_keep_their_fields() {
        assert_eq!(workflow_data("50%\r\nx"), "50%25%0D%0Ax");
        assert_eq!(workflow_property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(
            workflow_path(b"a\n::error::pwn"),
            "a%0A%3A%3Aerror%3A%3Apwn"
        );
        assert_eq!(workflow_path(b"a\x1b\xff"), r"a\u{1b}\xff");
    }

    #[test]
    fn shell_words_are_quoted_or_left_out() {
        assert_eq!(shell_word(b"src/a.py").unwrap(), "src/a.py");
        assert_eq!(shell_word(b"a b").unwrap(), "'a b'");
        assert_eq!(shell_word(b"it's $(x)").unwrap(), r"'it'\''s $(x)'");
        assert_eq!(shell_word(b"a\nb"), None);
        assert_eq!(shell_word(b"a\xff"), None);
    }

    #[test]
    fn markdown_shows_as_text() {
        assert_eq!(markdown("[a](b) <img>"), r"\[a\](b) \<img\>");
        assert_eq!(markdown("1. x\n- y\n# z"), "1\\. x\n\\- y\n\\# z");
        assert_eq!(markdown("plain, 3.5 - x"), "plain, 3.5 - x");
    }

    #[test]
    fn uris_are_relative_and_exact() {
        assert_eq!(
            uri_reference("a b/ü#%?.env".as_bytes()),
            "a%20b/%C3%BC%23%25%3F.env"
        );
        assert_eq!(uri_reference(b"x:y"), "./x%3Ay");
        assert_eq!(uri_reference(b"d/x:y"), "d/x%3Ay");
        assert_eq!(uri_reference(b"/tmp/x"), "file:///tmp/x");
        assert_eq!(uri_reference(b"a\xff"), "a%FF");
    }

    #[test]
    fn web_addresses_are_uris_or_nothing() {
        assert_eq!(
            web_address("https://a.b/c d#e#f").unwrap(),
            "https://a.b/c%20d#e%23f"
        );
        assert_eq!(
            web_address("https://a.b/%20%2").unwrap(),
            "https://a.b/%20%252"
        );
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert_eq!(web_address("https://"), None);
    }

    proptest! {
        #[test]
        fn any_path_survives_as_a_uri(path in proptest::collection::vec(any::<u8>(), 0..40)) {
            let uri = uri_reference(&path);
            let bare = uri.strip_prefix("file://").or(uri.strip_prefix("./")).unwrap_or(&uri);
            prop_assert_eq!(percent_decode_str(bare).collect::<Vec<u8>>(), path);
        }

        #[test]
        fn json_reads_back_and_hides_nothing(text in any::<String>()) {
            let text = text + "\u{202e}\u{e0041}##[x]";
            let mut out = Vec::new();
            let mut json = serde_json::Serializer::with_formatter(&mut out, JsonFormatter::compact());
            text.serialize(&mut json).unwrap();
            let out = String::from_utf8(out).unwrap();
            prop_assert!(!out.chars().any(is_hidden), "{:?}", out);
            prop_assert!(!out.contains("##["));
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }

        #[test]
        fn terminal_text_is_visible(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let shown = terminal(&bytes);
            prop_assert!(!shown.chars().any(is_hidden));
            prop_assert!(!shown.trim_start().starts_with("::"));
        }
    }
}
