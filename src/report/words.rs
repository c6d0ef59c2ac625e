//! Words in SQL text.

/// Whether SQL text names an identifier: as a whole word, quoted or not.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    sql.match_indices(name).any(|(start, _)| {
        !sql[..start].chars().next_back().is_some_and(is_word)
            && !sql[start + name.len()..].chars().next().is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn whole_words_only() {
        assert!(mentions("(deleted_at IS NULL)", "deleted_at"));
        assert!(mentions("\"deleted_at\" IS NULL", "deleted_at"));
        assert!(!mentions("undeleted_at IS NULL", "deleted_at"));
        assert!(!mentions("deleted_at2 IS NULL", "deleted_at"));
        assert!(!mentions("anything", ""));
    }
}
