//! Keys that their vendors publish: of emulators, playgrounds and test modes,
//! and those of their documents and of standards. They open nothing, and they
//! stand in many repositories. Known by value, and kept as the first half of a
//! SHA-256, so that no scanner finds them here.

use sha2::{Digest, Sha256};

/// From the vendors' documents; whose they are stands above each.
const PUBLISHED: &[u128] = &[
    // Azurite's devstoreaccount1.
    0x0011cc25_eb432071_7494d270_3e8cba85,
    // The Azure Cosmos DB emulator.
    0xaa654743_9583c3a2_75d4542a_0df6c1ad,
    // ReCAPTCHA's test site.
    0x03b970ed_8171d73b_58bbc9a5_c72e3e4e,
    // ReCAPTCHA's test secret.
    0xf5e95c99_54635b65_acab57e6_d5ea663e,
    // Turnstile: always passes.
    0xfb8f3512_9df87662_c650ada1_2fd614f1,
    // Turnstile: always fails.
    0x1e3e5865_6012d861_e23deae6_4f177673,
    // Turnstile: already spent.
    0x841b4f5b_0b34e19a_da74f47a_88831efb,
    // Stripe's documentation.
    0x2cafc097_0149a84f_3b9e62ea_f169f36f,
    // Stripe's documentation.
    0xf2d6ca16_515033e5_dce14eba_840b979d,
    // Stripe's documentation.
    0xb1471f54_4ceeea31_333bde7e_1ecbaad6,
    // AWS's documentation.
    0x78314b11_be2e5815_49ac1c4f_616563fa,
    // AWS's documentation.
    0xe21b597b_a6b9cafa_59d9ebc4_d65c0385,
    // AWS's documentation.
    0x1a5d44a2_dca19669_d72edf4c_4f1c27c4,
    // AWS's documentation.
    0xc6ea27c5_34f993d3_1f0aef88_2e3d200e,
    // MinIO's public playground.
    0x1bbb9293_c38acc5e_510d9044_95845d53,
    // MinIO's public playground.
    0xdf452eef_23e8cf2c_74af54c0_c7419c05,
    // Algolia's demonstration search.
    0xf7e78961_82dcde5d_b5a8b852_a505f048,
    // What Yarn searches npm with.
    0x2f21fd9c_81678e39_6751af8b_2472e2bd,
    // Binance's documentation.
    0x5ba1ed84_25baaa72_d558afdd_b8aaacdf,
    // Binance's documentation.
    0x23e9efa3_ced6e70c_7f2dbe0d_08295f18,
    // Stytch's library.
    0xb170ffca_ed5bb9f9_77184de5_5c3922ca,
    // Plain's library.
    0xc08c537f_3377175f_a76c4936_19b648fb,
    // The first account of Hardhat and Anvil.
    0xbc1a5096_6c9e6486_bc4ebf88_0b51611a,
    // The first account of Ganache.
    0x57859218_5588730b_9d10b87e_2274706a,
    // RFC 7515's signing key.
    0x5ccf2edb_4f070f0b_180f1ada_db1be7c5,
    // RFC 7515's RSA key.
    0xecaa6793_a6374193_dea5b273_e7948faf,
    // RFC 7517's private keys.
    0xa45404ae_333dd955_dcff82cf_28972e0f,
    // RFC 7517's private keys.
    0x2e4ff57e_9c832eda_b47dcc5a_7ba5ef54,
    // RFC 8037's Ed25519 key.
    0x190edf59_d5736c3b_3ea6bb36_d57f5eb4,
    // BIP 32's test vectors.
    0x2243ae4c_73014469_9810edff_877f309b,
    // BIP 32's test vectors.
    0xc3e981f8_e1c6a201_42aac2ca_0c23af92,
    // BIP 32's test vectors.
    0x38f45b57_d43a7400_a44a426b_f98d8718,
    // BIP 32's test vectors.
    0x04a56493_8fd41d29_1aa042c0_bcfd9867,
    // BIP 32's test vectors.
    0x75754388_723db8ec_cc4b581f_484b5585,
    // BIP 32's test vectors.
    0xac17da3e_11432de9_04272c58_59b35477,
    // BIP 32's test vectors.
    0xfa146b83_df550394_a57ed8f0_51862268,
    // BIP 32's test vectors.
    0xbebe65f0_e0569d62_83a7b367_7aa69e90,
    // BIP 32's test vectors.
    0xc14aca8e_6d6b82d1_9f4330f9_d64ed5ef,
    // BIP 32's test vectors.
    0xed7bfe0c_eae813bc_c5856356_56507759,
    // BIP 32's test vectors.
    0x00860ac6_12128954_9cc36c62_bb823c2b,
    // BIP 32's test vectors.
    0x9d61c593_824c392c_a2b757ac_4c9e1d1a,
];

/// Whether `value` is one of them.
pub fn is_published(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    let digest = Sha256::digest(value);
    let half = digest.first_chunk::<16>().copied().map(u128::from_be_bytes);
    half.is_some_and(|half| PUBLISHED.contains(&half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_key_is_known_and_its_neighbour_is_not() {
        // Put together here: whole, it would look like a key.
        let turnstile = |first: u8| format!("{first}x{}AA", "0".repeat(31));
        for first in 1..=3 {
            assert!(is_published(turnstile(first).as_bytes()));
        }
        assert!(!is_published(turnstile(4).as_bytes()));
        let stripe = ["sk", "test", "4eC39HqLyjWD"].join("_") + "arjtT1zdp7dc";
        assert!(is_published(stripe.as_bytes()));
        let azurite = ["Eby8vdM02xNOcqFlq", "UwJPLlmEtlCDXJ1", "OUzFT50uSRZ6IFsuF"].concat()
            + &["q2UVErCz4I6tq", "/K1SZFPTOtr/KBH", "BeksoGMGw=="].concat();
        assert!(is_published(azurite.as_bytes()));
        assert!(!is_published(&azurite.as_bytes()[1..]));
    }
}
