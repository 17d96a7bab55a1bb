//! Values that some program reads rather than types in: blanks of templates,
//! references to a secret's place, calls, numbers, patterns, paths. Each
//! question is asked of the bytes alone; no language is known.

use super::words::{Letters, is_one_of};
use std::collections::HashSet;
use std::net::Ipv6Addr;
use std::sync::LazyLock;

/// `MAX_LENGTH_2`: what programs call their constants.
pub(super) fn is_constant(value: &[u8]) -> bool {
    value.contains(&b'_')
        && value[0].is_ascii_uppercase()
        && value
            .iter()
            .all(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && value.iter().filter(|b| b.is_ascii_digit()).count() * 3 < value.len()
}

/// `XXH64_hash_t`, `cv.uint32_t`: a type of C, whose last word stands in front of `_t`.
pub(super) fn is_type_of_c(value: &[u8]) -> bool {
    let named = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let short = value.rsplit(|b| b".:".contains(b)).next().unwrap_or(value);
    if matches!(short, b"int8_t" | b"int16_t" | b"int32_t" | b"int64_t")
        || matches!(short, b"uint8_t" | b"uint16_t" | b"uint32_t" | b"uint64_t")
    {
        return true;
    }
    value.strip_suffix(b"_t").is_some_and(|name| {
        let word = name.rsplit(|&b| b == b'_').next().unwrap_or_default();
        word.len() >= 3
            && word.iter().all(u8::is_ascii_lowercase)
            && (word.len() == name.len() || super::placeholder::is_words(word))
            && name.iter().all(named)
            && name[0].is_ascii_alphabetic()
    })
}

/// `0x7f00UL`, `1.5e3`, `-12`: numbers as programs write them.
pub(super) fn is_number(value: &[u8]) -> bool {
    let hex = value.starts_with(b"0x") || value.starts_with(b"0X");
    let rest = if hex { &value[2..] } else { value };
    // 16u32 in Rust, 224ULL in C.
    let kinds: [&[u8]; 10] = [
        b"u8", b"u16", b"u32", b"u64", b"usize", b"i8", b"i16", b"i32", b"i64", b"isize",
    ];
    let typed = |kind: &&[u8]| {
        let digits = rest.strip_suffix(*kind).unwrap_or_default();
        !digits.is_empty() && digits.iter().all(|b| b.is_ascii_digit() || *b == b'_')
    };
    let plain = rest
        .iter()
        .rposition(u8::is_ascii_digit)
        .map_or(0, |at| at + 1);
    let (digits_only, sizes) = rest.split_at(plain);
    let long = !sizes.is_empty()
        && sizes.iter().all(|b| b"uUlL".contains(b))
        && digits_only.iter().all(u8::is_ascii_digit);
    if kinds.iter().any(typed) || plain > 0 && long {
        return true;
    }
    let digits = |b: &u8| {
        if hex {
            // 0x1.ffffp+1023
            b.is_ascii_hexdigit() || b"uUlL_.pP+-i".contains(b)
        } else {
            b.is_ascii_digit() || b".-_+,".contains(b)
        }
    };
    rest.iter().all(digits)
        && (hex && value.len() <= 24 || !hex && value.iter().any(|b| !b.is_ascii_digit()))
}

/// Whether a value is an expression of some language: a call, a path to an
/// attribute, an index, a comparison.
pub(super) fn is_code(value: &[u8]) -> bool {
    let head = value
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let named = head > 1 && Letters::of(&value[..head]).are_words();
    let rest = &value[head..];
    let call = rest.starts_with(b"(")
        || rest.starts_with(b"?.")
        || rest.starts_with(b".") && memchr::memmem::find(rest, b"?.").is_some()
        || rest.starts_with(b"[")
            && (rest.ends_with(b"]")
                || rest.contains(&b'.')
                || [&b"]("[..], b"];"]
                    .iter()
                    .any(|end| memchr::memmem::find(rest, end).is_some()))
        || rest.starts_with(b".") && rest.contains(&b'[') && rest.contains(&b']')
        || rest.starts_with(b"->")
        || rest.starts_with(b"::")
        || rest.starts_with(b"()")
        || rest.starts_with(b"![")
        || rest.starts_with(b"!(")
        || rest.starts_with(b".") && rest.contains(&b'(')
        // erlang:system_time(second)
        || rest.starts_with(b":")
            && name_length(&rest[1..]) > 2
            && rest[1 + name_length(&rest[1..])..].starts_with(b"(");
    let markup = value[0] == b'<' && value.contains(&b'>')
        || [&b"</"[..], b"&lt;", b"&gt;"]
            .iter()
            .any(|sign| memchr::memmem::find(value, sign).is_some());
    let escapes = memchr::memmem::find(value, b"\\n").is_some()
        || memchr::memmem::find(value, b"\\d").is_some()
        || memchr::memmem::find(value, b"\\w").is_some()
        || memchr::memmem::find(value, b"[a-z").is_some()
        || memchr::memmem::find(value, b"(?").is_some()
        || is_coloured(value);
    let list = [
        &b"[("[..],
        b"[{",
        b"[]",
        b"+(",
        b"\\&",
        b".$",
        b"},",
        b"],",
        b"),",
    ]
    .iter()
    .any(|start| value.starts_with(start));
    // "it's".append("...: the end of a string, and code behind it.
    let ended = memchr::memmem::find(value, b"\")").is_some();
    named && call
        || markup
        || escapes
        || list
        || ended
        || begins_with_member(value)
        || opens_object(value)
        || is_member(value)
        || opens_block(value)
        || is_struct_tag(rest)
        || is_composite(value)
        || value.ends_with(b"()")
        || value.ends_with(b"||")
        || follows_object(value)
        || memchr::memmem::find(value, b"::class").is_some()
        || holds_call(value)
}

/// How long the name is that a text begins with.
fn name_length(text: &[u8]) -> usize {
    let named = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    text.iter().take_while(named).count()
}

/// `$this->next(`, `$options[$key]`, `c->argv[1]`, `::Chef::Config`: a member
/// of a thing, whatever the thing is called.
fn begins_with_member(value: &[u8]) -> bool {
    // f"{module.params[": the string ends, and begins once more.
    if let [b'{', rest @ ..] = value {
        let head = name_length(rest);
        if head > 2 && matches!(rest.get(head), Some(b'.' | b'[')) && !rest.contains(&b'}') {
            return true;
        }
    }
    // .encodeBase64(), !isEmpty(object
    if let [b'.' | b'!', rest @ ..] = value {
        let head = name_length(rest);
        if head > 3 && rest[head..].starts_with(b"(") && super::placeholder::is_words(&rest[..head])
        {
            return true;
        }
    }
    // ?l2b(Pass), ?MODULE:token(Time): a macro of Erlang
    if let [b'?', rest @ .., b')'] = value {
        let head = name_length(rest);
        let rest = &rest[head..];
        let call = rest
            .strip_prefix(b":")
            .map_or(rest, |rest| &rest[name_length(rest)..]);
        if head > 1 && call.starts_with(b"(") {
            return true;
        }
    }
    if is_record(value) {
        return true;
    }
    let sigil = usize::from(value[0] == b'$');
    let head = name_length(&value[sigil..]);
    let rest = &value[sigil + head..];
    let letter = |at: usize| rest.get(at).is_some_and(u8::is_ascii_alphabetic);
    // ::Chef::Config, ::zkgroup::backups::BackupAuthCredential
    let global = value.strip_prefix(b"::").is_some_and(|path| {
        let head = name_length(path);
        path.first().is_some_and(u8::is_ascii_uppercase)
            || head > 1 && path[head..].starts_with(b"::")
    });
    head > 0 && rest.starts_with(b"->") && letter(2)
        || head > 1
            && sigil == 1
            && (rest.starts_with(b"[") && rest.contains(&b']')
                || rest.starts_with(b"::") && letter(2)
                || rest.starts_with(b"(")
                || rest.starts_with(b".") && letter(1) && rest.contains(&b'('))
        || global
}

/// `Context#context.password`, `#entry_meta{`: a record of Erlang.
fn is_record(value: &[u8]) -> bool {
    let head = name_length(value);
    let Some((b'#', rest)) = value[head..].split_first() else {
        return false;
    };
    let kind = name_length(rest);
    let named = rest.first().is_some_and(u8::is_ascii_lowercase)
        && super::placeholder::is_words(&rest[..kind]);
    let variable = value[0].is_ascii_uppercase();
    named
        && match rest[kind..].split_first() {
            Some((b'.', field)) => variable && name_length(field) == field.len(),
            Some((b'{', _)) => head == 0 || variable,
            _ => false,
        }
}

/// `{label:(0`, `[configuration`: an object or a list, and no end of it.
fn opens_object(value: &[u8]) -> bool {
    let head = name_length(&value[1..]);
    let name = &value[1..=head];
    let end = match value.get(1 + head) {
        Some(b':') => value[0] == b'{',
        None => value[0] == b'[',
        Some(_) => false,
    };
    end && name.iter().all(u8::is_ascii_alphabetic) && super::placeholder::is_words(name)
}

/// `!params.newPassword`, `i.password,e.host=i.host`: a member of a thing that
/// is called what secrets are.
fn is_member(value: &[u8]) -> bool {
    const CALLED: [&[u8]; 9] = [
        b"key",
        b"pass",
        b"passwd",
        b"password",
        b"pwd",
        b"result",
        b"secret",
        b"token",
        b"value",
    ];
    let value = value.strip_prefix(b"!").unwrap_or(value);
    let named = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$".contains(*b);
    let length = value.iter().take_while(named).count();
    let mut parts = value[..length].split(|&b| b == b'.');
    let last = parts.next_back().unwrap_or_default();
    let owners = parts.filter(|part| part.first().is_some_and(|b| !b.is_ascii_digit()));
    owners.count() > 0 && {
        let lower = last.to_ascii_lowercase();
        let word = CALLED.iter().find(|word| lower.ends_with(word));
        word.is_some_and(|word| {
            last.len() == word.len() || last[last.len() - word.len()].is_ascii_uppercase()
        })
    }
}

/// `\033[32mPASS\033[0m`: what colours a terminal.
fn is_coloured(value: &[u8]) -> bool {
    [&b"\\033["[..], b"\\x1b[", b"\\x1B[", b"\\e[", b"\\u001b["]
        .iter()
        .any(|sign| value.starts_with(sign))
}

/// `types.SecretConfig{`, `map[string]any{`: a value that goes on below.
fn opens_block(value: &[u8]) -> bool {
    let typed = |b: &u8| b.is_ascii_alphanumeric() || b"_.[]*&:<>{".contains(b);
    value
        .strip_suffix(b"{")
        .is_some_and(|kind| kind.len() > 2 && kind.iter().all(typed))
}

/// `CredentialsWebAuthn{cred}`, `identity.Credentials{*cred}`: a value that Go
/// puts together.
fn is_composite(value: &[u8]) -> bool {
    let Some((kind, inside)) = value.strip_suffix(b"}").and_then(|value| {
        value
            .iter()
            .position(|&b| b == b'{')
            .map(|at| value.split_at(at))
    }) else {
        return false;
    };
    let mut parts = kind.rsplit(|&b| b == b'.');
    let name = parts.next().unwrap_or_default();
    let package = parts.next().unwrap_or_default();
    let capitals = name.iter().filter(|b| b.is_ascii_uppercase()).count();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_.*&{".contains(b);
    parts.next().is_none()
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().all(u8::is_ascii_alphabetic)
        && package.iter().all(u8::is_ascii_lowercase)
        && (capitals > 1 || !package.is_empty())
        && super::placeholder::is_words(name)
        && inside.iter().all(plain)
}

/// `json:"basicAuth,omitempty"`, with what stands behind its first name.
fn is_struct_tag(rest: &[u8]) -> bool {
    rest.starts_with(b":\"") || rest.starts_with(b":\\\"")
}

/// `e},enumerable:true`, `x,onkeyup:e=>{...`: an object's next name, or a function.
fn follows_object(value: &[u8]) -> bool {
    let next = memchr::memmem::find_iter(value, b"},").any(|at| {
        let next = &value[at + 2..];
        let name = next.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        name > 2 && next.get(name) == Some(&b':')
    });
    next || memchr::memmem::find(value, b"=>{").is_some()
}

/// `).append(x)`, `text[i].join(`: a word and an opening bracket.
fn holds_call(value: &[u8]) -> bool {
    memchr::memchr_iter(b'(', value).any(|at| {
        let named = |b: &&u8| b.is_ascii_alphabetic();
        let letters = value[..at].iter().rev().take_while(named).count();
        let dot = value[..at - letters].last() == Some(&b'.');
        letters >= if dot { 3 } else { 5 } && Letters::of(&value[at - letters..at]).are_words()
    })
}

/// `${X}`, `{{ x }}`, `%(x)s`, `<x>`, `@X@`: a blank that some program fills,
/// whole and well formed, wherever it stands in the value.
pub(super) fn is_template(value: &[u8]) -> bool {
    let blank = |open: &[u8], close: &[u8]| {
        let Some(at) = memchr::memmem::find(value, open) else {
            return false;
        };
        let inside = &value[at + open.len()..];
        memchr::memmem::find(inside, close).is_some_and(|end| is_expression(&inside[..end]))
    };
    let whole = |open: u8, close: u8| {
        value.len() > 2
            && value[0] == open
            && value[value.len() - 1] == close
            && is_expression(&value[1..value.len() - 1])
    };
    [
        (&b"${"[..], &b"}"[..]),
        (b"$(", b")"),
        (b"#{", b"}"),
        (b"%{", b"}"),
        (b"{{", b"}}"),
        (b"<%", b"%>"),
        (b"{%", b"%}"),
        (b"%(", b")"),
        (b"((", b"))"),
        (b"[[", b"]]"),
        (b"<<", b">>"),
        (b"@{", b"}"),
        (b"\\(", b")"),
        (b"`", b"`"),
        (b"!{", b"}"),
        (b"~{", b"}"),
    ]
    .iter()
    .any(|(open, close)| blank(open, close))
        || whole(b'<', b'>')
        || whole(b'{', b'}') && !is_encrypted(value)
        || whole(b'[', b']')
        || whole(b'(', b')')
        || whole(b'%', b'%')
        || whole(b'@', b'@')
        || whole(b'#', b'#')
        || whole(b'$', b'$')
        || value.starts_with(b"__") && value.ends_with(b"__")
        || value.starts_with(b"#{")
        || memchr::memmem::find(value, b"$(").is_some()
        || is_variable(value)
        || holds_variable(value)
        || holds_blank(value)
        || has_format(value)
        || is_filled(value)
}

/// `$user_name:$password`, `${A:-${B}}`: a variable of a shell among the rest.
fn holds_variable(value: &[u8]) -> bool {
    memchr::memchr_iter(b'$', value).any(|at| {
        let rest = &value[at + 1..];
        if rest.first() == Some(&b'{') {
            let name = name_length(&rest[1..]);
            return name > 0 && rest[1 + name..].starts_with(b":-$");
        }
        let named = |b: &&u8| b.is_ascii_lowercase() || **b == b'_';
        let constant = |b: &&u8| b.is_ascii_uppercase() || **b == b'_';
        let count = rest.iter().take_while(named).count();
        let camel = rest.first().is_some_and(u8::is_ascii_lowercase);
        let camel = if camel { name_length(rest) } else { 0 };
        let name = &rest[..count
            .max(camel)
            .max(rest.iter().take_while(constant).count())];
        let ends = rest.get(name.len());
        // \u0000$USER\u0000$PASSWORD, as SASL joins them
        let joined = || {
            [&b"\\u0000"[..], b"\\x00", b"\\0"]
                .iter()
                .any(|sign| value[..at].ends_with(sign))
        };
        let front = at == 0 || b"_:-/=".contains(&value[at - 1]) || joined();
        let parts = name.contains(&b'_')
            || front && ends.is_some_and(|b| b"\\:,;/ ".contains(b))
            || at > 0 && front && ends.is_none();
        name.len() >= 6
            && parts
            && !name.iter().any(u8::is_ascii_digit)
            && Letters::of(name).are_words()
    })
}

/// `name[extras]<specifier>`: words in angle brackets among the rest.
fn holds_blank(value: &[u8]) -> bool {
    memchr::memchr_iter(b'<', value).any(|at| {
        let inside = &value[at + 1..];
        let words = |b: &&u8| b.is_ascii_alphabetic() || b" _-".contains(*b);
        let end = inside.iter().take_while(words).count();
        inside.get(end) == Some(&b'>') && end >= 4 && Letters::of(&inside[..end]).are_words()
    })
}

/// `S{ALIAS=systemPassword}`: a word, and in braces what it works on.
fn is_filled(value: &[u8]) -> bool {
    let head = value
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let inside = value[head..]
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"));
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_=:. -".contains(b);
    (1..=8).contains(&head)
        && inside.is_some_and(|inside| inside.iter().all(plain) && Letters::of(inside).are_words())
}

/// `q4r7WIgN0MaxdAKM||SGgdCTPGSFEcuH4R...`: what NiFi encrypts with AES in GCM:
/// the vector of 12 bytes, and the text behind it.
pub(super) fn is_sealed(value: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    // As RabbitMQ has it.
    let said = value.strip_prefix(b"encrypted:");
    if said.is_some_and(|sealed| sealed.len() >= 22 && sealed.iter().all(base64)) {
        return true;
    }
    value.get(16..18) == Some(b"||")
        && value.len() >= 18 + 22
        && value[..16].iter().all(base64)
        && value[18..].iter().all(base64)
}

/// `{AQAAABAAAA...=}`: what Jenkins and Maven encrypt, in base64.
fn is_encrypted(value: &[u8]) -> bool {
    let inside = &value[1..value.len() - 1];
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    inside.len() >= 24
        && inside.len().is_multiple_of(4)
        && inside.iter().all(base64)
        && inside.iter().any(u8::is_ascii_digit)
        && !Letters::of(inside).are_words()
}

/// What may stand in a blank: names, dots, calls, but not line noise.
fn is_expression(inside: &[u8]) -> bool {
    let trimmed = inside.trim_ascii();
    let count = |byte: u8| trimmed.iter().filter(|&&b| b == byte).count();
    trimmed.len() <= 120
        && count(b'(') == count(b')')
        && count(b'[') == count(b']')
        && trimmed.iter().all(|&b| {
            b.is_ascii_alphanumeric()
                || b" _-.,:|()[]'\"\\/!?=$@&+*#<>%^{".contains(&b)
                || !b.is_ascii()
        })
        && (trimmed.is_empty()
            || trimmed
                .iter()
                .any(|b| b.is_ascii_alphanumeric() || !b.is_ascii()))
}

/// `$name`, `$env:NAME`, `%NAME`, `&name`, `:name`: a variable of some language.
fn is_variable(value: &[u8]) -> bool {
    let rest = match value {
        [b'$' | b'@' | b'&' | b'%' | b':' | b'*', rest @ ..] => rest,
        _ => return false,
    };
    let name = |b: &u8| b.is_ascii_alphanumeric() || b"_.:->[]'\"(){}\\".contains(b);
    // $$DB_PASSWORD, as Compose escapes it
    let constant = |b: &u8| b.is_ascii_uppercase() || *b == b'_';
    if value.len() > 6 && value.starts_with(b"$$") && rest[1..].iter().all(constant) {
        return true;
    }
    let digits = rest.iter().filter(|b| b.is_ascii_digit()).count();
    rest.first()
        .is_some_and(|b| b.is_ascii_alphabetic() || b"_{(".contains(b))
        && rest.iter().all(name)
        && (digits * 4 <= rest.len() || value[0] == b'$' && Letters::of(rest).are_words())
}

/// `%s`, `%1$s`, `{0}`, `{}`: signs that a formatting function replaces.
fn has_format(value: &[u8]) -> bool {
    value.starts_with(b"%") && value.len() <= 4 && value[value.len() - 1].is_ascii_alphabetic()
        || memchr::memmem::find(value, b"%s").is_some()
        || memchr::memmem::find(value, b"%d").is_some()
        || memchr::memmem::find(value, b"{}").is_some()
        || value.windows(4).any(
            |sign| matches!(sign, [b'%', b'1'..=b'9', b'$', kind] if kind.is_ascii_alphabetic()),
        )
        || memchr::memmem::find_iter(value, b"{").any(|at| {
            let inside = &value[at + 1..];
            let name = |is: fn(&u8) -> bool| inside.iter().take_while(|b| is(b)).count();
            let digits = name(u8::is_ascii_digit);
            let letters = name(|b| b.is_ascii_lowercase() || *b == b'_');
            // {user.name}, {quote(name)}
            let named = name(|b| b.is_ascii_alphanumeric() || *b == b'_');
            let deeper = inside.get(named).is_some_and(|b| b".([".contains(b));
            digits > 0 && inside.get(digits) == Some(&b'}')
                || letters > 2 && inside.get(letters) == Some(&b'}')
                || named > 2
                    && deeper
                    && inside[named..].contains(&b'}')
                    && Letters::of(&inside[..named]).are_words()
        })
}

/// `[A-Za-z0-9]{20,}`: what describes secrets is none.
pub(super) fn is_pattern(value: &[u8]) -> bool {
    [
        &b"[A-Z"[..],
        b"[a-z",
        b"[0-9",
        b"[A-F",
        b"[a-f",
        b"(?:",
        b"(?i",
        b"(?<",
        b"\\s",
        b"\\d",
        b"\\w",
        b"\\$",
        b"\\x2",
        b"a-zA-Z",
        b"A-Za-z",
        b".*",
    ]
    .iter()
    .any(|sign| memchr::memmem::find(value, sign).is_some())
        || [&b"/^"[..], b"/(", b"/[", b"/\\"]
            .iter()
            .any(|start| value.starts_with(start))
        // ^.{8,32}$
        || value.starts_with(b"^")
            && value.ends_with(b"$")
            && value.iter().any(|b| b"{[(*+.\\".contains(b))
}

/// Where a secret manager, an environment or an encryption stands instead.
const REFERENCES: &str = "\
    process.env os.environ os.getenv getenv( env( env. env: system.getenv environ[ secrets. \
    secretsmanager secret: secret/ vault: vault. !vault !ref !sub !getatt !secret !env !! enc[ enc( \
    {cipher} {vault %~ ref+ op:// bws:// ssm: arn:aws keyring: keychain: file: file( var. local. data. \
    module. params. config. settings. self. this. args. options. opts. request. req. input. kms: \
    aws:kms age-encryption urn: ldap: ldaps: enc{ gcp: akv: azurekeyvault @microsoft.keyvault keyvault: resolve: {{resolve \
    $ansible_vault awskms: lookup( projects/ sops: credentials( sealed: pass:// prompt \
    cn= uid= ou= dc=";

/// Whether a value says where the secret is kept. `db-login:latest` is how Google
/// names a version of one.
pub(super) fn is_reference(value: &[u8]) -> bool {
    if value.ends_with(b":latest") {
        return true;
    }
    static STARTS: LazyLock<Vec<&[u8]>> =
        LazyLock::new(|| REFERENCES.split(' ').map(str::as_bytes).collect());
    let Some(first) = value.first().map(u8::to_ascii_lowercase) else {
        return false;
    };
    STARTS.iter().any(|start| {
        start[0] == first
            && value
                .get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start))
    })
}

pub(super) fn is_place(value: &[u8], lower: &[u8]) -> bool {
    let slashes = memchr::memchr_iter(b'/', value).count();
    memchr::memmem::find(value, b"://").is_some()
        || matches!(value, [b'/' | b'~', b'a'..=b'z' | b'/', ..])
            && slashes > 1
            && Letters::of(value).are_words()
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || is_rooted(value)
        || value.strip_prefix(b"//").is_some_and(is_port)
        || matches!(value, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
        || ends_like_a_name(lower)
        || is_port(lower)
        || is_address(value)
        || is_line(lower)
        || slashes > 0 && Letters::of(value).are_words()
        || slashes > 1 && is_path_of_small_letters(value)
        || slashes > 0 && is_source_file(lower)
        || lower.contains(&b'@') && !lower.starts_with(b"@") && ends_like_a_name(lower)
}

/// `tests/01.rs`: a file below a directory, with an ending too short to tell alone.
fn is_source_file(lower: &[u8]) -> bool {
    let in_path = |b: &u8| b.is_ascii_alphanumeric() || b"/_-*".contains(b);
    memchr::memrchr(b'.', lower).is_some_and(|dot| {
        is_one_of(&lower[dot + 1..], "c cc h hs jl ml r rs") && lower[..dot].iter().all(in_path)
    })
}

/// `contrib/credential/osxkeychain`, `/scgi-bin/`: base64 would hold a capital
/// or a digit.
fn is_path_of_small_letters(value: &[u8]) -> bool {
    value
        .iter()
        .all(|b| b.is_ascii_lowercase() || b"/_.-".contains(b))
}

/// `/etc/xl2tpd/xl2tp-secrets`, `$RUN_D/key`, `\\Device\\NamedPipe`: what begins
/// as paths do.
fn is_rooted(value: &[u8]) -> bool {
    const ROOTS: [&[u8]; 15] = [
        b"bin", b"data", b"dev", b"etc", b"home", b"mnt", b"opt", b"path", b"root", b"run", b"srv",
        b"tmp", b"Users", b"usr", b"var",
    ];
    match value {
        [b'/', rest @ ..] => {
            let first = rest.split(|&b| b == b'/').next().unwrap_or_default();
            first.len() < rest.len() && ROOTS.contains(&first)
        }
        [b'$', rest @ ..] => {
            let named = |b: &&u8| b.is_ascii_uppercase() || **b == b'_';
            let name = rest.iter().take_while(named).count();
            name > 2 && rest[name..].starts_with(b"/")
        }
        [b'\\', first, rest @ ..] => {
            first.is_ascii_uppercase() && rest.contains(&b'\\') && Letters::of(value).are_words()
        }
        _ => false,
    }
}

/// `fe80::204:61ff:fe9d:f156`: an address of IPv6.
fn is_address(value: &[u8]) -> bool {
    memchr::memchr_iter(b':', value).count() >= 4
        && std::str::from_utf8(value).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// `127.0.0.1:9000`, `php:9000`, `10.0.0.1`: where a program listens.
fn is_port(lower: &[u8]) -> bool {
    let digits = |text: &[u8], most: usize| {
        (1..=most).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
    };
    let (host, port) = match memchr::memrchr(b':', lower) {
        Some(at) => (&lower[..at], Some(&lower[at + 1..])),
        None => (lower, None),
    };
    let quad = host.split(|&b| b == b'.').count() == 4
        && host.split(|&b| b == b'.').all(|part| digits(part, 3));
    let named = host.first().is_some_and(u8::is_ascii_lowercase) && Letters::of(host).are_words()
        || host.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    quad && port.is_none_or(|port| digits(port, 5))
        || named && port.is_some_and(|port| digits(port, 5) && port.len() >= 4)
}

/// `planner.ts:835-851`: lines of a file.
fn is_line(lower: &[u8]) -> bool {
    memchr::memrchr(b':', lower).is_some_and(|at| {
        let lines = &lower[at + 1..];
        lines.iter().all(|b| b.is_ascii_digit() || *b == b'-') && ends_like_a_name(&lower[..at])
    })
}

/// `v1.2.3-rc.1`, `^13.0.0`, `0.9.2/go.mod`, `npm:^1.0.0`: a version of some
/// package.
pub(super) fn is_version(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"npm:").unwrap_or(value);
    let signs = value.iter().take_while(|b| b"^~<>=vV".contains(b)).count();
    let (mut at, mut parts) = (signs, 0);
    loop {
        let digits = value[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 || digits > 4 {
            return false;
        }
        parts += 1;
        at += digits;
        match value.get(at..at + 2) {
            Some([b'.', next]) if next.is_ascii_digit() => at += 1,
            _ => break,
        }
    }
    let tail = &value[at..];
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b".-+_/~*".contains(b);
    parts >= if signs > 0 { 2 } else { 3 }
        && tail.first().is_none_or(|b| b"-+/._".contains(b))
        && tail.iter().all(plain)
}

/// `2014-09-08T21:47:36Z`, `20140908T214736Z`: when something was.
pub(super) fn is_time(value: &[u8]) -> bool {
    let has_form = |form: &[u8]| {
        let fits = |(b, form): (&u8, &u8)| match form {
            b'0' => b.is_ascii_digit(),
            _ => b == form,
        };
        value.len() >= form.len() && value.iter().zip(form).all(fits)
    };
    has_form(b"0000-00-00T00:00") || value.len() == 16 && has_form(b"00000000T000000Z")
}

/// `0002_auto_20160226_1747`: what Django calls a migration of its own making.
pub(super) fn is_migration(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|&b| b == b'_').collect();
    let digits = |part: &[u8], count| part.len() == count && part.iter().all(u8::is_ascii_digit);
    matches!(parts[..], [number, b"auto", day, time]
        if digits(number, 4) && digits(day, 8) && digits(time, 4))
}

/// `org.acme.auth.TokenIssuer`, `app.mail.smtp_password`: what programs call
/// their classes and settings.
pub(super) fn is_dotted_name(value: &[u8]) -> bool {
    let named = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && part
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b))
    };
    let parts = || value.split(|b| b".:".contains(b));
    parts().count() >= 3
        && parts().all(named)
        && (super::placeholder::is_words(value) || is_member_of_module(value))
}

/// `acme.core.s3.settings:S3_ACCESS_KEY`: where a module has something.
fn is_member_of_module(value: &[u8]) -> bool {
    let mut halves = value.split(|&b| b == b':');
    let (Some(module), Some(member), None) = (halves.next(), halves.next(), halves.next()) else {
        return false;
    };
    let small = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.".contains(b);
    module.iter().all(small)
        && module.iter().filter(|b| **b == b'.').count() >= 2
        && member.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
        && Letters::of(value).are_words()
}

/// `Basic|Digest|Any`, `APP_ID|APP_SECRET`, `App\\Entity\\User`: words that signs
/// join which join no password.
pub(super) fn is_choice(value: &[u8]) -> bool {
    let named = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_uppercase)
            && part.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
    };
    let joined = |sign: u8| {
        value.contains(&sign)
            && value
                .split(|&b| b == sign)
                .filter(|part| sign == b'|' || !part.is_empty())
                .all(named)
    };
    joined(b'|') || joined(b'\\') && Letters::of(value).are_words()
}

/// Endings of files and hosts that stand behind names such as `key`.
const ENDINGS: &str = "\
    .pem .key .crt .cer .p12 .pfx .jks .txt .json .yml .yaml .xml .php .html .htm .js .ts .py .rb \
    .go .java .conf .cfg .ini .env .pub .asc .gpg .com .org .net .io .local .exe .sh .md .csv .png \
    .svg .css .sql .db .log .dat .properties .keystore .kdb .kdbx .der .aspx .jsp .tsx .vue .tpl \
    .jar .dll .ps1 .psm1 .bat .cmd .kt .swift .dart .exs .groovy .plist .jinja .cpp .cs";

/// Whether what stands behind the last dot is an ending of files or hosts.
pub(super) fn ends_like_a_name(lower: &[u8]) -> bool {
    static ALL: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| set(ENDINGS));
    memchr::memrchr(b'.', lower).is_some_and(|dot| ALL.contains(&lower[dot..]))
}

/// The words of a list.
pub(super) fn set(list: &'static str) -> HashSet<&'static [u8]> {
    list.split(' ').map(str::as_bytes).collect()
}
