//! What a secret says of itself and of its neighbours: checksums, halves of key
//! pairs, and keys that their vendors publish.

use crate::harness::{Place, token};

#[test]
fn two_halves_of_a_key_pair_tell_of_each_other() {
    let id = token("aws-access-key-id", 1);
    let key = token("aws-secret-access-key", 1);
    let pair = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {key}\n");
    let place = Place::repo();
    place.write("credentials", &pair);
    let run = place.json(&["scan"]).expect(1);
    let found = run.found();
    let places: Vec<_> = found.iter().map(|f| (f.rule.as_str(), f.line)).collect();
    let expected = [("aws-access-key-id", 2), ("aws-secret-access-key", 3)];
    assert_eq!(places, expected, "each has to be taken out");
    let findings = run.json()["findings"].clone();
    assert_eq!(findings[0]["related"].as_array().map_or(0, Vec::len), 0);
    let finding = &findings[1];
    assert_eq!(finding["confidence"], "high");
    let related = &finding["related"];
    assert_eq!(related.as_array().unwrap().len(), 1);
    assert_eq!(related[0]["location"]["start_line"], 2);
    let human = place.tightlip(&["scan"]).expect(1);
    human.says("credentials:2:21: AWS access key id");
    // Far from each other neither tells of the other.
    let far = pair.replace(
        "\naws_secret",
        &format!("{}\naws_secret", "\n# text".repeat(200)),
    );
    place.write("credentials", far);
    let run = place.json(&["scan"]).expect(1);
    assert_eq!(run.found().len(), 2);
    let related = &run.json()["findings"][1]["related"];
    assert_eq!(related.as_array().map_or(0, Vec::len), 0);
    // Another half in place of the old one is news, though the key stays.
    place.write("credentials", &pair);
    place.commit_all();
    let other = token("aws-access-key-id", 2);
    place.write("credentials", pair.replace(&id, &other));
    place.git(&["add", "-A"]).expect(0);
    place.tightlip(&["staged"]).expect(1);
    place.write("credentials", format!("# moved\n{pair}"));
    place.git(&["add", "-A"]).expect(0);
    place.tightlip(&["staged"]).expect(0);
}

#[test]
fn what_vendors_publish_is_no_secret() {
    // Put together here: whole, it would look like a key.
    let azurite = ["Eby8vdM02xNOcqFlq", "UwJPLlmEtlCDXJ1", "OUzFT50uSRZ6IFsuF"].concat()
        + &["q2UVErCz4I6tq", "/K1SZFPTOtr/KBH", "BeksoGMGw=="].concat();
    let stripe = ["sk", "test", "4eC39HqLyjWD"].join("_") + "arjtT1zdp7dc";
    let lines =
        format!("AccountName=devstoreaccount1;AccountKey={azurite};\nSTRIPE_SECRET_KEY={stripe}\n");
    let place = Place::new();
    place.write("a.env", &lines);
    place
        .tightlip(&["scan", "--min-confidence", "low"])
        .expect(0);
    // One character makes it anybody's.
    place.write("a.env", lines.replace("Eby8vdM02", "Eby8vdN02"));
    place.tightlip(&["scan"]).expect(1);
}

#[test]
fn a_wrong_checksum_lowers_the_confidence() {
    let token = token("github-personal-access-token", 1);
    let (body, sum) = token.split_at(token.len() - 1);
    let wrong = format!("{body}{}", if sum == "0" { "1" } else { "0" });
    let confidence = |token: &str| {
        let place = Place::new();
        // The name is sure of any value, and knows less.
        place.write("a.txt", format!("TOKEN={token}\n"));
        let finding = place.json(&["scan"]).expect(1).json()["findings"][0].clone();
        (
            finding["confidence"].clone(),
            finding["reasons"].to_string(),
        )
    };
    let (right, why) = confidence(&token);
    assert!(
        right == "high" && why.contains("its checksum is right"),
        "{why}"
    );
    let (right, why) = confidence(&wrong);
    assert!(
        right == "medium" && why.contains("its checksum is wrong"),
        "{why}"
    );
}

#[test]
fn a_token_that_can_be_pronounced_is_one_all_the_same() {
    // At stake: of tokens drawn by chance, a few read like words.
    let place = Place::new();
    let found = |body: &[&str]| {
        place.write("a.env", format!("ID=rzp_live_{}\n", body.concat()));
        let findings = place.json(&["scan"]).json()["findings"].clone();
        findings.as_array().map_or(0, Vec::len)
    };
    assert_eq!(found(&["Glo7Sta", "wOkLaTe"]), 1);
    assert_eq!(found(&["second", "2third", "ly"]), 0);
}
