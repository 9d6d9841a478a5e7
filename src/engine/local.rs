//! DataFusion in this process.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::object_store::local::LocalFileSystem;
use datafusion::prelude::{DataFrame, ParquetReadOptions, SQLOptions, SessionConfig, SessionContext};
use tokio::runtime::Runtime;

use super::fault::{QueryFault, check_depth, fault, first_line};
use super::level::level;
use super::text::PARSER_DEPTH;
use crate::diagnostics::{Problem, Result, codes, is_disk_full, secrets};
use crate::disk::{io_kind, make_folders};

/// How a query may be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partitions {
    /// Not at all: rows and sums come in one order whatever the number of threads. For everything that is kept.
    One,
    /// Over all threads. For answers to people.
    All,
}

/// Stack of an engine's thread, in bytes: expressions are evaluated as deep as they are nested.
const STACK: usize = 64 << 20;

/// The relational engine with its threads, its memory limit and its place for spilling.
pub struct Engine {
    runtime: Runtime,
    threads: usize,
    memory: Option<usize>,
    spill: Option<PathBuf>,
}

/// Rows that answer a query.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Their columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Answer {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

impl Engine {
    /// An engine of `threads` threads (at least one) and at most `memory` bytes before it spills into `spill`.
    pub fn new(threads: usize, memory: Option<usize>, spill: Option<PathBuf>) -> Result<Engine> {
        let threads = threads.max(1);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("patron-engine")
            .thread_stack_size(STACK)
            .build()
            .map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, format!("the engine did not start: {e}")).boxed())?;
        Ok(Engine { runtime, threads, memory, spill })
    }

    /// The rows that answer `sql` over the named Parquet tables. Problems name no place in it: it is not as a person wrote it.
    ///
    /// # Errors
    /// `bad-query` when the SQL is at fault, `engine-trouble` when it could not be carried out. Only queries are allowed:
    /// nothing can be created, changed or copied.
    pub fn query(&self, tables: &[(String, PathBuf)], sql: &str, partitions: Partitions) -> Result<Answer> {
        self.carry_out(tables, sql, partitions, false)
    }

    /// The rows that answer `sql` as a person wrote it: problems name line and column.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub fn query_as_written(&self, tables: &[(String, PathBuf)], sql: &str, partitions: Partitions) -> Result<Answer> {
        self.carry_out(tables, sql, partitions, true)
    }

    /// Hands the rows that answer `sql` over batch by batch, in their order, so that they need not all be in memory; answers their
    /// columns.
    ///
    /// # Errors
    /// As [`Engine::query`], and the first of `take`.
    pub fn each_batch(
        &self,
        tables: &[(String, PathBuf)],
        sql: &str,
        partitions: Partitions,
        mut take: impl FnMut(RecordBatch) -> Result<()>,
    ) -> Result<SchemaRef> {
        let wrong = |fault: &QueryFault| bad_query(fault, false);
        check_depth(sql).map_err(|fault| wrong(&fault))?;
        let names: Vec<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
        let problem = |error: DataFusionError| problem_of(error, sql, &names, false);
        self.runtime.block_on(async {
            let session = self.session(tables, partitions).await?;
            let frame = planned(&session, sql).await.map_err(|error| wrong(&fault(&error, sql, &names)))?;
            let schema = Arc::clone(frame.schema().inner());
            let mut rows = frame.execute_stream().await.map_err(problem)?;
            while let Some(batch) = poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
                let batch = batch.map_err(problem)?;
                keep_secrets(sql, std::slice::from_ref(&batch))?;
                take(batch)?;
            }
            Ok(schema)
        })
    }

    fn carry_out(
        &self,
        tables: &[(String, PathBuf)],
        sql: &str,
        partitions: Partitions,
        as_written: bool,
    ) -> Result<Answer> {
        let wrong = |fault: &QueryFault| bad_query(fault, as_written);
        check_depth(sql).map_err(|fault| wrong(&fault))?;
        let names: Vec<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
        let problem = |error: DataFusionError| problem_of(error, sql, &names, as_written);
        self.runtime.block_on(async {
            let session = self.session(tables, partitions).await?;
            let frame = planned(&session, sql).await.map_err(|error| wrong(&fault(&error, sql, &names)))?;
            let schema = Arc::clone(frame.schema().inner());
            let batches = frame.collect().await.map_err(problem)?;
            keep_secrets(sql, &batches)?;
            let schema = batches.first().map_or(schema, RecordBatch::schema);
            Ok(Answer { schema, batches })
        })
    }

    async fn session(&self, tables: &[(String, PathBuf)], partitions: Partitions) -> Result<SessionContext> {
        let target = match partitions {
            Partitions::One => 1,
            Partitions::All => self.threads,
        };
        let mut builder = RuntimeEnvBuilder::new();
        if let Some(bytes) = self.memory {
            builder = builder.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
        }
        if let Some(spill) = &self.spill {
            make_folders(spill)?;
            builder = builder.with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill.clone()])),
            );
        }
        let runtime = builder.build_arc().map_err(|e| trouble(&e))?;
        let session = bare_session(target, Some(runtime));
        for (n, (name, path)) in tables.iter().enumerate() {
            let url = reach(&session, n, path)?;
            let quoted = format!("\"{name}\"");
            session.register_parquet(quoted, url, ParquetReadOptions::default()).await.map_err(|e| trouble(&e))?;
        }
        Ok(session)
    }
}

/// A session without tables, so that a query means the same wherever it is planned.
pub(super) fn bare_session(partitions: usize, runtime: Option<Arc<RuntimeEnv>>) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_information_schema(true)
        .set_usize("datafusion.sql_parser.recursion_limit", PARSER_DEPTH)
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
        .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false)
        .set_bool("datafusion.execution.parquet.pushdown_filters", false);
    SessionContext::new_with_config_rt(config, runtime.unwrap_or_default())
}

/// The plan of a query; nothing can be created, changed or copied.
pub(super) async fn planned(session: &SessionContext, sql: &str) -> std::result::Result<DataFrame, DataFusionError> {
    let state = session.state();
    let dialect = state.config_options().sql_parser.dialect;
    let mut statement = state.sql_to_statement(sql, &dialect)?;
    level(&mut statement);
    let plan = state.statement_to_plan(statement).await?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    session.execute_logical_plan(plan).await
}

/// Gives the engine the folder of a file as a store of its own, and the file's address in it: in a path of the system the
/// engine would take `*`, `?` and `[` for a pattern, and refuse some letters.
fn reach(session: &SessionContext, number: usize, path: &Path) -> Result<String> {
    let unreachable = |what: String| Problem::new(&codes::FILE_TROUBLE, format!("{}: {what}", path.display())).boxed();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| unreachable("no name".to_owned()))?;
    let store = LocalFileSystem::new_with_prefix(folder).map_err(|e| unreachable(e.to_string()))?;
    let address = format!("patron://table-{number}/");
    let url = ObjectStoreUrl::parse(&address).map_err(|e| trouble(&e))?;
    session.register_object_store(url.as_ref(), Arc::new(store));
    Ok(address + file)
}

/// Refuses an answer that shows a secret of its own query.
fn keep_secrets(sql: &str, batches: &[RecordBatch]) -> Result<()> {
    let named = secrets::named_in(sql);
    if named.is_empty() {
        return Ok(());
    }
    for column in batches.iter().flat_map(RecordBatch::columns) {
        let Ok(texts) = cast(column, &DataType::Utf8) else { continue };
        for text in texts.as_string::<i32>().iter().flatten() {
            if let Some(shown) = secrets::named_in(text).into_iter().find(|shown| named.contains(shown)) {
                return Problem::new(&codes::SECRET_SHOWN, format!("the rows of a query hold the value of {shown}"))
                    .help("leave the column out, or give a value that is no secret as ${var:NAME}".to_owned())
                    .err();
            }
        }
    }
    Ok(())
}

/// What went wrong while a query was carried out.
fn problem_of(error: DataFusionError, sql: &str, names: &[&str], as_written: bool) -> Box<Problem> {
    match error.find_root() {
        DataFusionError::Plan(_) | DataFusionError::SchemaError(_, _) | DataFusionError::SQL(_, _) => {
            bad_query(&fault(&error, sql, names), as_written)
        }
        _ => trouble(&error),
    }
}

fn bad_query(fault: &QueryFault, as_written: bool) -> Box<Problem> {
    let (message, help) = fault.told();
    let place = fault.place().filter(|_| as_written).map(|place| format!(" ({place} of the query)"));
    let usual = "the tables are named after the stages; `SHOW TABLES` lists them, `DESCRIBE name` shows one";
    Problem::new(&codes::BAD_QUERY, message + &place.unwrap_or_default())
        .help(help.unwrap_or_else(|| usual.to_owned()))
        .boxed()
}

fn trouble(error: &DataFusionError) -> Box<Problem> {
    let text = first_line(error);
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Problem::new(&codes::ENGINE_TROUBLE, text)
            .help("give it more with --memory, or free room in the output folder for spilling".to_owned())
            .boxed(),
        root if io_kind(root).is_some_and(is_disk_full) => Problem::new(&codes::DISK_FULL, text).boxed(),
        _ => Problem::new(&codes::ENGINE_TROUBLE, text).boxed(),
    }
}
