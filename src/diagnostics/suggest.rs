//! What the user may have meant.

/// The candidate nearest to `word`, if one is near enough to be worth naming.
///
/// Damerau-Levenshtein distance of at most a third of the word's length (at least one), or the same letters in another
/// case or with other separators. Ties go to the earlier candidate.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = simplify(word);
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let simplified = simplify(candidate);
            let distance = if simplified == plain {
                0
            } else if plain.len() >= 4 && (simplified.starts_with(&plain) || plain.starts_with(&simplified)) {
                1
            } else {
                strsim::damerau_levenshtein(&plain, &simplified)
            };
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn simplify(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn names_what_is_near_and_nothing_else() {
        let kinds = ["ingest", "clean-orders", "mine-baskets", "train-churn"];
        assert_eq!(did_you_mean("clean_order", kinds), Some("clean-orders"));
        assert_eq!(did_you_mean("Ingest", kinds), Some("ingest"));
        assert_eq!(did_you_mean("mine-basket", kinds), Some("mine-baskets"));
        assert_eq!(did_you_mean("tarin-churn", kinds), Some("train-churn"));
        assert_eq!(did_you_mean("deliver", kinds), None);
        assert_eq!(did_you_mean("x", []), None);
    }
}
