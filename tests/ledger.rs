//! The ledger of contacts with the real binary: what a run enters, what it never enters twice, and what it survives.

use std::path::{Path, PathBuf};

use crate::program::{ask, contents, notes, run_into, step};
use crate::small_shop;

const PIPELINE: &str = r#"
[run]
name = "ledger"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"

[stage.results]
kind = "ingest"
paths = ["DATA/results.csv"]

[stage.contacts]
kind = "keep-contacts"
orders = "orders"
results = [{ from = "results", events = { Open = "opened" } }]

[stage.best]
kind = "select-targets"
scores = "features"
rank_by = "money_365d"
top = 10
control = 0.3
cost_per_contact = 0.5
contact_limit = 1
history = "contacts"
contact_window = "5d"

[stage.best_list]
kind = "deliver"
targets = "best"
list = "spring"
"#;

struct Shop {
    folder: tempfile::TempDir,
    pipeline: PathBuf,
}

impl Shop {
    fn new() -> Shop {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("orders.csv"), small_shop::lines(14)).expect("written");
        let pipeline = folder.path().join("ledger.toml");
        let text = PIPELINE.replace("DATA", &folder.path().display().to_string());
        std::fs::write(&pipeline, text).expect("written");
        let shop = Shop { folder, pipeline };
        shop.results("");
        shop
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn results(&self, rows: &str) {
        std::fs::write(self.at().join("results.csv"), format!("customer,event,date,list\n{rows}")).expect("written");
    }

    fn night(&self, as_of: &str, more: &[&str]) {
        let gave = run_into(&self.pipeline, self.at(), &[&["--quiet", "--as-of", as_of][..], more].concat());
        assert_eq!(gave.code, 0, "{}", gave.err);
    }

    /// The segments of the ledger.
    fn segments(&self) -> Vec<PathBuf> {
        let folder = self.at().join("out/ledger");
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
        paths.sort();
        paths
    }

    fn contacts(&self, what: &str) -> Vec<String> {
        ask(&self.pipeline, self.at(), &format!("SELECT {what} FROM contacts"))
    }
}

#[test]
fn a_night_enters_its_lists_once_and_the_next_one_sees_them() {
    let shop = Shop::new();
    shop.night("2025-03-01", &[]);
    assert_eq!(shop.segments().len(), 1);
    assert_eq!(shop.contacts("count(*)"), ["0"], "tonight's contacts are not yet made");
    let list = contents(&shop.at().join("out/lists"));
    let file = std::fs::read_to_string(shop.at().join("out/lists/spring/spring.csv")).expect("a list");
    assert!(file.lines().skip(1).all(|row| row.contains(",spring,")), "as the ledger calls it: {file}");
    // The same night again makes nothing, and from nothing the same list; it enters nothing.
    shop.night("2025-03-01", &[]);
    assert_eq!(step(shop.at(), "contacts")["status"], "reused");
    assert_eq!(step(shop.at(), "best_list")["status"], "reused");
    shop.night("2025-03-01", &["--force"]);
    assert_eq!(shop.segments().len(), 1);
    assert_eq!(contents(&shop.at().join("out/lists")), list);

    shop.night("2025-03-02", &[]);
    let planned = shop.contacts("count(*), count(DISTINCT contact), min(date), max(event), sum(cost)");
    assert_eq!(planned, ["10,10,2025-03-01,planned,5.0"]);
    let by_arm = "SELECT arm, probability, count(*) FROM contacts GROUP BY 1, 2 ORDER BY 1";
    let arms = ask(&shop.pipeline, shop.at(), by_arm);
    let held = ask(&shop.pipeline, shop.at(), "SELECT count(*) FROM contacts WHERE arm = 'control'");
    assert_eq!(arms.len(), 2, "{arms:?}");
    assert!(arms[0].starts_with("contacted,0.7,") && arms[1] == format!("control,0.3,{}", held[0]), "{arms:?}");
}

#[test]
fn caps_count_the_contacts_of_all_nights_in_both_arms() {
    let shop = Shop::new();
    let listed = || -> Vec<String> { ask(&shop.pipeline, shop.at(), "SELECT customer FROM best ORDER BY customer") };
    shop.night("2025-03-01", &[]);
    let first = listed();
    shop.night("2025-03-02", &[]);
    let second = listed();
    assert_eq!((first.len(), second.len()), (10, 10));
    assert!(second.iter().all(|customer| !first.contains(customer)), "contacted or held back on the day before");
    let outcomes = ask(&shop.pipeline, shop.at(), "SELECT count(*) FROM best_audit WHERE outcome = 'contact-limit'");
    assert_eq!(outcomes, ["10"]);
    // Five days later the first ones are free again.
    shop.night("2025-03-07", &[]);
    assert_eq!(listed(), first);
}

#[test]
fn results_find_their_contact_or_are_set_aside_with_the_reason() {
    let shop = Shop::new();
    shop.night("2025-03-01", &[]);
    let of = |control: bool| {
        let sql = format!("SELECT min(customer) FROM best WHERE control = {control}");
        ask(&shop.pipeline, shop.at(), &sql).remove(0)
    };
    let (sent, held) = (of(false), of(true));
    let rows = format!(
        "{sent},sent,2025-03-01,spring\n{sent},Open,2025-03-03,spring\n{held},sent,2025-03-01,spring\n\
         {sent},sent,2025-02-20,spring\nnobody,sent,2025-03-01,spring\n,sent,2025-03-01,spring\n\
         {sent},seen,2025-03-01,spring\n{sent},sent,2025-03-01,other\n{sent},opened,2025-04-09,spring\n"
    );
    shop.results(&rows);
    shop.night("2025-03-05", &[]);
    let results = || {
        let sql = "SELECT event, arm, list FROM contacts WHERE event <> 'planned' ORDER BY event, arm, list";
        ask(&shop.pipeline, shop.at(), sql)
    };
    let expected = ["opened,contacted,spring", "sent,contacted,other", "sent,contacted,spring", "sent,control,spring"];
    assert_eq!(results(), expected);
    let rejects = ask(&shop.pipeline, shop.at(), "SELECT row, rule FROM contacts_rejects ORDER BY row");
    assert_eq!(rejects, ["4,before-contact", "5,not-on-list", "6,no-customer", "7,unknown-event"]);
    let told = notes(shop.at(), "contacts");
    assert!(told.contains("1 persons who were to be left alone were sent something by spring"), "{told}");
    assert!(told.contains("4 rows of results are set aside"), "{told}");
    assert!(told.contains("1 rows of results are of 2025-03-05 or later"), "{told}");
    assert!(!told.contains(&sent) && !told.contains(&held), "no customer is named");

    // The night again makes the ledger's table again, for it has the results now, and then nothing.
    shop.night("2025-03-05", &[]);
    shop.night("2025-03-05", &[]);
    assert_eq!(step(shop.at(), "contacts")["status"], "reused");
    assert_eq!(results(), expected);
    // The file of results is gone, what it said stays; a row that comes again is not entered again.
    shop.results(&format!("{sent},sent,2025-03-01,spring\n"));
    shop.night("2025-03-06", &[]);
    assert_eq!(results(), expected);
    assert_eq!(step(shop.at(), "contacts")["metrics"]["new_results"], 0.0);
}

#[test]
fn it_survives_a_moved_folder_lost_runs_and_a_killed_run_and_refuses_what_was_changed() {
    let shop = Shop::new();
    shop.night("2025-03-01", &[]);
    shop.night("2025-03-02", &[]);
    let rows = shop.contacts("count(*)");
    // A run that was killed after its lists were published and before it entered them.
    let segments = shop.segments();
    assert_eq!(segments.len(), 2);
    let last = std::fs::read(&segments[1]).expect("read");
    std::fs::remove_file(&segments[1]).expect("removed");
    // It does not matter that the stage has another name since.
    let text = std::fs::read_to_string(&shop.pipeline).expect("read").replace("[stage.best_list]", "[stage.letters]");
    std::fs::write(&shop.pipeline, text).expect("written");
    shop.night("2025-03-03", &[]);
    assert_eq!(std::fs::read(&shop.segments()[1]).expect("read"), last, "entered by the next run");
    assert_eq!(shop.contacts("count(*)"), ["20"]);
    assert_eq!(rows, ["10"]);

    // Store, runs and lists are lost, and the folder is another.
    for gone in ["store", "runs", "published", "latest", "lists"] {
        let path = shop.at().join("out").join(gone);
        if path.is_symlink() {
            std::fs::remove_file(path).expect("removed");
        } else {
            std::fs::remove_dir_all(path).expect("removed");
        }
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::rename(shop.at().join("out"), elsewhere.path().join("out")).expect("moved");
    let gave = run_into(&shop.pipeline, elsewhere.path(), &["--quiet", "--as-of", "2025-03-04"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    std::fs::rename(elsewhere.path().join("out"), shop.at().join("out")).expect("moved");
    assert_eq!(shop.contacts("count(*), count(DISTINCT contact)"), ["30,30"]);

    let lists = contents(&shop.at().join("out/lists"));
    let first = &shop.segments()[0];
    let mut bytes = std::fs::read(first).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(first, &bytes).expect("written");
    let gave = run_into(&shop.pipeline, shop.at(), &["--quiet", "--as-of", "2025-03-05"]);
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(gave.err.contains("broken-ledger"), "{}", gave.err);
    assert_eq!(contents(&shop.at().join("out/lists")), lists, "the last lists stay");
}

#[test]
fn newest_segments_that_are_gone_are_found() {
    let shop = Shop::new();
    for day in 1..=3 {
        shop.night(&format!("2025-03-{day:02}"), &[]);
    }
    let segments = shop.segments();
    assert_eq!(segments.len(), 3);
    // The last run's own segment it can enter again; the one before it cannot.
    segments[1..].iter().for_each(|segment| std::fs::remove_file(segment).expect("removed"));
    let gave = run_into(&shop.pipeline, shop.at(), &["--quiet", "--as-of", "2025-03-04"]);
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(gave.err.contains("broken-ledger") && gave.err.contains("is missing"), "{}", gave.err);
}

#[test]
fn lists_that_were_made_elsewhere_count_in_caps_once_a_contact() {
    let shop = Shop::new();
    let listed = || ask(&shop.pipeline, shop.at(), "SELECT customer FROM best ORDER BY customer");
    shop.night("2025-03-01", &[]);
    let best = listed();
    std::fs::remove_dir_all(shop.at().join("out")).expect("removed");
    // A tool of the shop wrote to the best customer, who opened it two days later; the id is written in another way.
    let other = best[0].to_uppercase();
    shop.results(&format!("{other},sent,2025-02-25,tool\n{other},opened,2025-02-27,tool\nc31,sent,2025-02-26,tool\n"));
    shop.night("2025-03-01", &[]);
    assert_eq!(shop.contacts("count(*), count(DISTINCT contact)"), ["3,2"], "one contact sent and opened, one sent");
    let now = listed();
    assert!(!now.contains(&best[0]) && now.len() == best.len(), "{best:?} {now:?}");
    // Next night no row is new, however it is written.
    shop.results(&format!("{},sent,2025-02-25,tool\n", best[0]));
    shop.night("2025-03-02", &[]);
    assert_eq!(step(shop.at(), "contacts")["metrics"]["new_results"], 0.0);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    shop.night("2025-03-01", &[]);
    let folder = shop.at().join("out/ledger");
    for path in shop.segments().into_iter().chain([folder.join("last"), folder]) {
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

const EVENTS: &str = r#"
[run]
name = "circle"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.contacts]
kind = "keep-contacts"
orders = "orders"

[stage.tonight]
kind = "watch-events"
orders = "orders"
contacts = "contacts"
start = "2025-01-01"
replay = "100d"
cool_down = "1d"
control = 0.2
triggers = [
  { on = "first_order", expiry = "30d" },
  { on = "lapse", level = 0.3, purchases = 3, expiry = "30d" },
  { on = "replenishment" },
]

[stage.started]
kind = "select-targets"
scores = "tonight"
may_be_empty = true
max_change = 0
columns = ["cause"]

[stage.started_list]
kind = "deliver"
targets = "started"
list = "events"
"#;

/// The keys that nights in this order entered in the ledger, and how many of these rows there are.
fn caused(nights: &[u32], again: &[u32]) -> (std::collections::BTreeSet<String>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), small_shop::lines(14)).expect("written");
    let pipeline = folder.path().join("circle.toml");
    std::fs::write(&pipeline, EVENTS.replace("DATA", &folder.path().display().to_string())).expect("written");
    let night = |day: u32| {
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", &format!("2025-01-{day:02}")]);
        assert_eq!(gave.code, 0, "{}", gave.err);
    };
    for day in nights {
        night(*day);
        if again.contains(day) {
            // The run was killed after its lists were published: its contacts are entered by the next one.
            let segments = std::fs::read_dir(folder.path().join("out/ledger")).map(|entries| {
                let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
                paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
                paths.sort();
                paths
            });
            if let Some(last) = segments.ok().and_then(|mut paths| paths.pop()) {
                std::fs::remove_file(last).expect("removed");
            }
            night(*day);
        }
    }
    night(13);
    let keys = ask(&pipeline, folder.path(), "SELECT customer || ' ' || cause FROM contacts_causes ORDER BY 1");
    (keys.iter().cloned().collect(), keys.len())
}

#[test]
fn events_start_each_contact_once_through_the_ledger_whatever_nights_are_run() {
    let nights: Vec<u32> = (2..=12).collect();
    let (all, rows) = caused(&nights, &[]);
    assert!(rows > 10 && all.len() == rows, "{rows} contacts, {} keys", all.len());
    assert_eq!(caused(&[7, 3, 12, 2, 9, 5, 11, 4, 10, 6, 8], &[]), (all.clone(), rows), "in another order");
    assert_eq!(caused(&nights, &[4, 9]), (all.clone(), rows), "with kills");
    // After missed nights, whoever has ordered since is not reminded; nobody else comes in, and nobody twice.
    let (some, rows) = caused(&[5, 6, 12], &[]);
    assert!(some.len() == rows && !some.is_empty() && some.is_subset(&all), "{some:?}");
}
