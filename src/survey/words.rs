//! Words in names.

use foldhash::HashMap;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// Words whose singular and plural are the same, or that have none: they say nothing about a convention.
const UNCOUNTABLE: &[&str] = &[
    "analysis",
    "audit",
    "data",
    "equipment",
    "feedback",
    "history",
    "info",
    "information",
    "inventory",
    "media",
    "meta",
    "metadata",
    "money",
    "news",
    "series",
    "software",
    "species",
    "staff",
    "stock",
    "status",
    "visibility",
];

/// Words that end like a plural and are none.
const SINGULAR: &[&str] = &["bias", "chaos", "cosmos", "lens", "pancreas"];

/// Plurals whose singular ends in `che`; most others in `ches` end in `ch`.
const PLURALS_IN_CHE: &[&str] =
    &["aches", "avalanches", "caches", "cliches", "headaches", "moustaches", "niches", "psyches", "tranches"];

/// What was told of names and words before, which recur from table to table and from rule to rule.
struct Told<T>(RefCell<HashMap<Box<str>, T>>);

/// Names that are remembered.
const REMEMBERED: usize = 10_000;

impl<T: Clone> Told<T> {
    fn new() -> Self {
        Self(RefCell::default())
    }

    fn of(&self, name: &str, tell: impl FnOnce(&str) -> T) -> T {
        let mut known = self.0.borrow_mut();
        if let Some(told) = known.get(name) {
            return told.clone();
        }
        if known.len() == REMEMBERED {
            known.clear();
        }
        let told = tell(name);
        known.insert(name.into(), told.clone());
        told
    }
}

thread_local! {
    static WORDS: Told<Rc<[String]>> = Told::new();
    static SINGULARS: Told<String> = Told::new();
}

/// Splits a name into lower-case words at underscores, spaces, signs, changes of case and digits:
/// `HTTPServerId` is `http`, `server`, `id`.
pub fn split(name: &str) -> Rc<[String]> {
    WORDS.with(|words| words.of(name, |name| split_anew(name).into_iter().map(Cow::into_owned).collect()))
}

/// As [`split`], for a name that nobody asks for again.
pub fn split_anew(name: &str) -> Vec<Cow<'_, str>> {
    // Most names are of this kind.
    if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return split_plain(name);
    }
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous: Option<char> = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let starts_word = match previous {
            Some(previous) if character.is_uppercase() => {
                let next = characters.peek().copied();
                previous.is_lowercase() || (previous.is_uppercase() && next.is_some_and(char::is_lowercase))
            }
            Some(previous) => character.is_ascii_digit() != previous.is_ascii_digit() && previous.is_alphanumeric(),
            None => false,
        };
        if (starts_word || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word).into());
        }
        if character.is_ascii_alphanumeric() {
            word.push(character.to_ascii_lowercase());
        } else if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        previous = Some(character);
    }
    if !word.is_empty() {
        words.push(word.into());
    }
    words
}

/// Splits a name of lower-case letters, digits and underscores.
fn split_plain(name: &str) -> Vec<Cow<'_, str>> {
    let mut words = Vec::with_capacity(8);
    for part in name.split('_') {
        let mut rest = part;
        while let Some(first) = rest.bytes().next() {
            let is_other = |byte: u8| byte.is_ascii_digit() != first.is_ascii_digit();
            let (word, after) = rest.split_at(rest.bytes().position(is_other).unwrap_or(rest.len()));
            words.push(word.into());
            rest = after;
        }
    }
    words
}

/// A name in lower case, as most are.
pub fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        name.into()
    } else {
        name.to_lowercase().into()
    }
}

/// The singular of a lower-case English word; the word itself when it has none.
pub fn singular(word: &str) -> String {
    SINGULARS.with(|singulars| singulars.of(word, singular_anew))
}

fn singular_anew(word: &str) -> String {
    if UNCOUNTABLE.contains(&word) || SINGULAR.contains(&word) {
        word.to_owned()
    } else if PLURALS_IN_CHE.contains(&word) {
        word.trim_end_matches('s').to_owned()
    } else if let Some(one) = word.strip_suffix("es").filter(|one| SINGULAR.contains(one)) {
        one.to_owned()
    } else {
        pluralizer::pluralize(word, 1, false)
    }
}

/// A name with its last word in the singular, however its words are joined: `orderItems` is `orderItem`.
pub fn singular_name(name: &str) -> String {
    let last = split(name).last().cloned().unwrap_or_default();
    let start = name.len().saturating_sub(last.len());
    match (name.get(..start), name.get(start..)) {
        (Some(before), Some(word)) if word.eq_ignore_ascii_case(&last) => {
            let one = singular(&last);
            // What both have in common is written as it was.
            let kept = word.bytes().zip(one.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
            let upper = word.len() > 1 && !word.bytes().any(|byte| byte.is_ascii_lowercase());
            let rest = if upper { one[kept..].to_ascii_uppercase() } else { one[kept..].to_owned() };
            format!("{before}{}{rest}", &word[..kept])
        }
        _ => name.to_owned(),
    }
}

/// Whether a lower-case word is certainly plural (`Some(true)`), certainly singular (`Some(false)`), or neither.
pub fn is_plural(word: &str) -> Option<bool> {
    // Letters without a vowel are an abbreviation (`crs`, `dlq`), whose last letter says nothing.
    let abbreviation = !word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if UNCOUNTABLE.contains(&word)
        || abbreviation
        || word.len() < 3
        || word.chars().any(|character| character.is_ascii_digit())
    {
        return None;
    }
    if SINGULAR.contains(&word) {
        return Some(false);
    }
    let one = singular(word);
    let many = pluralizer::pluralize(word, 2, false);
    match (one == word, many == word) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

/// What is told of names, which recur from table to table: each is looked at once.
pub(crate) struct OfNames<'m, T, F> {
    known: HashMap<&'m str, T>,
    tell: F,
}

impl<'m, T: Copy, F: Fn(&str) -> T> OfNames<'m, T, F> {
    pub(crate) fn new(tell: F) -> Self {
        Self { known: HashMap::default(), tell }
    }

    pub(crate) fn of(&mut self, name: &'m str) -> T {
        *self.known.entry(name).or_insert_with(|| (self.tell)(name))
    }
}

/// The words of a name with the last one in the singular.
pub fn key_words(name: &str) -> Vec<String> {
    with_last_singular(&split(name))
}

/// Words with the last one in the singular.
pub(super) fn with_last_singular(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split() {
        for (name, words) in [
            ("HTTPServerId", "http server id"),
            ("order_items", "order items"),
            ("customerNotes", "customer notes"),
            ("Col With Space", "col with space"),
            ("address2_line", "address 2 line"),
            ("ORDER_ITEM", "order item"),
            ("__x__", "x"),
            ("order_12_item3_", "order 12 item 3"),
            ("_1__2a", "1 2 a"),
            ("", ""),
        ] {
            assert_eq!(split(name).join(" "), words, "{name}");
        }
    }

    #[test]
    fn inflection_of_common_table_names() {
        for (many, one) in [
            ("customers", "customer"),
            ("categories", "category"),
            ("addresses", "address"),
            ("people", "person"),
            ("statuses", "status"),
            ("matrices", "matrix"),
            ("boxes", "box"),
            ("movies", "movie"),
            ("invoices", "invoice"),
            ("analyses", "analysis"),
            ("children", "child"),
            ("caches", "cache"),
            ("batches", "batch"),
            ("lens", "lens"),
            ("lenses", "lens"),
            ("metadata", "metadata"),
        ] {
            assert_eq!(singular(many), one);
        }
        for (many, one) in [
            ("orderItems", "orderItem"),
            ("CATEGORIES", "CATEGORY"),
            ("NamespaceMetadata", "NamespaceMetadata"),
            ("WebCaches", "WebCache"),
            ("People", "Person"),
            ("orders2", "orders2"),
            ("", ""),
        ] {
            assert_eq!(singular_name(many), one);
        }
        assert_eq!(is_plural("lens"), Some(false));
        assert_eq!(is_plural("caches"), Some(true));
        assert_eq!(is_plural("cache"), Some(false));
        assert_eq!(is_plural("orders"), Some(true));
        assert_eq!(is_plural("order"), Some(false));
        assert_eq!(is_plural("news"), None);
        assert_eq!(is_plural("data"), None);
        assert_eq!(is_plural("crs"), None);
        assert_eq!(is_plural("dlq"), None);
    }
}
