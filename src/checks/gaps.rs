//! What a rule would have to know and the model does not.

use super::{Object, Rule};
use crate::model::Model;
use std::collections::HashMap;

/// Reasons why a rule cannot judge: for everything, whole schemas, single objects.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    everywhere: Option<String>,
    schemas: HashMap<String, String>,
    objects: HashMap<(String, String), String>,
}

impl Gaps {
    /// What of the parts that a rule reads could not be read.
    pub(super) fn new(rule: &Rule, model: &Model) -> Self {
        let mut gaps = Self::default();
        for unseen in model.unseen.iter().filter(|unseen| rule.reads.contains(&unseen.what)) {
            let reason = unseen.reason.clone();
            match (&unseen.schema, &unseen.object) {
                (None, _) => gaps.everywhere = Some(reason),
                (Some(schema), None) => drop(gaps.schemas.insert(schema.clone(), reason)),
                (Some(schema), Some(object)) => {
                    gaps.objects.insert((schema.clone(), object.clone()), reason);
                }
            }
        }
        gaps
    }

    /// Whether everything that the rule reads could be read.
    pub(super) fn are_none(&self) -> bool {
        self.everywhere.is_none() && self.schemas.is_empty() && self.objects.is_empty()
    }

    /// Why nothing can be said about a schema as a whole.
    pub(super) fn of_schema(&self, schema: &str) -> Option<&str> {
        self.everywhere.as_deref().or_else(|| self.schemas.get(schema).map(String::as_str))
    }

    /// Why nothing can be said about an object.
    pub(super) fn of(&self, object: &Object) -> Option<&str> {
        if let Some(reason) = self.of_schema(&object.schema) {
            return Some(reason);
        }
        if self.objects.is_empty() {
            return None;
        }
        let name = object.table.as_ref().or(object.name.as_ref())?;
        self.objects.get(&(object.schema.to_string(), name.to_string())).map(String::as_str)
    }
}
