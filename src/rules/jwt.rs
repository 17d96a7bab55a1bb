//! Reads a JSON Web Token offline (RFC 7519, RFC 7515): the algorithm, the
//! expiry wherever it stands, and whether the token is public by design.
//! Verifies nothing and knows no keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// What can be read of a token without a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwt {
    /// `alg` of the header: `HS256`, `none`, ...
    pub alg: String,
    /// `exp`, seconds since 1970: of the payload, or of the header (as
    /// itsdangerous writes it).
    pub exp: Option<i64>,
    /// Meant to be published: an anonymous role, a documentation sample.
    pub public: bool,
}

/// Subjects and issuers of tokens that stand in documentation.
const SAMPLE_ISSUERS: &[&str] = &["supabase-demo"];
const SAMPLE_SUBJECT: &str = "1234567890";
const SAMPLE_NAMES: &[&str] = &["John Doe", "Jane Doe"];

/// Reads `token`; `None` when its first part is no JOSE header.
pub fn read(token: &[u8]) -> Option<Jwt> {
    let mut parts = token.split(|&b| b == b'.');
    let header = object(parts.next()?)?;
    let alg = header.get("alg")?.as_str()?.to_owned();
    // A JWE's second part is an encrypted key; it just does not parse.
    let payload = parts.next().and_then(object).unwrap_or_default();
    let text = |key: &str| payload.get(key).and_then(Value::as_str);
    // NATS: what tells of an operator or of an account is signed, and given out
    // to every server and whoever asks.
    let nats = payload.get("nats").and_then(|nats| nats.get("type"));
    let kind = nats.and_then(Value::as_str).or_else(|| text("type"));
    let of_nats = alg.starts_with("ed25519") && payload.contains_key("nats");
    let public = of_nats && matches!(kind, Some("operator" | "account"))
        || matches!(text("role"), Some("anon" | "anonymous"))
        || text("iss").is_some_and(|iss| SAMPLE_ISSUERS.contains(&iss))
        || text("sub") == Some(SAMPLE_SUBJECT)
            && text("name").is_none_or(|name| SAMPLE_NAMES.contains(&name));
    Some(Jwt {
        alg,
        exp: seconds(&payload).or_else(|| seconds(&header)),
        public,
    })
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    let part = part
        .strip_suffix(b"==")
        .or(part.strip_suffix(b"="))
        .unwrap_or(part);
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&json).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn seconds(claims: &Map<String, Value>) -> Option<i64> {
    let exp = claims.get("exp")?;
    #[allow(clippy::cast_possible_truncation)]
    exp.as_i64().or_else(|| exp.as_f64().map(|f| f as i64))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        format!("{}.{}.{}", part(header), part(payload), "c2ln".repeat(10))
    }

    #[test]
    fn operators_and_accounts_of_nats_are_public_and_users_are_not() {
        let header = r#"{"alg":"ed25519-nkey","typ":"JWT"}"#;
        let public = |payload: &str| read(token(header, payload).as_bytes()).unwrap().public;
        assert!(public(
            r#"{"iss":"OA","nats":{"type":"operator","version":2}}"#
        ));
        assert!(public(
            r#"{"iss":"OA","type":"account","nats":{"limits":{}}}"#
        ));
        assert!(!public(
            r#"{"iss":"AA","nats":{"type":"user","version":2}}"#
        ));
        assert!(!public(r#"{"iss":"OA","type":"account"}"#));
    }

    #[test]
    fn expiry_is_read_from_payload_or_header() {
        let in_payload = token(r#"{"alg":"RS256","typ":"JWT"}"#, r#"{"exp":1700000000}"#);
        assert_eq!(
            read(in_payload.as_bytes()).unwrap().exp,
            Some(1_700_000_000)
        );
        let in_header = token(r#"{"alg":"HS256","exp":1932662254}"#, r#"{"id":1}"#);
        let jwt = read(in_header.as_bytes()).unwrap();
        assert_eq!((jwt.exp, jwt.alg.as_str()), (Some(1_932_662_254), "HS256"));
        assert!(!jwt.public);
    }

    #[test]
    fn documentation_samples_and_anonymous_roles_are_public() {
        let sample = token(
            r#"{"alg":"HS256"}"#,
            r#"{"sub":"1234567890","name":"John Doe"}"#,
        );
        assert!(read(sample.as_bytes()).unwrap().public);
        let anonymous = token(r#"{"alg":"HS256"}"#, r#"{"role":"anon","exp":4000000000}"#);
        assert!(read(anonymous.as_bytes()).unwrap().public);
    }

    #[test]
    fn what_is_no_token_is_none() {
        assert_eq!(read(b"eyJub3QganNvbg.e30.c2ln"), None);
        assert_eq!(read(token(r#"{"typ":"JWT"}"#, "{}").as_bytes()), None);
    }
}
