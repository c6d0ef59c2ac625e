//! Which schemas and tables are in scope.

use globset::{GlobBuilder, GlobMatcher};

/// Chosen schemas, and globs over `schema.table`.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    schemas: Vec<String>,
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
        Ok(Self { schemas: schemas.to_vec(), include: compile(include)?, exclude: compile(exclude)? })
    }

    /// The schemas named; empty means every user schema.
    pub fn schemas(&self) -> &[String] {
        &self.schemas
    }

    /// Whether a schema is in scope.
    pub fn allows_schema(&self, schema: &str) -> bool {
        self.schemas.is_empty() || self.schemas.iter().any(|only| only == schema)
    }

    /// Whether a table or view is in scope.
    pub fn allows(&self, schema: &str, name: &str) -> bool {
        let path = format!("{schema}.{name}");
        self.allows_schema(schema)
            && (self.include.is_empty() || self.include.iter().any(|glob| glob.is_match(&path)))
            && !self.exclude.iter().any(|glob| glob.is_match(&path))
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.schemas.is_empty() && self.include.is_empty() && self.exclude.is_empty()
    }
}
