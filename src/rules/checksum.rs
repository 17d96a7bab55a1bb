//! Checksums that vendors build into their tokens, so that a token can be told
//! from a text of its shape without asking anybody. Computes them, and writes
//! them into made-up tokens; what follows from a wrong one is for the check to
//! say.

use super::rule::Checksum;
use std::ops::Range;

/// The digits of GitHub's base 62.
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The digits of base 36.
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// The digits of bech32 (BIP 173).
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// The digits of base 32 (RFC 4648, section 6).
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Whether the checksum in `token` is right; `None` when a token of this form
/// has none.
pub fn holds(kind: Checksum, token: &[u8]) -> Option<bool> {
    let mut sealed = token.to_vec();
    seal(kind, &mut sealed)?;
    Some(sealed == token)
}

/// Writes the right checksum into `token`; `None` when one of this form has
/// none.
pub fn seal(kind: Checksum, token: &mut [u8]) -> Option<()> {
    let behind = |mark: u8| Some(token.iter().rposition(|&b| b == mark)? + 1);
    let end = token.len();
    match kind {
        Checksum::Crc32Base62 => {
            let start = behind(b'_')?;
            let plain = token[start..].iter().all(u8::is_ascii_alphanumeric);
            let sum = (plain && end - start >= 36).then_some(end - 6..end)?;
            write(token, start..sum.start, sum, BASE62);
        }
        Checksum::Crc32Base36 => {
            let sum = (end - behind(b'.')? == 9).then_some(end - 7..end)?;
            write(token, 0..sum.start, sum, BASE36);
        }
        Checksum::Crc32Hex => {
            let start = behind(b'_').filter(|start| end - start == 8)?;
            // The bytes of the sum, lowest first.
            let sum = crc32fast::hash(&token[..start - 1]).swap_bytes();
            token[start..].copy_from_slice(format!("{sum:08x}").as_bytes());
        }
        Checksum::Bech32 => {
            let start = behind(b'1').filter(|start| end - start > 6)?;
            let upper = token.iter().any(u8::is_ascii_uppercase);
            let sum = bech32(&token[..start - 1], &token[start..end - 6])?;
            for (byte, digit) in token[end - 6..].iter_mut().zip(sum) {
                *byte = BECH32[usize::from(digit)];
                if upper {
                    byte.make_ascii_uppercase();
                }
            }
        }
        Checksum::Nkey => {
            let mut bytes = from_base32(token)?;
            let body = bytes.len().checked_sub(2)?;
            let sum = crc16(&bytes[..body]).to_le_bytes();
            bytes[body..].copy_from_slice(&sum);
            to_base32(&bytes, token);
        }
    }
    Some(())
}

/// Writes the CRC-32 of one range into another, in the digits of a base.
fn write(token: &mut [u8], body: Range<usize>, sum: Range<usize>, base: &[u8]) {
    let mut rest = crc32fast::hash(&token[body]) as usize;
    for digit in token[sum].iter_mut().rev() {
        *digit = base[rest % base.len()];
        rest /= base.len();
    }
}

/// The six digits that end a bech32 text of this name and data.
fn bech32(name: &[u8], data: &[u8]) -> Option<[u8; 6]> {
    let name = name.to_ascii_lowercase();
    let step = |sum: u32, value: u8| {
        const FACTORS: [u32; 5] = [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ];
        let top = sum >> 25;
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        let factors = FACTORS.iter().enumerate();
        factors
            .filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(next, |sum, (_, factor)| sum ^ factor)
    };
    let mut sum = 1;
    for &byte in &name {
        sum = step(sum, byte >> 5);
    }
    sum = step(sum, 0);
    for &byte in &name {
        sum = step(sum, byte & 31);
    }
    for byte in data {
        sum = step(sum, digit(BECH32, byte.to_ascii_lowercase())?);
    }
    sum = [0; 6].into_iter().fold(sum, step) ^ 1;
    let mut digits = [0; 6];
    for (at, digit) in digits.iter_mut().enumerate() {
        *digit = u8::try_from(sum >> (5 * (5 - at)) & 31).unwrap_or(0);
    }
    Some(digits)
}

fn digit(base: &[u8], byte: u8) -> Option<u8> {
    u8::try_from(base.iter().position(|&known| known == byte)?).ok()
}

/// Whole bytes only; what bits are left over is dropped.
fn from_base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0u32, 0);
    for &byte in text {
        bits = bits << 5 | u32::from(digit(BASE32, byte)?);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).unwrap_or(0));
        }
    }
    Some(bytes)
}

fn to_base32(bytes: &[u8], text: &mut [u8]) {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    for (at, byte) in text.iter_mut().enumerate() {
        let digit = (0..5).fold(0, |digit, n| digit << 1 | bit(5 * at + n));
        *byte = BASE32[usize::from(digit)];
    }
}

/// CRC-16 as XMODEM has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| {
            let out = sum >> 15 == 1;
            sum << 1 ^ if out { 0x1021 } else { 0 }
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The checks that the documents of each sum give.
    #[test]
    fn the_sums_are_those_of_their_documents() {
        // CRC-16/XMODEM and CRC-32 of the usual check text.
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
        // BIP 173, valid strings: an empty one, and one of 32 digits.
        assert_eq!(holds(Checksum::Bech32, b"xa12uel5l"), None);
        assert_eq!(
            bech32(b"A", b"").unwrap().map(|d| BECH32[d as usize]),
            *b"2uel5l"
        );
        let words = ["abcdef", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "mqqqxw"];
        let text = format!("{}1{}{}", words[0], words[1], words[2]);
        assert_eq!(holds(Checksum::Bech32, text.as_bytes()), Some(true));
        let upper = text.to_ascii_uppercase();
        assert_eq!(holds(Checksum::Bech32, upper.as_bytes()), Some(true));
        let wrong = text.replace("x8", "8x");
        assert_eq!(holds(Checksum::Bech32, wrong.as_bytes()), Some(false));
    }

    #[test]
    fn a_sealed_token_holds_and_any_other_does_not() {
        let body = "A1b2C3d4E5f6G7h8J9k0L1m2N3p4Q5";
        let forms = [
            (Checksum::Crc32Base62, format!("gh_{body}AAAAAA")),
            (Checksum::Crc32Base36, format!("gl-{body}.0uaaaaaaa")),
            (Checksum::Crc32Hex, format!("gl_{body}AB_00000000")),
            (Checksum::Nkey, format!("SU{}", "ABCDEFG2".repeat(7))),
        ];
        for (kind, text) in forms {
            let mut token = text.into_bytes();
            seal(kind, &mut token).unwrap();
            assert_eq!(holds(kind, &token), Some(true), "{kind:?}");
            token[10] = if token[10] == b'C' { b'D' } else { b'C' };
            assert_eq!(holds(kind, &token), Some(false), "{kind:?}");
        }
    }

    #[test]
    fn forms_without_a_sum_say_nothing() {
        assert_eq!(
            holds(Checksum::Crc32Base62, b"ghs_12_eyJhbGciOiJ9.e30.x"),
            None
        );
        assert_eq!(
            holds(Checksum::Crc32Base36, b"glpat-ABCDEFGHIJKLMNOPQRST"),
            None
        );
        assert_eq!(holds(Checksum::Nkey, b"not base32"), None);
    }
}
