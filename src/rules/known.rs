//! Keys that their vendors publish: of emulators, playgrounds and test modes,
//! and those of their documents. They open nothing, and they stand in many
//! repositories. Known by value, and kept as the first half of a SHA-256, so
//! that no scanner finds them here.

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
    // The first account of Hardhat and Anvil.
    0xbc1a5096_6c9e6486_bc4ebf88_0b51611a,
    // The first account of Ganache.
    0x57859218_5588730b_9d10b87e_2274706a,
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
