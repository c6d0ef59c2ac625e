//! Columns that seem to hold personal data, by their types, the words of their names, and what their comments say.

use super::words::{singular, split};
use super::{PersonalData, PersonalDataClass};
use crate::model::{Column, TableRef, Tables};

/// Words that settle a class, with the confidence they give. Several words must all stand side by side.
const EVIDENCE: &[(&[&str], PersonalDataClass, f64)] = &[
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
    (&["religion"], PersonalDataClass::Sensitive, 0.90),
    (&["ethnicity"], PersonalDataClass::Sensitive, 0.90),
    (&["diagnosis"], PersonalDataClass::Sensitive, 0.90),
    (&["nationality"], PersonalDataClass::Sensitive, 0.80),
];

/// Words of columns that speak about personal data and do not hold it: `email_sent_at`, `address_count`.
const ABOUT: &[&str] = &[
    "sent",
    "verified",
    "confirmed",
    "count",
    "enabled",
    "is",
    "has",
    "opt",
    "at",
    "on",
    "id",
    "type",
    "status",
    "kind",
    "template",
    "required",
    "valid",
    "expires",
    "expiry",
    "size",
    "length",
    "format",
    "subject",
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
    for table in tables.base() {
        let referencing: Vec<&String> = table.table.foreign_keys.iter().flat_map(|key| &key.columns).collect();
        for column in &table.table.columns {
            if !referencing.contains(&&column.name) {
                found.extend(judge(table, column));
            }
        }
    }
    found.sort_by(|a: &PersonalData, b: &PersonalData| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
    found
}

fn judge(table: TableRef<'_>, column: &Column) -> Option<PersonalData> {
    let base = column.base_type();
    let result = |class, confidence, why: String| PersonalData {
        table: table.qualified_name(),
        column: column.name.clone(),
        class,
        confidence,
        why,
    };
    if matches!(base.as_ref(), "inet" | "cidr" | "inet4" | "inet6") {
        return Some(result(PersonalDataClass::Network, 0.90, format!("its type is {base}")));
    }
    if base.starts_with("macaddr") {
        return Some(result(PersonalDataClass::Network, 0.85, format!("its type is {base}")));
    }
    let words = split(&column.name);
    let best = EVIDENCE
        .iter()
        .filter(|(evidence, ..)| words.windows(evidence.len()).any(|window| window == *evidence))
        .max_by(|a, b| (a.0.len(), a.2).partial_cmp(&(b.0.len(), b.2)).unwrap_or(std::cmp::Ordering::Equal));
    if let Some((evidence, class, confidence)) = best {
        let other = words.iter().any(|word| ABOUT.contains(&word.as_str()) && !evidence.contains(&word.as_str()));
        let flag = base.contains("bool") || column.data_type.eq_ignore_ascii_case("tinyint(1)");
        let moment = (base.contains("time") || base == "date")
            && !words.iter().any(|word| word.starts_with("birth") || word == "dob");
        if other || flag || moment {
            return None;
        }
        return Some(result(*class, *confidence, format!("its name says: {}", evidence.join(" "))));
    }
    if words == ["name"] && is_person_table(&table.table.name) {
        return Some(result(PersonalDataClass::Identity, 0.80, "the name of a person, by the table's name".to_owned()));
    }
    let (class, why) = said_in_comment(column.comment.as_deref()?)?;
    Some(result(class, 0.80, why))
}

/// What a comment says outright. Other words are no evidence: most comments speak about more than their column.
fn said_in_comment(comment: &str) -> Option<(PersonalDataClass, String)> {
    let lower = comment.to_lowercase();
    let words: Vec<&str> =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = DECLARED.iter().find(|said| words.windows(said.len()).any(|window| window == **said))?;
    let denied = words.windows(2).any(|pair| ["no", "not", "without", "non"].contains(&pair[0]) && pair[1] == said[0]);
    if denied {
        return None;
    }
    let named = |evidence: &&(&[&str], PersonalDataClass, f64)| {
        evidence.2 >= 0.80 && words.windows(evidence.0.len()).any(|window| window == evidence.0)
    };
    let class = EVIDENCE.iter().find(named).map_or(PersonalDataClass::Identity, |evidence| evidence.1);
    Some((class, format!("its comment says: {}", said.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, EngineName, Model, Schema, Table};

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
        ] {
            table.columns.push(Column::new(name, data_type));
        }
        for (name, comment) in [
            ("extra", "PII: passport and residence"),
            ("nick", "Personal data"),
            ("shade", "no personal data in here"),
            ("parcel", "goes to the email of the buyer"),
        ] {
            let mut column = Column::new(name, "text");
            column.comment = Some(comment.to_owned());
            table.columns.push(column);
        }
        let mut model = Model::new(Engine {
            name: EngineName::PostgreSql,
            version: String::new(),
            variant: None,
            encoding: None,
            collation: None,
            settings: std::collections::BTreeMap::new(),
        });
        let mut schema = Schema::new("public");
        schema.tables.push(table);
        model.schemas.push(schema);
        let tables = Tables::new(&model);
        let found: Vec<_> = personal_data(&tables).into_iter().map(|found| (found.column, found.class)).collect();
        assert_eq!(
            found,
            [
                ("email".to_owned(), PersonalDataClass::Contact),
                ("extra".to_owned(), PersonalDataClass::Identity),
                ("last_ip".to_owned(), PersonalDataClass::Network),
                ("name".to_owned(), PersonalDataClass::Identity),
                ("nick".to_owned(), PersonalDataClass::Identity),
                ("password_hash".to_owned(), PersonalDataClass::Credential),
                ("zip".to_owned(), PersonalDataClass::Location),
            ]
        );
    }
}
