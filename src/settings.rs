//! The user's choices, from `brownfield.toml`. Unknown keys are errors.

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use toml::Spanned;

/// What the configuration says, checked.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Rules that are off.
    pub disabled: Vec<String>,
    /// Other severities, by rule.
    pub severities: BTreeMap<String, Severity>,
    /// Suppressed findings.
    pub ignores: Vec<Ignore>,
    /// Relations that are pinned (`Some`) or denied (`None`), by `schema.table.column`.
    pub relations: BTreeMap<String, Option<String>>,
    /// Options of rules, by rule and option.
    pub options: BTreeMap<String, BTreeMap<String, toml::Value>>,
    /// What tables and views are, by `schema.table` or a name that is unique. It stands in documents in place of the
    /// database's own comments.
    pub descriptions: BTreeMap<String, Description>,
    /// Groups of tables, in the order in which they claim them.
    pub groups: Vec<GroupChoice>,
    /// Scripts rename tables and columns, though that breaks running code. It stands in no file: a script is asked for it.
    pub renames: bool,
}

/// What a table or view is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The table or view itself.
    pub description: Option<String>,
    /// Its columns, by name.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
}

/// Tables that diagrams show together because the user says so.
#[derive(Clone, Debug)]
pub struct GroupChoice {
    /// Name.
    pub name: String,
    /// What the tables have in common.
    pub description: Option<String>,
    /// Patterns over `schema.table`, as written and as matchers.
    pub tables: Vec<(String, GlobMatcher)>,
}

/// Findings that are accepted, with the reason.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Rule, or every rule.
    pub rule: Option<String>,
    /// Pattern as written.
    pub pattern: String,
    /// The pattern, over `schema.table.name`.
    pub matcher: GlobMatcher,
    /// Why.
    pub reason: String,
}

/// What is wrong with a configuration, with the line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No TOML, or an unknown key, or a value of the wrong type.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// Something that TOML allows and `brownfield` does not.
    #[error("line {line}: {message}\n  | {text}")]
    Meaning {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
        /// The line itself.
        text: String,
    },
}

/// An option that a rule takes.
#[derive(Clone, Copy, Debug)]
pub struct RuleOption {
    /// Name in the configuration.
    pub name: &'static str,
    /// What it may be.
    pub values: Values,
    /// What it does, with the default, in words.
    pub meaning: &'static str,
}

/// What an option may be.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// True or false.
    Boolean,
    /// A whole number from 1.
    Number,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Names separated by commas, each of which this function knows.
    Names(fn(&str) -> bool),
}

impl Values {
    /// What is wrong with a value, to be said behind the option's name.
    fn complaint(self, value: &toml::Value) -> Option<String> {
        match (self, value) {
            (Self::Boolean, toml::Value::Boolean(_)) | (Self::Number, toml::Value::Integer(1..)) => None,
            (Self::Boolean, _) => Some("is true or false".to_owned()),
            (Self::Number, _) => Some("is a whole number from 1".to_owned()),
            (Self::Words(known), toml::Value::String(word)) if known.contains(&word.as_str()) => None,
            (Self::Words(known), _) => {
                let known: Vec<String> = known.iter().map(|word| format!("{word:?}")).collect();
                Some(format!("is {}", known.join(" or ")))
            }
            (Self::Names(is_known), toml::Value::String(names)) => {
                let unknown = names.split(',').map(str::trim).find(|name| !is_known(name))?;
                Some(format!("names {unknown:?}, which does not exist"))
            }
            (Self::Names(_), _) => Some("is a text: names separated by commas".to_owned()),
        }
    }
}

/// The options that a rule takes; `None` for a rule that does not exist.
pub type RuleOptions<'a> = &'a dyn Fn(&str) -> Option<&'static [RuleOption]>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<toml::Value>>>,
    #[serde(default)]
    ignore: Vec<IgnoreEntry>,
    #[serde(default)]
    relations: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    tables: BTreeMap<String, Description>,
    #[serde(default)]
    group: Vec<GroupEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    name: Spanned<String>,
    description: Option<String>,
    tables: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreEntry {
    rule: Option<Spanned<String>>,
    object: Spanned<String>,
    reason: Spanned<String>,
}

impl Settings {
    /// Understands a configuration file.
    pub fn parse(text: &str, options_of: RuleOptions<'_>) -> Result<Self, Error> {
        let file: File = toml::from_str(text)?;
        let wrong = |offset: usize, message: String| {
            let start = text.get(..offset).unwrap_or_default();
            let line = start.matches('\n').count();
            Error::Meaning { line: line + 1, message, text: text.lines().nth(line).unwrap_or_default().to_owned() }
        };
        let mut settings = Self::default();
        for (id, entries) in file.rules {
            let options = options_of(id.get_ref())
                .ok_or_else(|| wrong(id.span().start, format!("there is no rule `{}`", id.get_ref())))?;
            for (key, value) in entries {
                let at = key.span().start;
                match (key.get_ref().as_str(), value.into_inner()) {
                    ("enabled", toml::Value::Boolean(true)) => {}
                    ("enabled", toml::Value::Boolean(false)) => settings.disabled.push(id.get_ref().clone()),
                    ("enabled", _) => return Err(wrong(at, "`enabled` is true or false".to_owned())),
                    ("severity", value) => {
                        let severity = value.try_into::<Severity>();
                        let severity = severity
                            .map_err(|_| wrong(at, "`severity` is \"info\", \"warning\" or \"error\"".to_owned()))?;
                        settings.severities.insert(id.get_ref().clone(), severity);
                    }
                    (name, value) if let Some(option) = options.iter().find(|option| option.name == name) => {
                        if let Some(complaint) = option.values.complaint(&value) {
                            return Err(wrong(at, format!("`{name}` {complaint}")));
                        }
                        let of_rule = settings.options.entry(id.get_ref().clone()).or_default();
                        of_rule.insert(name.to_owned(), value);
                    }
                    (option, _) => {
                        let known: Vec<_> = ["enabled", "severity"]
                            .into_iter()
                            .chain(options.iter().map(|option| option.name))
                            .collect();
                        let message =
                            format!("`{}` has no option `{option}`; it takes {}", id.get_ref(), known.join(", "));
                        return Err(wrong(at, message));
                    }
                }
            }
        }
        for entry in file.ignore {
            if let Some(rule) = &entry.rule
                && options_of(rule.get_ref()).is_none()
            {
                return Err(wrong(rule.span().start, format!("there is no rule `{}`", rule.get_ref())));
            }
            if entry.reason.get_ref().trim().is_empty() {
                return Err(wrong(entry.reason.span().start, "an ignored finding needs a reason".to_owned()));
            }
            let glob = Glob::new(entry.object.get_ref())
                .map_err(|error| wrong(entry.object.span().start, error.to_string()))?;
            settings.ignores.push(Ignore {
                rule: entry.rule.map(Spanned::into_inner),
                pattern: entry.object.into_inner(),
                matcher: glob.compile_matcher(),
                reason: entry.reason.into_inner(),
            });
        }
        for (column, target) in file.relations {
            let is_column = |name: &str| name.split('.').count() >= 3;
            if !is_column(column.get_ref()) || (target.get_ref() != "none" && !is_column(target.get_ref())) {
                let message = "a relation is \"schema.table.column\" = \"schema.table.column\" or \"none\"".to_owned();
                return Err(wrong(column.span().start, message));
            }
            let target = target.into_inner();
            settings.relations.insert(column.into_inner(), (target != "none").then_some(target));
        }
        settings.descriptions = file.tables;
        for entry in file.group {
            let (at, name) = (entry.name.span().start, entry.name.into_inner());
            if name.trim().is_empty() || settings.groups.iter().any(|other| other.name == name) {
                return Err(wrong(at, "a group needs a name of its own".to_owned()));
            }
            let mut tables = Vec::new();
            for pattern in entry.tables {
                let glob =
                    Glob::new(pattern.get_ref()).map_err(|error| wrong(pattern.span().start, error.to_string()))?;
                tables.push((pattern.into_inner(), glob.compile_matcher()));
            }
            settings.groups.push(GroupChoice { name, description: entry.description, tables });
        }
        Ok(settings)
    }

    /// Whether a rule is off.
    pub fn is_disabled(&self, rule: &str) -> bool {
        self.disabled.iter().any(|id| id == rule)
    }

    /// The severity chosen for a rule.
    pub fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.get(rule).copied()
    }

    /// The reason why a finding is suppressed, if it is.
    pub fn suppression(&self, rule: &str, object: impl Display) -> Option<&str> {
        // Hardly any rule has an ignore: the name is written only for those that do.
        let name = LazyCell::new(|| object.to_string());
        self.ignores
            .iter()
            .find(|ignore| ignore.rule.as_deref().is_none_or(|only| only == rule) && ignore.matcher.is_match(&*name))
            .map(|ignore| ignore.reason.as_str())
    }

    /// An option of a rule.
    pub fn option(&self, rule: &str, option: &str) -> Option<&toml::Value> {
        self.options.get(rule)?.get(option)
    }
}

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// Data is or can be wrong, or the database will stop working.
    Error,
}

impl Severity {
    /// Lower-case word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        const OPTIONS: &[RuleOption] = &[
            RuleOption { name: "accept", values: Values::Boolean, meaning: "what it does" },
            RuleOption { name: "most", values: Values::Number, meaning: "what it does" },
            RuleOption { name: "style", values: Values::Words(&["snake", "camel"]), meaning: "what it does" },
            RuleOption { name: "scripts", values: Values::Names(|name| name == "Han"), meaning: "what it does" },
        ];
        let options: RuleOptions<'_> = &|rule| (rule == "fk-missing").then_some(OPTIONS);
        Settings::parse(text, options).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_can_be_said() {
        let settings = parse(
            r#"
            [rules.fk-missing]
            enabled = false
            severity = "info"
            accept = true
            most = 3
            style = "camel"
            scripts = "Han,Han"
            [[ignore]]
            rule = "fk-missing"
            object = "public.audit_*"
            reason = "append-only"
            [relations]
            "public.orders.ref" = "public.users.id"
            "public.orders.code" = "none"
            [tables."public.orders"]
            description = "One row an order"
            columns.total = "Gross"
            [[group]]
            name = "Sales"
            tables = ["public.order*"]
            "#,
        )
        .expect("it is valid");
        assert!(settings.is_disabled("fk-missing"));
        assert_eq!(settings.severity("fk-missing"), Some(Severity::Info));
        assert_eq!(settings.option("fk-missing", "accept"), Some(&toml::Value::Boolean(true)));
        assert_eq!(settings.suppression("fk-missing", "public.audit_log"), Some("append-only"));
        assert_eq!(settings.suppression("fk-missing", "public.orders"), None);
        assert_eq!(settings.relations["public.orders.code"], None);
        assert_eq!(settings.descriptions["public.orders"].columns["total"], "Gross");
        assert!(settings.groups[0].tables[0].1.is_match("public.order_items"));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, message) in [
            ("\n[rules.fk-mising]\nenabled = false", "line 2: there is no rule `fk-mising`"),
            ("[rules.fk-missing]\nacept = 1", "line 2: `fk-missing` has no option `acept`"),
            ("[rules.fk-missing]\naccept = \"yes\"", "line 2: `accept` is true or false\n  | accept = \"yes\""),
            ("[rules.fk-missing]\nmost = 0", "line 2: `most` is a whole number from 1"),
            ("[rules.fk-missing]\nstyle = \"snaky\"", "line 2: `style` is \"snake\" or \"camel\""),
            ("[rules.fk-missing]\nstyle = 3", "line 2: `style` is \"snake\" or \"camel\""),
            ("[rules.fk-missing]\nscripts = \"Han, Hun\"", "line 2: `scripts` names \"Hun\", which does not exist"),
            ("[rules.fk-missing]\nscripts = true", "line 2: `scripts` is a text"),
            ("[[ignore]]\nobject = \"*\"\nreason = \" \"", "line 3: an ignored finding needs a reason"),
            ("[ruls]", "unknown field `ruls`"),
            ("[relations]\n\"a.b\" = \"none\"", "line 2: a relation is"),
            ("[tables.orders]\ndescripton = \"x\"", "unknown field `descripton`"),
            ("[[group]]\nname = \"\"\ntables = []", "line 2: a group needs a name of its own"),
            ("[[group]]\nname = \"a\"\ntables = [\"x\",\n\"[\"]", "line 4: error parsing glob"),
        ] {
            let error = parse(text).expect_err("it is not valid");
            assert!(error.contains(message), "{error}");
        }
    }
}
