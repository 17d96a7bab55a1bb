//! What a path says of the values in its file: that they are made up, as in
//! tests and documents, that people are shown them in their language, where
//! `password` stands beside its own name, or that they are settings, where a
//! plain word behind `password` is a password. It says nothing of what the
//! file holds.

use crate::rules::words::is_one_of;

/// Whether a path is one where values are made up: tests, examples, documents.
pub(super) fn is_rehearsal(path: &[u8]) -> bool {
    const PARTS: &str = "test tests testing testdata spec specs fixture fixtures mock mocks example examples \
        sample samples demo demos doc docs documentation guides tutorial tutorials e2e";
    const ENDINGS: &str =
        ".md .rst .adoc .markdown .mdx .example .sample .dist .template .tmpl .erb .tt .j2";
    let path = path.to_ascii_lowercase();
    ends_in(&path, ENDINGS) || parts(&path).any(|part| is_one_of(part, PARTS))
}

/// Whether a path is one of texts that people are shown in their own language.
pub(super) fn is_translated(path: &[u8]) -> bool {
    const PARTS: &str = "i18n l10n intl lang langs language languages lingua locale locales localization localizations \
        messages translation translations lproj";
    const ENDINGS: &str = ".po .pot .strings .xliff .xlf .resx .arb";
    let path = path.to_ascii_lowercase();
    // res/values-de/strings.xml of Android
    ends_in(&path, ENDINGS)
        || parts(&path).any(|part| is_one_of(part, PARTS))
        || memchr::memmem::find(&path, b"/values-").is_some()
}

/// Whether a path is that of settings, by its ending or by its name.
pub(super) fn is_settings(path: &[u8]) -> bool {
    const ENDINGS: &str = ".cf .cfg .cfg.lua .cnf .conf .config .credentials .env .gradle .gradle.kts .har .hcl .ini .json .ks .ldif .nmconnection .plist .pp .properties .props \
        .rdg .reg .rsc .secrets .settings .sls .sql .tf .tfstate .tfvars .toml .xml .yaml .yml";
    const SCRIPTS: &str = ".bat .cmd .ex .exs .groovy .js .lua .php .pl .ps1 .py .rb .sh .ts";
    const NAMES: &str = "authinfo compose config configuration conn connect connection credentials database databases \
        db deploy dockerfile env history hosts inventory local login logins netrc pgpass production profile remote \
        secret secrets settings vars zprofile";
    // What such a program does, and no settings: docker_login.py, db-reset.js
    const LOGIN: &[u8] = b"login";
    const DEEDS: &str = "check clean cleanup drop migrate migration purge reset rollback truncate";
    const NO_SETTINGS: &str = "schema schemas dictionaries templates";
    let path = path.to_ascii_lowercase();
    if parts(&path).any(|part| is_one_of(part, NO_SETTINGS)) {
        return false;
    }
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    // wp-config.php, settings_local.py, but not set_up_config.py
    let stem = name.split(|&b| b == b'.').next().unwrap_or_default();
    let stem = if stem.is_empty() { name } else { stem };
    let mut words = parts(stem).filter(|part| !part.is_empty());
    let ends = [words.next(), words.last()];
    let does = ends
        .into_iter()
        .flatten()
        .any(|part| is_one_of(part, DEEDS));
    let hidden = name.first() == Some(&b'.');
    let plain = !name[usize::from(hidden)..].contains(&b'.');
    let named = || {
        ends.into_iter()
            .flatten()
            .any(|part| is_one_of(part, NAMES) && (plain || part != LOGIN))
    };
    ends_in(name, ENDINGS)
        || name.starts_with(b".env")
        || plain && (hidden || name.ends_with(b"rc"))
        || (plain || !does && ends_in(name, SCRIPTS)) && named()
}

fn ends_in(path: &[u8], endings: &str) -> bool {
    endings.split(' ').any(|end| path.ends_with(end.as_bytes()))
}

/// The words of a path, whatever parts them: `__tests__` holds one.
fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|b| matches!(b, b'/' | b'\\' | b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_by_their_names() {
        for path in [
            ".env",
            "srv/.env.production",
            ".msmtprc",
            "home/.netrc",
            "config/database.yml",
            "web/wp-config.php",
            "app/settings.py",
            "local_settings.py",
            "etc/irssi/config",
            "docker-compose.yml",
            ".bash_history",
            "hosts",
            "openvpn/login",
            ".git-credentials",
        ] {
            assert!(is_settings(path.as_bytes()), "{path}");
        }
        for path in [
            "src/main.rs",
            "lib/login.c",
            "README",
            "plugins/docker_login.py",
            "plugins/github_deploy_key.py",
            "tools/db-reset.js",
            "bin/migrate_database.rb",
            "chart/templates/secret.yaml",
        ] {
            assert!(!is_settings(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn translations_are_told_by_their_names() {
        for path in [
            "config/locales/de.yml",
            "src/i18n/en.json",
            "app/src/main/res/values-pt-rBR/strings.xml",
            "App/de.lproj/Login.strings",
            "resources/lang/da/settings.php",
        ] {
            assert!(is_translated(path.as_bytes()), "{path}");
        }
        for path in ["app/src/main/res/values/strings.xml", "src/values.yaml"] {
            assert!(!is_translated(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn tests_and_documents_are_told_by_their_names() {
        for path in [
            "tests/a.py",
            "README.md",
            ".env.example",
            "a_test.go",
            "doc/x",
        ] {
            assert!(is_rehearsal(path.as_bytes()), "{path}");
        }
        assert!(!is_rehearsal(b"src/contest.rs"));
    }
}
