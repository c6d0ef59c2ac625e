//! Columns that seem to hold personal data, by their types, the words of their names, and what their comments say.

use super::words::{singular, split};
use super::{PersonalData, PersonalDataClass};
use crate::model::{Column, QualifiedName, TableRef, Tables};
use foldhash::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

/// Words side by side, the class that they settle and the confidence that they give.
type Evidence = (&'static [&'static str], PersonalDataClass, f64);

/// What names are evidence by.
const EVIDENCE: &[Evidence] = &[
    (&["email"], PersonalDataClass::Contact, 0.95),
    (&["e", "mail"], PersonalDataClass::Contact, 0.95),
    (&["phone"], PersonalDataClass::Contact, 0.95),
    (&["telephone"], PersonalDataClass::Contact, 0.95),
    (&["mobile"], PersonalDataClass::Contact, 0.80),
    (&["fax"], PersonalDataClass::Contact, 0.80),
    (&["street"], PersonalDataClass::Contact, 0.85),
    (&["address"], PersonalDataClass::Contact, 0.75),
    (&["address", "line"], PersonalDataClass::Contact, 0.90),
    (&["first", "name"], PersonalDataClass::Identity, 0.95),
    (&["last", "name"], PersonalDataClass::Identity, 0.95),
    (&["full", "name"], PersonalDataClass::Identity, 0.95),
    (&["middle", "name"], PersonalDataClass::Identity, 0.95),
    (&["family", "name"], PersonalDataClass::Identity, 0.95),
    (&["given", "name"], PersonalDataClass::Identity, 0.95),
    (&["surname"], PersonalDataClass::Identity, 0.95),
    (&["forename"], PersonalDataClass::Identity, 0.95),
    (&["username"], PersonalDataClass::Identity, 0.80),
    (&["user", "name"], PersonalDataClass::Identity, 0.80),
    (&["maiden", "name"], PersonalDataClass::Identity, 0.95),
    (&["fname"], PersonalDataClass::Identity, 0.85),
    (&["lname"], PersonalDataClass::Identity, 0.85),
    (&["contact", "name"], PersonalDataClass::Identity, 0.80),
    (&["emergency", "contact"], PersonalDataClass::Contact, 0.90),
    (&["next", "of", "kin"], PersonalDataClass::Contact, 0.90),
    (&["driver", "license"], PersonalDataClass::Identity, 0.90),
    (&["drivers", "license"], PersonalDataClass::Identity, 0.90),
    (&["driving", "license"], PersonalDataClass::Identity, 0.90),
    (&["driving", "licence"], PersonalDataClass::Identity, 0.90),
    (&["avatar"], PersonalDataClass::Identity, 0.70),
    (&["birth"], PersonalDataClass::Identity, 0.95),
    (&["birthday"], PersonalDataClass::Identity, 0.95),
    (&["birthdate"], PersonalDataClass::Identity, 0.95),
    (&["dob"], PersonalDataClass::Identity, 0.90),
    (&["ssn"], PersonalDataClass::Identity, 0.95),
    (&["passport"], PersonalDataClass::Identity, 0.90),
    (&["national", "id"], PersonalDataClass::Identity, 0.90),
    (&["city"], PersonalDataClass::Location, 0.60),
    (&["postcode"], PersonalDataClass::Location, 0.75),
    (&["postal", "code"], PersonalDataClass::Location, 0.75),
    (&["zip"], PersonalDataClass::Location, 0.70),
    (&["zipcode"], PersonalDataClass::Location, 0.75),
    (&["latitude"], PersonalDataClass::Location, 0.70),
    (&["longitude"], PersonalDataClass::Location, 0.70),
    (&["iban"], PersonalDataClass::Financial, 0.95),
    (&["bic"], PersonalDataClass::Financial, 0.70),
    (&["card", "number"], PersonalDataClass::Financial, 0.95),
    (&["card", "last"], PersonalDataClass::Financial, 0.85),
    (&["cc", "number"], PersonalDataClass::Financial, 0.90),
    (&["cvv"], PersonalDataClass::Financial, 0.95),
    (&["cvc"], PersonalDataClass::Financial, 0.85),
    (&["account", "no"], PersonalDataClass::Financial, 0.80),
    (&["sort", "code"], PersonalDataClass::Financial, 0.80),
    (&["account", "number"], PersonalDataClass::Financial, 0.80),
    (&["bank", "account"], PersonalDataClass::Financial, 0.85),
    (&["tax", "number"], PersonalDataClass::Financial, 0.85),
    (&["tax", "id"], PersonalDataClass::Financial, 0.80),
    (&["vat", "number"], PersonalDataClass::Financial, 0.70),
    (&["salary"], PersonalDataClass::Financial, 0.90),
    (&["password"], PersonalDataClass::Credential, 0.95),
    (&["passwd"], PersonalDataClass::Credential, 0.95),
    (&["secret"], PersonalDataClass::Credential, 0.85),
    (&["token"], PersonalDataClass::Credential, 0.75),
    (&["api", "key"], PersonalDataClass::Credential, 0.85),
    (&["private", "key"], PersonalDataClass::Credential, 0.90),
    (&["ip"], PersonalDataClass::Network, 0.85),
    (&["ip", "address"], PersonalDataClass::Network, 0.95),
    (&["remote", "ip"], PersonalDataClass::Network, 0.95),
    (&["user", "agent"], PersonalDataClass::Network, 0.90),
    (&["mac", "address"], PersonalDataClass::Network, 0.85),
    (&["device", "id"], PersonalDataClass::Network, 0.75),
    (&["gender"], PersonalDataClass::Sensitive, 0.85),
    (&["nationality"], PersonalDataClass::Sensitive, 0.80),
    (&["religion"], PersonalDataClass::Special, 0.90),
    (&["ethnicity"], PersonalDataClass::Special, 0.90),
    (&["ethnic", "origin"], PersonalDataClass::Special, 0.90),
    (&["political", "party"], PersonalDataClass::Special, 0.85),
    (&["trade", "union"], PersonalDataClass::Special, 0.85),
    (&["union", "membership"], PersonalDataClass::Special, 0.85),
    (&["sexual", "orientation"], PersonalDataClass::Special, 0.95),
    (&["diagnosis"], PersonalDataClass::Special, 0.90),
    (&["disability"], PersonalDataClass::Special, 0.90),
    (&["disabilities"], PersonalDataClass::Special, 0.90),
    (&["health", "notes"], PersonalDataClass::Special, 0.85),
    (&["health", "condition"], PersonalDataClass::Special, 0.85),
    (&["health", "insurance"], PersonalDataClass::Special, 0.80),
    (&["medical", "record"], PersonalDataClass::Special, 0.95),
    (&["medical", "history"], PersonalDataClass::Special, 0.95),
    (&["medical", "condition"], PersonalDataClass::Special, 0.95),
    (&["medical", "notes"], PersonalDataClass::Special, 0.90),
    (&["blood", "type"], PersonalDataClass::Special, 0.90),
    (&["blood", "group"], PersonalDataClass::Special, 0.90),
    (&["genetic", "data"], PersonalDataClass::Special, 0.90),
    (&["biometric"], PersonalDataClass::Special, 0.85),
    (&["biometrics"], PersonalDataClass::Special, 0.85),
    (&["face", "encoding"], PersonalDataClass::Special, 0.90),
    (&["face", "embedding"], PersonalDataClass::Special, 0.90),
    (&["criminal", "record"], PersonalDataClass::Special, 0.95),
];

/// Names that are evidence in tables of persons only, as whole names. Elsewhere a `signature` is a message's, a `fingerprint`
/// a key's, and `lat` a shop's.
const OF_PERSONS: &[Evidence] = &[
    (&["tel"], PersonalDataClass::Contact, 0.90),
    (&["line"], PersonalDataClass::Contact, 0.75),
    (&["addr"], PersonalDataClass::Contact, 0.80),
    (&["login"], PersonalDataClass::Identity, 0.75),
    (&["nickname"], PersonalDataClass::Identity, 0.80),
    (&["photo"], PersonalDataClass::Identity, 0.75),
    (&["photo", "url"], PersonalDataClass::Identity, 0.75),
    (&["avatar", "url"], PersonalDataClass::Identity, 0.75),
    (&["signature"], PersonalDataClass::Identity, 0.70),
    (&["born"], PersonalDataClass::Identity, 0.90),
    (&["born", "on"], PersonalDataClass::Identity, 0.90),
    (&["born", "at"], PersonalDataClass::Identity, 0.90),
    (&["nin"], PersonalDataClass::Identity, 0.80),
    (&["tin"], PersonalDataClass::Financial, 0.75),
    (&["swift"], PersonalDataClass::Financial, 0.70),
    (&["lat"], PersonalDataClass::Location, 0.70),
    (&["lng"], PersonalDataClass::Location, 0.70),
    (&["lon"], PersonalDataClass::Location, 0.70),
    (&["race"], PersonalDataClass::Special, 0.70),
    (&["fingerprint"], PersonalDataClass::Special, 0.80),
    (&["allergies"], PersonalDataClass::Special, 0.85),
];

/// Names that are parts of a postal address in tables of addresses, too.
const OF_ADDRESSES: &[&[&str]] = &[&["line"], &["addr"]];

/// Words that may follow such evidence without naming something else: `phone_number`, `email_2`, `password_hash`. After
/// any other word the name is that word's: a `phone_model` is a model, a `birth_rate` is a rate.
const QUALIFYING: &[&str] = &[
    "address",
    "addresses",
    "addr",
    "alt",
    "alternate",
    "bidx",
    "canonical",
    "cipher",
    "ciphertext",
    "crypt",
    "current",
    "data",
    "digest",
    "digits",
    "enc",
    "encrypted",
    "ext",
    "extension",
    "four",
    "hash",
    "hashed",
    "hmac",
    "home",
    "last",
    "lower",
    "main",
    "md",
    "new",
    "no",
    "normalized",
    "nr",
    "number",
    "numbers",
    "old",
    "personal",
    "plain",
    "primary",
    "private",
    "raw",
    "salt",
    "secondary",
    "sha",
    "string",
    "text",
    "v",
    "value",
    "work",
];

/// Words that may follow one evidence alone: a `birth_date` is a date of birth, a `card_date` is none of a card.
const QUALIFYING_ONE: &[(&str, &[&str])] = &[
    ("address", &["country"]),
    ("birth", &["city", "country", "date", "day", "month", "name", "place", "year"]),
    ("city", &["name"]),
    ("gender", &["identity"]),
    ("salary", &["amount", "gross", "net"]),
    ("secret", &["key"]),
    ("street", &["name"]),
    ("zip", &["code"]),
];

/// Words before evidence that make a question, a number or a deed of it: `is_mobile`, `num_phone`, `send_email`.
const ASKING: &[&str] = &[
    "allow", "allows", "can", "count", "disable", "enable", "for", "has", "hide", "id", "is", "max", "min", "no",
    "num", "of", "opt", "per", "require", "requires", "send", "show", "template", "total", "use", "uses", "was",
    "without",
];

/// What comments say about columns with personal data.
const DECLARED: &[&[&str]] = &[
    &["personal", "data"],
    &["personal", "information"],
    &["personally", "identifiable"],
    &["pii"],
    &["gdpr"],
    &["hipaa"],
    &["phi"],
];

/// Words that may stand in a comment before what a column holds: "may contain the e-mail address".
const LEADING: &[&str] = &[
    "a",
    "an",
    "and",
    "billing",
    "business",
    "buyer",
    "can",
    "contact",
    "contain",
    "contains",
    "current",
    "delivery",
    "encrypted",
    "hashed",
    "her",
    "his",
    "hold",
    "holding",
    "holds",
    "home",
    "include",
    "includes",
    "its",
    "keep",
    "keeps",
    "main",
    "may",
    "might",
    "normalized",
    "official",
    "or",
    "our",
    "own",
    "owner",
    "personal",
    "postal",
    "primary",
    "private",
    "recipient",
    "s",
    "secondary",
    "sender",
    "shipping",
    "store",
    "stores",
    "the",
    "their",
    "this",
    "work",
];

/// Words with which a comment goes on about what it named: "e-mail address of the customer".
const FOLLOWING: &[&str] =
    &["and", "as", "for", "from", "given", "in", "of", "or", "that", "to", "where", "which", "with"];

/// Tables whose rows are persons, by their last word in the singular.
const PERSONS: &[&str] = &[
    "account",
    "actor",
    "applicant",
    "author",
    "client",
    "contact",
    "customer",
    "employee",
    "guest",
    "lead",
    "member",
    "passenger",
    "patient",
    "people",
    "person",
    "profile",
    "staff",
    "student",
    "subscriber",
    "teacher",
    "user",
    "visitor",
];

/// Why a column that is only called `name` is a person's.
const NAME_OF_PERSON: &str = "the name of a person, by the table's name";

/// Takes back what the name of the table of tenants made of its rows, where they are organisations: users carry the column
/// that names the tenant, or nothing else there is a person's. Tells whether they are.
pub(super) fn tenants_are_organisations(
    personal: &mut Vec<PersonalData>,
    tenants: &QualifiedName,
    of_tenants: &[QualifiedName],
) -> bool {
    let is_named = |data: &PersonalData| data.table == *tenants && data.why == NAME_OF_PERSON;
    let has_users = personal.iter().any(|data| is_person_table(&data.table.name) && of_tenants.contains(&data.table));
    let found = has_users || !personal.iter().any(|data| data.table == *tenants && !is_named(data));
    if found {
        personal.retain(|data| !is_named(data));
    }
    found
}

/// Whether the rows of a table are persons, by its name.
pub(super) fn is_person_table(name: &str) -> bool {
    PERSONS.contains(&person_word(name).as_str())
}

/// What the rows of a table are, by the last word of its name in the singular.
pub(super) fn person_word(name: &str) -> String {
    split(name).last().map(|word| singular(word)).unwrap_or_default()
}

/// Personal data in all tables, by table and column.
pub(super) fn personal_data(tables: &Tables<'_>) -> Vec<PersonalData> {
    let mut found = Vec::new();
    // The same names recur from table to table.
    let mut known: HashMap<&str, Name> = HashMap::default();
    for table in tables.base() {
        let referencing: Vec<&String> = table.table.foreign_keys.iter().flat_map(|key| &key.columns).collect();
        for column in &table.table.columns {
            if !referencing.contains(&&column.name) {
                let name = known.entry(&column.name).or_insert_with(|| Name::new(&column.name));
                found.extend(judge(table, column, name));
            }
        }
    }
    found.sort_by(|a: &PersonalData, b: &PersonalData| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
    found
}

/// The words of a column's name and the evidence that it is about.
struct Name {
    words: Rc<[String]>,
    evidence: Option<&'static Evidence>,
    of_person: Option<OfPerson>,
}

impl Name {
    fn new(name: &str) -> Self {
        let words = split(name);
        let as_read = borrowed(&words);
        Self { evidence: named(&as_read), of_person: OfPerson::new(&as_read), words }
    }
}

/// The evidence that a whole name is, a number after it aside, because of what the table is about.
struct OfPerson {
    evidence: &'static Evidence,
    of_address: bool,
}

impl OfPerson {
    fn new(words: &[&str]) -> Option<Self> {
        let numbers = words.iter().rev().take_while(|word| word.bytes().all(|byte| byte.is_ascii_digit())).count();
        let name = &words[..words.len() - numbers];
        let evidence = OF_PERSONS.iter().find(|evidence| evidence.0 == name)?;
        // A line without a number may be any.
        (numbers > 0 || name != ["line"]).then(|| Self { evidence, of_address: OF_ADDRESSES.contains(&name) })
    }

    /// Whether the rows of the table are what it speaks of.
    fn fits(&self, table: TableRef<'_>) -> bool {
        let is_address = || person_word(&table.table.name) == "address";
        self.of_address && is_address() || is_person_table(&table.table.name)
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn judge(table: TableRef<'_>, column: &Column, name: &Name) -> Option<PersonalData> {
    let base = column.base_type();
    let result = |class, confidence, why: String| PersonalData {
        table: table.qualified_name(),
        column: column.name.clone(),
        class,
        confidence,
        why,
    };
    if matches!(base, "inet" | "cidr" | "inet4" | "inet6") {
        return Some(result(PersonalDataClass::Network, 0.90, format!("its type is {base}")));
    }
    if base.starts_with("macaddr") {
        return Some(result(PersonalDataClass::Network, 0.85, format!("its type is {base}")));
    }
    let holds = |evidence: &[&str], class: PersonalDataClass| {
        let flag = base.contains("bool") || column.data_type.eq_ignore_ascii_case("tinyint(1)");
        let moment = base.contains("time") || base == "date";
        let of_birth = evidence.iter().any(|word| word.starts_with("birth") || ["dob", "born"].contains(word));
        // Whether somebody is disabled or a convict is as special as how.
        (!flag || class == PersonalDataClass::Special) && (!moment || of_birth)
    };
    if let Some((evidence, class, confidence)) = name.evidence.filter(|(evidence, class, _)| holds(evidence, *class)) {
        // Things have full names, too.
        let of_thing = *evidence == ["full", "name"] && !is_person_table(&table.table.name);
        let confidence = if of_thing { 0.60 } else { *confidence };
        return Some(result(*class, confidence, format!("its name says: {}", evidence.join(" "))));
    }
    let of_person = name.of_person.as_ref().filter(|name| name.fits(table)).map(|name| name.evidence);
    if let Some((evidence, class, confidence)) = of_person.filter(|(evidence, class, _)| holds(evidence, *class)) {
        let why = format!("its name says, in such a table: {}", evidence.join(" "));
        return Some(result(*class, *confidence, why));
    }
    if *name.words == ["name"] && is_person_table(&table.table.name) {
        return Some(result(PersonalDataClass::Identity, 0.80, NAME_OF_PERSON.to_owned()));
    }
    let comment = column.comment.as_deref()?.to_lowercase();
    if let Some((class, why)) = declared_in_comment(&comment) {
        return Some(result(class, 0.80, why));
    }
    let (evidence, class, _) = named_in_comment(&comment).filter(|(evidence, class, _)| holds(evidence, *class))?;
    Some(result(*class, 0.60, format!("its comment says: {}", evidence.join(" "))))
}

/// The evidence that a name is about: the longest, and of those the surest. What only speaks about personal data
/// (`email_sent_at`, `address_count`, `phone_model`) does not hold it.
fn named(words: &[&str]) -> Option<&'static Evidence> {
    let is_named = |at: usize, evidence: &Evidence| {
        let Some(after) = words[at..].strip_prefix(evidence.0) else { return false };
        let of_birth = evidence.0 == ["birth"];
        words[..at].iter().all(|word| of_birth || !ASKING.contains(word))
            && after.iter().all(|word| qualifies(evidence, word))
    };
    let beginning = words.iter().enumerate().flat_map(|(at, word)| {
        let evidence = BY_FIRST_WORD.get(word).into_iter().flatten().copied();
        evidence.filter(move |(_, evidence)| is_named(at, evidence))
    });
    let best = beginning.max_by(|(place, a), (other, b)| {
        (a.0.len(), a.2, place).partial_cmp(&(b.0.len(), b.2, other)).unwrap_or(std::cmp::Ordering::Equal)
    });
    best.map(|(_, evidence)| evidence)
}

/// What names are evidence by, and its place among all, by its first word.
static BY_FIRST_WORD: LazyLock<HashMap<&str, Vec<(usize, &Evidence)>>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Vec<(usize, &Evidence)>> = HashMap::default();
    for (place, evidence) in EVIDENCE.iter().enumerate() {
        found.entry(evidence.0[0]).or_default().push((place, evidence));
    }
    found
});

/// Whether a word after evidence leaves the name with it.
fn qualifies(evidence: &Evidence, word: &str) -> bool {
    let own = QUALIFYING_ONE.iter().filter(|(first, _)| evidence.0.contains(first));
    QUALIFYING.contains(&word)
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || own.into_iter().any(|(_, words)| words.contains(&word))
}

/// The evidence with which a sentence of a comment, or a part of one, says what the column holds. "Number of e-mails sent",
/// "true when the e-mail was verified" and "foreign key to the address table" are about something else.
fn named_in_comment(comment: &str) -> Option<&'static Evidence> {
    comment.split(['.', ';', ':', ',', '(', ')', '/', '\n']).find_map(|part| {
        let words: Vec<&str> =
            part.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let leads = |word: &&&str| LEADING.contains(word) || PERSONS.contains(word);
        (0..words.len()).take_while(|at| *at == 0 || leads(&&words[at - 1])).find_map(|at| {
            let end = words[at..].iter().position(|word| FOLLOWING.contains(word)).map_or(words.len(), |end| at + end);
            let starts = |evidence: &&Evidence| words[at..].starts_with(evidence.0);
            let found = named(&words[at..end]).filter(|evidence| evidence.2 >= 0.75)?;
            Some(found).filter(starts)
        })
    })
}

/// What a comment says outright.
fn declared_in_comment(lower: &str) -> Option<(PersonalDataClass, String)> {
    let words: Vec<&str> =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = DECLARED.iter().find(|said| words.windows(said.len()).any(|window| window == **said))?;
    let denied = words.windows(2).any(|pair| ["no", "not", "without", "non"].contains(&pair[0]) && pair[1] == said[0]);
    if denied {
        return None;
    }
    let named =
        |evidence: &&Evidence| evidence.2 >= 0.80 && words.windows(evidence.0.len()).any(|window| window == evidence.0);
    let class = EVIDENCE.iter().find(named).map_or(PersonalDataClass::Identity, |evidence| evidence.1);
    Some((class, format!("its comment says: {}", said.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, EngineName, Model, Schema, Table};

    /// What is found in one table with these columns: the column and its class.
    fn found(table: &str, columns: &[(&str, &str)]) -> Vec<(String, PersonalDataClass)> {
        let mut table = Table::new(table);
        table.columns.extend(columns.iter().map(|(name, data_type)| Column::new(*name, *data_type)));
        let mut model = model();
        let mut schema = Schema::new("public");
        schema.tables.push(table);
        model.schemas.push(schema);
        personal_data(&Tables::new(&model)).into_iter().map(|found| (found.column, found.class)).collect()
    }

    fn model() -> Model {
        Model::new(Engine {
            name: EngineName::PostgreSql,
            version: String::new(),
            variant: None,
            encoding: None,
            collation: None,
            settings: std::collections::BTreeMap::new(),
        })
    }

    #[test]
    fn short_names_are_evidence_where_rows_are_persons() {
        use PersonalDataClass::{Contact, Credential, Financial, Identity, Location};
        let columns = [
            ("fname", "text", Identity),
            ("lname", "text", Identity),
            ("maiden_name", "text", Identity),
            ("nickname", "text", Identity),
            ("login", "text", Identity),
            ("nin", "text", Identity),
            ("driver_license", "text", Identity),
            ("born_on", "date", Identity),
            ("photo", "bytea", Identity),
            ("avatar_url", "text", Identity),
            ("signature", "bytea", Identity),
            ("tel", "text", Contact),
            ("line_1", "text", Contact),
            ("addr1", "text", Contact),
            ("next_of_kin", "text", Contact),
            ("emergency_contact", "text", Contact),
            ("contact_name", "text", Identity),
            ("tin", "text", Financial),
            ("cc_number", "text", Financial),
            ("cvv", "text", Financial),
            ("account_no", "text", Financial),
            ("sort_code", "text", Financial),
            ("swift", "text", Financial),
            ("lat", "numeric", Location),
            ("lng", "numeric", Location),
        ];
        let wanted = |class: PersonalDataClass| {
            let mut names: Vec<&str> = columns.iter().filter(|it| it.2 == class).map(|it| it.0).collect();
            names.sort_unstable();
            names
        };
        let names: Vec<(&str, &str)> = columns.iter().map(|(name, data_type, _)| (*name, *data_type)).collect();
        let found_there = found("customers", &names);
        for class in [Contact, Financial, Identity, Location] {
            let of_class = found_there.iter().filter(|it| it.1 == class).map(|it| it.0.as_str());
            assert_eq!(of_class.collect::<Vec<_>>(), wanted(class));
        }
        assert_eq!(
            found("addresses", &[("line1", "text"), ("line2", "text"), ("lat", "numeric")]),
            [("line1".to_owned(), Contact), ("line2".to_owned(), Contact)]
        );
        // None of these is a person's.
        assert_eq!(
            found("shops", &[("lat", "numeric"), ("lng", "numeric"), ("line_1", "text"), ("photo", "bytea")]),
            []
        );
        assert_eq!(found("webhooks", &[("signature", "text"), ("login", "text"), ("tin", "text")]), []);
        assert_eq!(found("ssh_keys", &[("fingerprint", "text")]), []);
        assert_eq!(
            found("users", &[("login_count", "integer"), ("last_login", "timestamp"), ("swift_enabled", "text")]),
            []
        );
        assert_eq!(found("users", &[("token", "text")]), [("token".to_owned(), Credential)]);
    }

    #[test]
    fn special_categories_are_told_apart() {
        let columns = [
            "biometric",
            "blood_type",
            "criminal_record",
            "disability",
            "ethnicity",
            "face_encoding",
            "fingerprint",
            "genetic_data",
            "health_notes",
            "medical_record_number",
            "political_party",
            "religion",
            "sexual_orientation",
            "trade_union",
        ];
        let typed = columns.map(|name| (name, "text"));
        let wanted = columns.map(|name| (name.to_owned(), PersonalDataClass::Special));
        assert_eq!(found("members", &typed), wanted);
        let others = [("health_check", "text"), ("health_status", "text"), ("party", "text"), ("record", "text")];
        assert_eq!(found("services", &others), []);
        let flags = [("criminal_record", "boolean"), ("biometric_login_enabled", "boolean")];
        assert_eq!(found("members", &flags), [("criminal_record".to_owned(), PersonalDataClass::Special)]);
        assert_eq!(found("members", &[("gender", "text")]), [("gender".to_owned(), PersonalDataClass::Sensitive)]);
    }

    #[test]
    fn what_only_speaks_about_a_person_is_left_out() {
        let mut table = Table::new("customers");
        for (name, data_type) in [
            ("name", "text"),
            ("email", "text"),
            ("email_sent_at", "timestamp"),
            ("is_email_verified", "boolean"),
            ("address_count", "integer"),
            ("last_ip", "inet"),
            ("password_hash", "text"),
            ("zip", "varchar(10)"),
            ("phone_number_2", "text"),
            ("place_of_birth", "text"),
            ("birthPlace", "text"),
            ("api_secret_key", "text"),
            ("phone_model", "text"),
            ("ip_rating", "text"),
            ("gender_target", "text"),
            ("email_template_id", "integer"),
            ("email_subject", "text"),
            ("address_type", "text"),
            ("phone_required", "text"),
            ("ip_whitelist_enabled", "text"),
            ("birth_rate", "numeric"),
            ("zip_file", "text"),
            ("mobile_app_version", "text"),
            ("number_of_phone", "integer"),
            ("send_email", "smallint"),
            ("token_type", "text"),
        ] {
            table.columns.push(Column::new(name, data_type));
        }
        for (name, comment) in [
            ("extra", "PII: passport and residence"),
            ("nick", "Personal data"),
            ("shade", "no personal data in here"),
            ("parcel", "goes to the email of the buyer"),
            ("blob1", "E-mail address of the customer"),
            ("notes", "may contain the email address and phone number of the person"),
            ("dialled", "Call back here. Customer's phone number"),
            ("mails", "Number of e-mails sent"),
            ("checked", "true when the e-mail was verified"),
            ("place", "Foreign key to the address table"),
            ("model", "phone model"),
            ("mailing", "e-mail template of the campaign"),
        ] {
            let mut column = Column::new(name, "text");
            column.comment = Some(comment.to_owned());
            table.columns.push(column);
        }
        let mut model = model();
        let mut schema = Schema::new("public");
        schema.tables.push(table);
        model.schemas.push(schema);
        let tables = Tables::new(&model);
        let found: Vec<_> = personal_data(&tables).into_iter().map(|found| (found.column, found.class)).collect();
        assert_eq!(
            found,
            [
                ("api_secret_key".to_owned(), PersonalDataClass::Credential),
                ("birthPlace".to_owned(), PersonalDataClass::Identity),
                ("blob1".to_owned(), PersonalDataClass::Contact),
                ("dialled".to_owned(), PersonalDataClass::Contact),
                ("email".to_owned(), PersonalDataClass::Contact),
                ("extra".to_owned(), PersonalDataClass::Identity),
                ("last_ip".to_owned(), PersonalDataClass::Network),
                ("name".to_owned(), PersonalDataClass::Identity),
                ("nick".to_owned(), PersonalDataClass::Identity),
                ("notes".to_owned(), PersonalDataClass::Contact),
                ("password_hash".to_owned(), PersonalDataClass::Credential),
                ("phone_number_2".to_owned(), PersonalDataClass::Contact),
                ("place_of_birth".to_owned(), PersonalDataClass::Identity),
                ("zip".to_owned(), PersonalDataClass::Location),
            ]
        );
    }
}
