//! Which schemas and tables are in scope.

use super::{Error, Source};
use crate::model::{Model, Scope};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeSet;

/// Chosen schemas, and globs over `schema.table`.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    scope: Scope,
    include: Vec<GlobMatcher>,
    exclude: Vec<GlobMatcher>,
}

impl Filter {
    /// Checks the globs. A pattern without a dot is matched against the table's name alone.
    pub fn new(schemas: &[String], include: &[String], exclude: &[String]) -> Result<Self, globset::Error> {
        let compile = |patterns: &[String]| {
            patterns
                .iter()
                .map(|pattern| {
                    let pattern = if pattern.contains('.') { pattern.clone() } else { format!("*.{pattern}") };
                    GlobBuilder::new(&pattern).build().map(|glob| glob.compile_matcher())
                })
                .collect::<Result<Vec<_>, _>>()
        };
        // In whatever order they were given, they choose the same.
        let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let scope = Scope { schemas: sorted(schemas), include: sorted(include), exclude: sorted(exclude) };
        Ok(Self { scope, include: compile(include)?, exclude: compile(exclude)? })
    }

    /// The schemas named; empty means every user schema.
    pub fn schemas(&self) -> &[String] {
        &self.scope.schemas
    }

    /// Whether a schema is in scope.
    pub fn allows_schema(&self, schema: &str) -> bool {
        self.scope.schemas.is_empty() || self.scope.schemas.iter().any(|only| only == schema)
    }

    /// Whether a table or view is in scope.
    pub fn allows(&self, schema: &str, name: &str) -> bool {
        let path = format!("{schema}.{name}");
        self.allows_schema(schema)
            && (self.include.is_empty() || self.include.iter().any(|glob| glob.is_match(&path)))
            && !self.exclude.iter().any(|glob| glob.is_match(&path))
    }

    /// Whether what was chosen was found: a wrong name would look like an empty database.
    pub(super) fn check(&self, source: &Source, model: &Model) -> Result<(), Error> {
        if let Some(wanted) =
            self.schemas().iter().find(|name| model.schemas.iter().all(|schema| schema.name != **name))
        {
            return Err(Error::new(format!("there is no schema {wanted:?} in {source}")).hint(
                "names of schemas are written as they are stored; without --schema every one that can be seen is read",
            ));
        }
        let nothing = model.schemas.iter().all(|schema| schema.tables.is_empty() && schema.views.is_empty());
        let histories = model.migration_tables.iter().any(|table| self.allows(&table.schema, &table.name));
        if !self.include.is_empty() && nothing && !histories {
            return Err(Error::new(format!("no table or view in {source} is among those to include"))
                .hint("patterns of --include are matched against schema.table as it is stored, or the table alone"));
        }
        Ok(())
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.scope == Scope::default()
    }

    /// Whether tables or views of schemas in scope are left out.
    pub(super) fn leaves_tables_out(&self) -> bool {
        !self.include.is_empty() || !self.exclude.is_empty()
    }

    /// Lets a model say what it was narrowed to. A snapshot may have been of a part already.
    pub(super) fn note(&self, model: &mut Model) {
        if !self.is_everything() && !model.scopes.contains(&self.scope) {
            model.scopes.push(self.scope.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, EngineName, Schema, Table};

    #[test]
    fn what_is_chosen_has_to_be_there() {
        let engine = Engine {
            name: EngineName::Sqlite,
            version: "3.50.4".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings: std::collections::BTreeMap::new(),
        };
        let mut model = Model::new(engine);
        let mut schema = Schema::new("main");
        schema.tables.push(Table::new("orders"));
        model.schemas.push(schema);
        let source = Source::File("shop.json".into());
        let check = |model: &Model, schema: &[&str], include: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let filter = Filter::new(&owned(schema), &owned(include), &[]).expect("valid globs");
            filter.check(&source, model).map_err(|error| error.to_string())
        };
        assert_eq!(check(&model, &["main"], &["order*"]), Ok(()));
        let complaint = "there is no schema \"typo\" in shop.json";
        assert_eq!(check(&model, &["typo"], &[]), Err(complaint.to_owned()));
        model.schemas[0].tables.clear();
        assert_eq!(check(&model, &[], &[]), Ok(()));
        let complaint = "no table or view in shop.json is among those to include";
        assert_eq!(check(&model, &[], &["typo"]), Err(complaint.to_owned()));
    }
}
