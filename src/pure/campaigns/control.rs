//! The control group: persons who are left alone so that a list's effect can be measured.

use sha2::{Digest, Sha256};

/// How many buckets persons fall into; a bucket is a hundredth of a per cent of them.
pub const BUCKETS: u32 = 10_000;

/// The bucket of a person under a salt, 0 to 9,999.
///
/// SHA-256 (FIPS 180-4) of the salt, one zero byte and the person's key, both in UTF-8; the first eight bytes, read as a
/// big-endian number, modulo 10,000. Any other program can compute it, and it never changes between versions: a person who
/// moved between control and contacted would spoil every measurement across runs.
pub fn bucket(key: &str, salt: &str) -> u32 {
    let hash = Sha256::new().chain_update(salt).chain_update([0]).chain_update(key).finalize();
    let first = <[u8; 8]>::try_from(&hash[..8]).expect("a SHA-256 hash has 32 bytes");
    (u64::from_be_bytes(first) % u64::from(BUCKETS)) as u32
}

/// Whether a person belongs to the control group of `share` (0 to 1) of all persons under a salt.
///
/// Depends on the person, the salt and the share alone, not on who else is there. A larger share keeps everybody of a
/// smaller one.
pub fn in_control(key: &str, salt: &str, share: f64) -> bool {
    f64::from(bucket(key, salt)) < (share * f64::from(BUCKETS)).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_any_sha_256_gives() {
        // python3 -c 'import hashlib;print(int.from_bytes(hashlib.sha256(b"control\0"+b"13085").digest()[:8],"big")%10000)'
        assert_eq!(bucket("13085", "control"), 6_719);
        assert_eq!(bucket("", ""), 3_192);
        assert_eq!(bucket("jos\u{e9}", "autumn"), 72);
    }

    #[test]
    fn persons_spread_evenly_over_buckets_and_salts() {
        let persons = 200_000u32;
        let mut tenths = [0u32; 10];
        let mut both = 0;
        for person in 0..persons {
            let key = (10_000 + person).to_string();
            tenths[(bucket(&key, "control") / 1_000) as usize] += 1;
            both += u32::from(in_control(&key, "control", 0.1) && in_control(&key, "another", 0.1));
        }
        // Chi-square with nine degrees of freedom stays below 27.88 in 999 of 1,000 cases.
        let expected = f64::from(persons) / 10.0;
        let chi_square: f64 = tenths.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        assert!(chi_square < 27.88, "{chi_square}");
        // Two salts draw independently: 1 % are in both, with a standard deviation of 44.
        assert!((f64::from(both) - 2_000.0).abs() < 4.0 * 44.5, "{both}");
    }

    #[test]
    fn a_larger_share_keeps_everybody_of_a_smaller_one() {
        for person in 0..5_000 {
            let key = format!("person {person}");
            assert!(!in_control(&key, "s", 0.05) || in_control(&key, "s", 0.1));
            assert!(!in_control(&key, "s", 0.0) && in_control(&key, "s", 1.0));
        }
    }
}
