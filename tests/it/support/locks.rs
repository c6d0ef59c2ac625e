//! Steps run on PostgreSQL under the eyes of a second connection, which compares the locks that they take with those
//! that they claim: on the table, on what hangs on it, and on all other tables.

use super::block_on;
use super::database::Database;
use crate::examples::verify;
use brownfield::model::quote::qualified;
use brownfield::model::{EngineName, QualifiedName};
use brownfield::remedy::{Playbook, Step};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, raw_sql};
use std::time::Duration;

/// Table locks of PostgreSQL, weakest first, as a step says them and as `pg_locks` does.
const LOCKS: [(&str, &str); 8] = [
    ("ACCESS SHARE", "AccessShareLock"),
    ("ROW SHARE", "RowShareLock"),
    ("ROW EXCLUSIVE", "RowExclusiveLock"),
    ("SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock"),
    ("SHARE", "ShareLock"),
    ("SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock"),
    ("EXCLUSIVE", "ExclusiveLock"),
    ("ACCESS EXCLUSIVE", "AccessExclusiveLock"),
];

/// What a step claims that locks no table.
const NONE: &str = "none on a table";

/// Runs the steps one by one. The strongest lock on its table, or on what hangs on it, is the one that it claims.
pub(crate) fn apply_watched(playbook: &Playbook, database: &Database) -> Result<(), String> {
    block_on(async {
        let mut session = Session::open(&database.url()).await.map_err(|error| error.to_string())?;
        for statement in &playbook.preamble {
            session.run(statement).await.map_err(|error| format!("{statement}: {error}"))?;
        }
        for step in &playbook.steps {
            session
                .step(step)
                .await
                .map_err(|error| format!("step `{}`: {error}\n{:#?}", step.title, step.statements))?;
            verify(step, database)?;
        }
        Ok(())
    })
}

/// The connection that runs the steps, and the one that looks on.
struct Session {
    url: String,
    runner: PgConnection,
    process: i32,
    watcher: PgConnection,
}

impl Session {
    async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let mut runner = PgConnection::connect(url).await?;
        let process = raw_sql("SELECT pg_backend_pid()").fetch_one(&mut runner).await?.try_get(0)?;
        Ok(Self { url: url.to_owned(), runner, process, watcher: PgConnection::connect(url).await? })
    }

    async fn run(&mut self, statement: &str) -> Result<(), sqlx::Error> {
        raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut self.runner).await.map(drop)
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let table = self.table(&step.table).await.map_err(|error| error.to_string())?;
        if step.transaction {
            // Whoever runs a script does the same when a lock is not had in time.
            for _ in 0..10 {
                match self.transaction(step, table).await {
                    Err(error) if error.contains("lock timeout") => {
                        self.run("ROLLBACK").await.map_err(|error| error.to_string())?;
                    }
                    other => return other,
                }
            }
            self.transaction(step, table).await
        } else {
            for statement in &step.statements {
                self.alone(step, statement, table).await?;
            }
            Ok(())
        }
    }

    /// The table's number, where it is one that can be locked.
    async fn table(&mut self, name: &QualifiedName) -> Result<Option<i64>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT c.oid::int8 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')",
        )
        .bind(&name.schema)
        .bind(&name.name)
        .fetch_optional(&mut self.watcher)
        .await?;
        row.map(|row| row.try_get(0)).transpose()
    }

    async fn transaction(&mut self, step: &Step, table: Option<i64>) -> Result<(), String> {
        let text = |error: sqlx::Error| error.to_string();
        self.run("BEGIN").await.map_err(text)?;
        for statement in &step.statements {
            self.run(statement).await.map_err(text)?;
        }
        if let Some(table) = table {
            let taken = locks(&mut self.watcher, self.process, table).await.map_err(text)?;
            compare(step, &taken)?;
        }
        self.run("COMMIT").await.map_err(text)
    }

    /// A statement that refuses to run in a transaction. It is held up by another that locks the table, until its
    /// lock is seen.
    async fn alone(&mut self, step: &Step, statement: &str, table: Option<i64>) -> Result<(), String> {
        let text = |error: sqlx::Error| error.to_string();
        let Some(table) = table else { return self.run(statement).await.map_err(text) };
        let mut writer = PgConnection::connect(&self.url).await.map_err(text)?;
        let relation = qualified(EngineName::PostgreSql, &step.table);
        // What writes rows itself is not held up by another writer.
        let writes = step.lock == "ROW EXCLUSIVE";
        let mode = if writes { "SHARE" } else { "ROW EXCLUSIVE" };
        let hold = format!("BEGIN; LOCK TABLE {relation} IN {mode} MODE");
        raw_sql(AssertSqlSafe(hold)).execute(&mut writer).await.map_err(text)?;
        let mut modes = Vec::new();
        {
            let running = raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut self.runner);
            tokio::pin!(running);
            let done = loop {
                tokio::select! {
                    done = &mut running => break Some(done),
                    () = tokio::time::sleep(Duration::from_millis(2)) => {
                        modes = locks(&mut self.watcher, self.process, table).await.map_err(text)?;
                        // It may look at the table before it writes.
                        if modes.iter().any(|lock| !writes || lock.mode != "AccessShareLock") {
                            break None;
                        }
                    }
                }
            };
            writer.close().await.map_err(text)?;
            match done {
                Some(done) => done.map(drop).map_err(text)?,
                None => running.await.map(drop).map_err(text)?,
            }
        }
        compare(step, &modes)
    }
}

/// The locks that a process has or waits for: on a table, its partitions and children of every level and the indexes of all
/// of these, or else on any other table.
async fn locks(watcher: &mut PgConnection, process: i32, table: i64) -> Result<Vec<Lock>, sqlx::Error> {
    let rows = sqlx::query(
        "WITH RECURSIVE tree (table_oid) AS (
             SELECT $2::oid UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = table_oid
         ), own AS (
             SELECT table_oid FROM tree
             UNION SELECT indexrelid FROM pg_catalog.pg_index JOIN tree ON indrelid = table_oid
         )
         SELECT DISTINCT mode, relation NOT IN (SELECT table_oid FROM own) FROM pg_catalog.pg_locks
         JOIN pg_catalog.pg_class AS c ON c.oid = relation
         WHERE pid = $1 AND locktype = 'relation' AND (relation IN (SELECT table_oid FROM own)
             OR c.relkind IN ('r', 'p') AND c.oid >= 16384)",
    )
    .bind(process)
    .bind(table)
    .fetch_all(watcher)
    .await?;
    rows.iter().map(|row| Ok(Lock { mode: row.try_get(0)?, elsewhere: row.try_get(1)? })).collect()
}

/// A lock of a session.
struct Lock {
    mode: String,
    /// On a table that the step is not about.
    elsewhere: bool,
}

impl Lock {
    fn strength(&self) -> Option<usize> {
        LOCKS.iter().position(|(_, name)| *name == self.mode)
    }
}

/// From this lock on, others cannot write.
const KEEPS_WRITERS_OUT: &str = "SHARE";

fn compare(step: &Step, locks: &[Lock]) -> Result<(), String> {
    let claimed = LOCKS.iter().position(|(name, _)| *name == step.lock);
    if claimed.is_none() && step.lock != NONE {
        return Err(format!("an unknown lock is claimed: {}", step.lock));
    }
    let strongest = locks.iter().map(Lock::strength).max().flatten();
    if strongest != claimed {
        let taken = strongest.map_or(NONE, |strength| LOCKS[strength].0);
        return Err(format!("claims {} and takes {taken}", step.lock));
    }
    let others = locks.iter().filter(|lock| lock.elsewhere).map(Lock::strength).max().flatten();
    let blocks_others = others >= LOCKS.iter().position(|(name, _)| *name == KEEPS_WRITERS_OUT);
    let says_so = ["tables", "those", "referenced table"].iter().any(|word| step.blocks.contains(word));
    if blocks_others && !says_so {
        let taken = others.map_or(NONE, |strength| LOCKS[strength].0);
        return Err(format!("says that it blocks {}, and takes {taken} on other tables", step.blocks));
    }
    Ok(())
}
