//! Tables that refer to each other in a circle.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Deferral, EngineName, QualifiedName, TableId, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-cycle",
    summary: "Foreign keys form a cycle between tables",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "tables",
    options: &[],
    peers: &["SchemaCrawler"],
    references: &["https://www.postgresql.org/docs/current/sql-set-constraints.html"],
    documentation: r"
## What it does

Reports each group of tables that refer to one another in a circle, once, on the first of them by name.

## Why

Rows of such tables have no order in which they can be loaded or deleted. If no key of the group may be NULL or be
deferred, no first row can be inserted at all; the finding is then a warning.

## Not reported

Tables that refer to themselves.

## Fix

Make one of the keys nullable or deferrable, so that rows can be inserted in some order. Which one is a matter of meaning, so
no step is written.

## Example

```sql,fires,postgresql,mysql,mariadb
CREATE TABLE teams (id integer NOT NULL PRIMARY KEY, leader_id integer);
CREATE TABLE people (
    id integer NOT NULL PRIMARY KEY,
    team_id integer NOT NULL,
    CONSTRAINT people_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE
);
ALTER TABLE teams ADD CONSTRAINT teams_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES people (id) ON DELETE SET NULL;
```

No row can be the first:

```sql,fires,postgresql,mysql,mariadb,severity=warning
CREATE TABLE teams (id integer NOT NULL PRIMARY KEY, leader_id integer NOT NULL);
CREATE TABLE people (
    id integer NOT NULL PRIMARY KEY,
    team_id integer NOT NULL,
    CONSTRAINT people_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id)
);
ALTER TABLE teams ADD CONSTRAINT teams_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES people (id);
```

```sql,fires,sqlite
CREATE TABLE teams (id INTEGER PRIMARY KEY, leader_id INTEGER REFERENCES people (id));
CREATE TABLE people (id INTEGER PRIMARY KEY, team_id INTEGER NOT NULL REFERENCES teams (id));
```

```sql,passes
CREATE TABLE people (
    id integer NOT NULL PRIMARY KEY,
    manager_id integer,
    CONSTRAINT people_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES people (id) ON DELETE SET NULL
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let parents: Vec<Vec<usize>> = context
        .tables
        .iter()
        .map(|table| {
            let targets = table.foreign_keys.iter().filter_map(|key| context.tables.find(&key.referenced_table));
            targets.map(|parent| parent.id.0).filter(|&parent| parent != table.id.0).collect()
        })
        .collect();
    for group in groups(&parents) {
        let members: Vec<_> = group.iter().map(|&position| context.tables.get(TableId(position))).collect();
        let Some(&first) = members.first() else { continue };
        if members.len() == 1 {
            verdicts.pass(Object::table(first));
            continue;
        }
        let names: Vec<_> = members.iter().map(|table| table.name.as_str()).collect();
        let inside = |name: &QualifiedName| members.iter().any(|table| table.qualified_name() == *name);
        let rigid = members.iter().all(|table| {
            table.table.foreign_keys.iter().filter(|key| inside(&key.referenced_table)).all(|key| {
                key.deferral == Deferral::NotDeferrable
                    && key.columns.iter().all(|name| table.column(name).is_some_and(|column| !column.nullable))
            })
        });
        let severity = if rigid { Severity::Warning } else { Severity::Info };
        let advice =
            if rigid { "make one of the keys deferrable or nullable" } else { "load with the nullable side empty" };
        let message = format!("{} refer to one another in a circle", names.join(", "));
        verdicts.fail(Finding::new(&RULE, Object::table(first), message).severity(severity).advise(advice));
    }
}

/// Strongly connected components, each sorted, by their first member: forwards order of finishing, then backwards
/// along reversed edges. Without recursion, since chains can be as long as the schema.
fn groups(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            reversed[to].push(from);
        }
    }
    let mut seen = vec![false; edges.len()];
    let mut finished = Vec::new();
    for start in 0..edges.len() {
        visit(edges, start, &mut seen, &mut finished);
    }
    let mut seen = vec![false; edges.len()];
    let mut found = Vec::new();
    for &start in finished.iter().rev() {
        let mut group = Vec::new();
        visit(&reversed, start, &mut seen, &mut group);
        if !group.is_empty() {
            group.sort_unstable();
            found.push(group);
        }
    }
    found.sort();
    found
}

/// Adds what is reachable from a start and not yet seen, in the order of finishing.
fn visit(edges: &[Vec<usize>], start: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, next)) = path.last_mut() {
        if let Some(&target) = edges[*node].get(*next) {
            *next += 1;
            if !std::mem::replace(&mut seen[target], true) {
                path.push((target, 0));
            }
        } else {
            finished.push(*node);
            path.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn circles_are_found() {
        let edges = [vec![1], vec![2], vec![0, 3], vec![], vec![3, 4]];
        assert_eq!(groups(&edges), [vec![0, 1, 2], vec![3], vec![4]]);
    }
}
