//! Text in other encodings and with other line ends: the token is found, on
//! the line that an editor shows.

use crate::harness::{Place, leak, redivis, token, utf16, utf32};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
fn readings_of_readings_end() {
    // At stake: half an escape that stands there in UTF-16 too is read in
    // both ways, again and again.
    let mut bytes = b"\\u00\\\0u\x000\x000\0\n".to_vec();
    bytes.extend(leak(1).bytes());
    found_at(&bytes, 2, 19);
}

#[test]
fn a_token_at_the_very_ends_of_a_file() {
    // At stake: a boundary that needs a byte on each side.
    let place = Place::new();
    place.write("redivis.token", redivis(4));
    let run = place.json(&["scan"]).expect(1);
    assert_eq!(run.found()[0].bytes, (0, 32));
}

/// Scans one file; the spans of what is found, as text of the file.
fn spans(text: &str) -> Vec<String> {
    let place = Place::new();
    place.write("a.txt", text);
    let found = place.json(&["scan"]).found();
    found
        .iter()
        .map(|f| text[f.bytes.0..f.bytes.1].to_owned())
        .collect()
}

#[test]
fn base64_is_read() {
    // At stake: a settings file in a Kubernetes secret, a header in a log.
    let token = redivis(1);
    let settings = format!("[redivis]\nREDIVIS_API_TOKEN={token}\nuser=ada\n");
    let once = STANDARD.encode(&settings);
    let start = settings.find(&token).unwrap() / 3 * 4;
    let end = (settings.find(&token).unwrap() + token.len()).div_ceil(3) * 4;
    let inside = once[start..end].to_owned();
    let expected = [inside];
    assert_eq!(spans(&format!("  settings: {once}\n")), expected);
    let url = format!("data:text/plain;base64,{once}");
    assert_eq!(spans(&url), expected);
    // Over several lines, as the base64 program and MIME have it.
    let lines: Vec<_> = once
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    assert_eq!(spans(&format!("x: |\n  {}\n", lines.join("\n  "))).len(), 1);
    // Twice, and what only the name in front vouches for.
    let twice = STANDARD.encode(&once);
    assert_eq!(spans(&format!("settings: {twice}\n")).len(), 1);
    let alone = STANDARD.encode(&token);
    assert_eq!(spans(&format!("REDIVIS_API_TOKEN: {alone}\n")), [alone]);
    // PowerShell takes commands in UTF-16.
    let command = STANDARD.encode(utf16(&format!("$env:{}", leak(1)), true, false));
    assert_eq!(spans(&format!("powershell -enc {command}")).len(), 1);
    // Text without a secret, and what is no text.
    assert_eq!(
        spans(&STANDARD.encode("nothing to see here, ".repeat(30))).len(),
        0
    );
    let bytes: Vec<u8> = (0..200u8).map(|n| n.wrapping_mul(91) ^ 0x5a).collect();
    assert_eq!(
        spans(&format!("redivis {}", STANDARD.encode(bytes))).len(),
        0
    );
}

#[test]
fn a_doubt_about_the_whole_hides_nothing_in_it() {
    // At stake: a token that begins like a part of a JSON Web Token, and holds a password.
    let password = token("telegram-api-hash", 1);
    let whole = STANDARD.encode(format!(r#"{{"UserID":"ada","Password":"{password}"}}"#));
    assert_eq!(spans(&format!("ACME_TOKEN={whole}\n")), [whole]);
}

#[test]
fn hexadecimal_percent_and_unicode_escapes_are_read() {
    let token = redivis(3).replace('+', "a");
    let settings = format!("REDIVIS_API_TOKEN={token}\n");
    let hex: String = settings.bytes().map(|b| format!("{b:02x}")).collect();
    let at = 2 * settings.find(&token).unwrap();
    assert_eq!(
        spans(&format!("blob = {hex}")),
        [&hex[at..at + 2 * token.len()]]
    );
    // As a URL and as .NET's JSON have a token with signs in it.
    let signs = (0..)
        .map(redivis)
        .find(|t| t.contains('+') && t.contains('/'))
        .unwrap();
    let url = signs.replace('+', "%2B").replace('/', "%2f");
    assert_eq!(
        spans(&format!(
            "GET https://redivis.com/api?api_token={url}&a=b\n"
        )),
        [url]
    );
    let json = signs.replace('+', "\\u002B");
    assert_eq!(
        spans(&format!("{{\"RedivisApiToken\": \"{json}\"}}\n")),
        [json]
    );
    // The same stretch once, however many escapes it holds.
    let two = format!(
        "redivis%3Dx%2Fy {}%2F{}\n",
        "%2F".repeat(200),
        "%3D".repeat(300)
    );
    assert_eq!(spans(&two).len(), 0);
}

#[test]
fn what_was_decoded_is_masked_and_explained() {
    let token = redivis(1);
    let encoded = STANDARD.encode(format!("REDIVIS_API_TOKEN={token}\n"));
    let place = Place::new();
    place.write("a.yaml", format!("a: 1\nsettings: {encoded}\n"));
    let run = place
        .tightlip(&["scan"])
        .expect(1)
        .says("decoded from base64")
        .says("a.yaml:2:");
    assert_eq!(
        crate::harness::leaks(token.as_bytes(), run.text().as_bytes()),
        0
    );
    let from = encoded.len() - 40;
    assert_eq!(
        crate::harness::leaks(&encoded.as_bytes()[from..], run.text().as_bytes()),
        0
    );
    place
        .tightlip(&["why", "a.yaml:2"])
        .expect(0)
        .says("decoded from base64");
    // Accepted as any other.
    place.write(
        "a.yaml",
        format!("# tightlip:allow redivis-api-token: x\nsettings: {encoded}\n"),
    );
    place.tightlip(&["scan"]).expect(0);
}
