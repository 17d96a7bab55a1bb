//! Completions and manual pages, as a packager makes them and a shell and
//! `man` read them.

use crate::harness::{Place, Run, files_below};
use std::fs;

#[test]
fn a_shell_reads_its_completions() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = place.tightlip(&["completions", shell]).expect(0);
        for word in ["scan", "staged", "no-ignore", "min-confidence"] {
            assert!(run.text().contains(word), "{shell}: {word}");
        }
    }
    // A real shell takes the script and offers what begins like that.
    let script = "source <(\"$0\" completions bash); COMP_WORDS=(tightlip sta); COMP_CWORD=1; \
                  _tightlip tightlip sta tightlip; echo \"${COMPREPLY[*]}\"";
    let mut bash = place.command("bash");
    bash.args(["-c", script, crate::harness::BINARY]);
    let offered = Run::of(&mut bash, b"").expect(0);
    assert_eq!(offered.text().trim(), "staged");
    place
        .tightlip(&["completions", "tcsh"])
        .expect(2)
        .says("fish");
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    let one = place.tightlip(&["man"]).expect(0);
    assert!(one.text().contains(".TH tightlip 1"), "{}", one.text());
    place.tightlip(&["man", "pages"]).expect(0);
    let names = files_below(&place.at("pages"));
    let names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
    for name in [
        "tightlip.1",
        "tightlip-scan.1",
        "tightlip-staged.1",
        "tightlip-rules-show.1",
    ] {
        assert!(names.contains(&name), "{name} is none of {names:?}");
    }
    assert!(!names.contains(&"tightlip-completions.1"), "{names:?}");
    let page = fs::read_to_string(place.at("pages/tightlip-scan.1")).unwrap();
    assert!(page.contains("exclude"), "{page}");
    place.write("file", "");
    place.tightlip(&["man", "file"]).expect(2).says("file");
}
