//! Text in other encodings and with other line ends: the token is found, on
//! the line that an editor shows.

use crate::harness::{Place, leak, redivis, token, utf16, utf32};

/// Text with a token on its third line.
fn text() -> String {
    format!("first line\nzweite Zeile ü𝄞\n{}last\n", leak(1))
}

/// Scans one file; the findings must be this one line and column.
#[track_caller]
fn found_at(bytes: &[u8], line: u64, column: u64) {
    let place = Place::new();
    place.write("a.txt", bytes);
    let run = place.json(&["scan"]).expect(1);
    let places: Vec<_> = run.found().iter().map(|f| (f.line, f.column)).collect();
    assert_eq!(places, [(line, column)]);
    // As staged, and through a pipe, it is the same.
    let repo = Place::repo();
    repo.write("a.txt", bytes);
    repo.git(&["add", "-A"]).expect(0);
    let staged = repo.json(&["staged"]).expect(1);
    assert_eq!(staged.found()[0].bytes, run.found()[0].bytes);
    let piped = place.pipe(&["scan", "-", "-f", "json"], bytes).expect(1);
    assert_eq!(piped.found()[0].bytes, run.found()[0].bytes);
}

#[test]
fn case_12_utf16_with_a_mark() {
    // At stake: PowerShell's `>` writes this.
    found_at(&utf16(&text(), true, true), 3, 19);
    found_at(&utf16(&text(), false, true), 3, 19);
}

#[test]
fn case_13_utf16_and_utf32_without_a_mark() {
    // At stake: nothing announces them.
    found_at(&utf16(&text(), true, false), 3, 19);
    found_at(&utf16(&text(), false, false), 3, 19);
    for (little, mark) in [(true, true), (true, false), (false, true), (false, false)] {
        found_at(&utf32(&text(), little, mark), 3, 19);
    }
}

#[test]
fn case_14_nul_bytes() {
    // At stake: one NUL makes a file "binary" for many tools.
    found_at(format!("\0{}", leak(1)).as_bytes(), 1, 20);
    found_at(format!("a\0\n\0\n\0b\n{}\0", leak(1)).as_bytes(), 4, 19);
    let mut bytes = vec![0; 100_000];
    bytes.extend(b"\n");
    bytes.extend(leak(1).bytes());
    found_at(&bytes, 2, 19);
}

#[test]
fn case_55_line_ends() {
    // At stake: a line number that an editor and git do not agree with. Lines
    // end at \n alone, as git counts them.
    let leak = leak(1);
    let leak = leak.trim_end();
    let rows: &[(String, u64, u64)] = &[
        (format!("a\r\nb\r\n{leak}\r\n"), 3, 19),
        (format!("a\rb\r{leak}\r"), 1, 23),
        (format!("a\r\nb\n{leak}"), 3, 19),
        (format!("a\n\n{leak}"), 3, 19),
        (format!("a\x0cb\n{leak}\n"), 2, 19),
        (format!("a\u{2028}b\n\u{2028}{leak}\n"), 2, 20),
        (format!("𝄞𝄞 {leak}\n"), 1, 24),
        (format!("ü {leak}\n"), 1, 21),
        (format!("\u{feff}{leak}\n"), 1, 20),
    ];
    for (text, line, column) in rows {
        found_at(text.as_bytes(), *line, *column);
    }
}

#[test]
fn bytes_that_are_no_text_hide_nothing() {
    // At stake: a stray Latin-1 byte, or a token inside a binary.
    let mut bytes = b"caf\xe9 = 1\n\xff\xfe\n".to_vec();
    bytes.extend(leak(1).bytes());
    bytes.extend(b"\x80\x80");
    found_at(&bytes, 3, 19);
}

#[test]
fn case_33_escaped_and_split_headers() {
    // At stake: a token in a string in a string. The other forms of the table
    // stand in fixtures/found.
    let bearer = token("authorization-bearer", 3);
    for text in [
        format!("{{\"body\": \"{{\\\"Authorization\\\": \\\"Bearer {bearer}\\\"}}\"}}\n"),
        format!("\"{{\\\\\\\"Authorization\\\\\\\": \\\\\\\"Bearer {bearer}\\\\\\\"}}\"\n"),
        format!("Authorization:\n  Bearer {bearer}\n"),
        format!("headers: Authorization:\r\n  - Bearer {bearer}\r\n"),
        format!("a\\tAuthorization: Bearer {bearer}\\n\n"),
    ] {
        let place = Place::new();
        place.write("a.txt", &text);
        let run = place.json(&["scan"]).expect(1);
        let start = text.find(&bearer).unwrap();
        let found: Vec<_> = run.found().iter().map(|f| f.bytes).collect();
        assert_eq!(
            found,
            [(start, start + bearer.len())],
            "{}",
            text.replace(&bearer, "…")
        );
    }
}

#[test]
fn a_token_at_the_very_ends_of_a_file() {
    // At stake: a boundary that needs a byte on each side.
    let place = Place::new();
    place.write("redivis.token", redivis(4));
    let run = place.json(&["scan"]).expect(1);
    assert_eq!(run.found()[0].bytes, (0, 32));
}
