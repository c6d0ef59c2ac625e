//! Secrets as text.

use crate::checks::columns::{is_text, length};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::{OfNames, split};

pub(super) static RULE: Rule = Rule {
    id: "plaintext-secret-column",
    summary: "A text column is named like a secret and not like its hash",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "text columns named like secrets",
    options: &[],
    peers: &["splinter 0023", "sqlcheck 4001", "Eessaar"],
    references: &["https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"],
    documentation: r"
## What it does

Reports text columns named like a password, a key, a token, a card number or another secret, whose name does not say that they
hold a hash or a cipher.

## Why

Whoever reads one row, one backup or one log of statements has the secret. Passwords need a hash made for them, tokens a digest,
what has to be read again encryption with a key that is not in the database.

## Not reported

- Names with `hash`, `hashed`, `digest`, `encrypted`, `cipher`, `salt` and the like.
- What is said about a secret: `token_type`, `password_hint`, `token_id`, `password_policy`.
- Passwords in columns of exactly the length of a hash: 40, 60, 64, 96 or 128 characters.
- Columns that are no text: moments, flags, counts, binary values.

Many frameworks keep a hash under the plain name (`password`, `reset_token`). Only the code can tell; accept those with a reason
in the configuration.

## Fix

Store a hash of what is only compared and encrypt what is read back, then name the column after it. It takes code, so no step
is written.

## Example

```sql,fires
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, api_key varchar(64) NOT NULL);
```

```sql,passes
CREATE TABLE users (
    id integer NOT NULL PRIMARY KEY,
    password_hash varchar(200) NOT NULL,
    encrypted_password varchar(200) NOT NULL,
    password_changed_at timestamp,
    password varchar(60) NOT NULL,
    token_type varchar(20) NOT NULL,
    token_count integer NOT NULL,
    secretary varchar(40) NOT NULL
);
```
",
    check,
};

/// Words that side by side name a secret.
const SECRETS: [&[&str]; 26] = [
    &["password"],
    &["passwd"],
    &["pwd"],
    &["passphrase"],
    &["passcode"],
    &["secret"],
    &["private", "key"],
    &["secret", "key"],
    &["api", "key"],
    &["apikey"],
    &["auth", "key"],
    &["access", "key"],
    &["encryption", "key"],
    &["session", "key"],
    &["token"],
    &["jwt"],
    &["otp"],
    &["totp"],
    &["recovery", "code"],
    &["recovery", "codes"],
    &["backup", "codes"],
    &["pin", "code"],
    &["ssn"],
    &["credit", "card"],
    &["card", "number"],
    &["cvv"],
];
/// Words that say that the secret itself is not there.
const PROTECTED: [&str; 22] = [
    "hash",
    "hashed",
    "digest",
    "encrypted",
    "crypted",
    "cipher",
    "ciphertext",
    "salt",
    "salted",
    "sha",
    "bcrypt",
    "type",
    "id",
    "hint",
    "name",
    "status",
    "policy",
    "algorithm",
    "prefix",
    "scope",
    "url",
    "expiry",
];

/// Characters of hashes: SHA-1, bcrypt, SHA-256, SHA-384 and SHA-512. Nobody limits a password to these.
const HASHES: [u32; 5] = [40, 60, 64, 96, 128];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut is_named = OfNames::new(names_secret);
    for table in context.tables.base() {
        for column in table.table.columns.iter().filter(|column| is_named.of(&column.name) && is_text(column)) {
            let words = split(&column.name);
            let object = Object::column(table, &column.name);
            let is_password = words.iter().any(|word| word == "password" || word == "passwd" || word == "pwd");
            let fits_a_hash = is_password && length(column).is_some_and(|length| HASHES.contains(&length));
            if fits_a_hash || words.iter().any(|word| PROTECTED.contains(&word.as_str())) {
                verdicts.pass(object);
            } else {
                let message = format!("is {} and named like a secret", column.data_type);
                let advice = "make sure that it holds a hash or a cipher, and say so in its name";
                verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
            }
        }
    }
}

/// Whether the words of a name are those of a secret.
fn names_secret(name: &str) -> bool {
    let words = split(name);
    let is_said = |secret: &[&str]| words.windows(secret.len()).any(|window| window == secret);
    SECRETS.iter().any(|secret| is_said(secret))
}
